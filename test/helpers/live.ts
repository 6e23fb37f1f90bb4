import type { App } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { createLog } from '../../gateway/log.ts';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { openIdentityFeed } from '../../subgraphs/directory/identity-feed.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import type { AskReadable } from '../../subgraphs/kit/live/decisions.ts';
import { Scheduler } from '../../subgraphs/kit/sync/scheduler.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { FakeDiscourse, KEY } from '../servers/discourse.ts';
import { FakeJive, PASSWORD } from '../servers/jive.ts';
import { FakeNodebb, TOKEN } from '../servers/nodebb.ts';
import { emptyCompany, type Company } from './company.ts';
import { syncOnce } from './sync.ts';

/** The tools that can be asked in somebody's name. */
export const TOOLS = ['discourse', 'nodebb', 'jive'] as const;
export type Tool = (typeof TOOLS)[number];

/** A tool's fake, in the words of all of them. */
export interface ToolFake {
  readonly url: string;
  readonly options: Record<string, unknown>;
  /** Makes a category, or closed group, for those who are `staff` in the directory and the tool. */
  room(name: 'Vault' | 'Attic', people: readonly string[]): string;
  user(name: string): void;
  /** A topic in a room, or open to all; its path below `url`, and its key. */
  topic(title: string, text: string, author: string, room?: string): { readonly path: string; readonly key: string };
  reply(key: string, author: string, text: string): void;
  move(key: string, room: string): void;
  delete(key: string): void;
  /** Takes the right to read a room from one of them. */
  withdraw(person: string, room: string): void;
  /** Gives it back. */
  grant(room: string): void;
  /** Whether questions in somebody's name are answered. */
  isDown: boolean;
  /** Requests in the name of this person since the fake started. */
  askedAs(person: string): number;
  stop(): Promise<void>;
}

/** Starts a tool's fake. */
export const startTool: Readonly<Record<Tool, () => Promise<ToolFake>>> = {
  async discourse() {
    const fake = await FakeDiscourse.start();
    const rooms = new Map<string, number>();
    const tool: ToolFake = {
      url: fake.url,
      options: { url: fake.url, apiKey: KEY, perMinute: 1_000_000 },
      room(name, people) {
        rooms.set(name, fake.category(name, ['staff']).id);
        for (const person of people) fake.users.get(person)!.groups = ['staff'];
        return name;
      },
      user: (name) => void fake.user(name, name, `${name}@x.example`),
      topic(title, text, author, room) {
        const category = room === undefined ? 1 : (rooms.get(room) ?? 0);
        const { id } = fake.topic(title, `<p>${text}</p>`, { author, category });
        return { path: `t/${id}`, key: String(id) };
      },
      reply: (key, author, text) => void fake.reply(fake.topics.get(Number(key))!, author, `<p>${text}</p>`),
      move: (key, room) => void (fake.topics.get(Number(key))!.category = rooms.get(room) ?? 1),
      delete: (key) => void fake.topics.delete(Number(key)),
      withdraw(person, room) {
        const rest = `${room} but ${person}`;
        for (const [name, user] of fake.users) {
          if (name !== person && user.groups.includes('staff')) user.groups = [...user.groups, rest];
        }
        fake.categories.get(rooms.get(room) ?? 0)!.groups = [rest];
      },
      grant: (room) => void (fake.categories.get(rooms.get(room) ?? 0)!.groups = ['staff']),
      isDown: false,
      askedAs: (person) => fake.asked.filter((line) => line.startsWith(`${person} `)).length,
      stop: () => fake[Symbol.asyncDispose](),
    };
    fake.answer = () => (tool.isDown ? { status: 200, body: '<h1>Sign in</h1>' } : undefined);
    return tool;
  },
  async nodebb() {
    const fake = await FakeNodebb.start();
    const rooms = new Map<string, number>();
    const uid = (person: string) => fake.named(person).uid;
    const tool: ToolFake = {
      url: fake.url,
      options: { url: fake.url, token: TOKEN, perMinute: 1_000_000 },
      room(name, people) {
        rooms.set(name, fake.category(name, ['staff']).cid);
        for (const person of people) fake.named(person).groups = ['staff'];
        return name;
      },
      user: (name) => void fake.user(name, { email: `${name}@x.example` }),
      topic(title, text, author, room) {
        const cid = room === undefined ? 1 : (rooms.get(room) ?? 0);
        const { tid } = fake.topic(title, `<p>${text}</p>`, { author, cid });
        return { path: `topic/${tid}`, key: String(tid) };
      },
      reply: (key, author, text) => void fake.reply(fake.topics.get(Number(key))!, author, `<p>${text}</p>`),
      move: (key, room) => void (fake.topics.get(Number(key))!.cid = rooms.get(room) ?? 1),
      delete: (key) => void fake.topics.delete(Number(key)),
      withdraw(person, room) {
        const rest = `${room} but ${person}`;
        for (const user of fake.users.values()) {
          if (user.username !== person && user.groups.includes('staff')) user.groups = [...user.groups, rest];
        }
        fake.categories.get(rooms.get(room) ?? 0)!.groups = [rest];
      },
      grant: (room) => void (fake.categories.get(rooms.get(room) ?? 0)!.groups = ['staff']),
      isDown: false,
      askedAs: (person) =>
        fake.requests.filter((line) => new RegExp(`topics/.*_uid=${uid(person)}\\b`).test(line)).length,
      stop: () => fake[Symbol.asyncDispose](),
    };
    fake.answer = () => (tool.isDown ? { status: 200, body: '<h1>Sign in</h1>' } : undefined);
    return tool;
  },
  async jive() {
    const fake = await FakeJive.start();
    fake.strategies = new Set(['username']);
    const rooms = new Map<string, number>();
    const staff = new Set<string>();
    const place = (room: string) => fake.places.get(rooms.get(room) ?? 0)!;
    const tool: ToolFake = {
      url: fake.url,
      options: {
        url: fake.url,
        user: 'admin',
        password: PASSWORD,
        runAs: 'username',
        places: { Vault: ['group:staff'], Attic: ['group:staff'] },
        perMinute: 1_000_000,
      },
      room(name, people) {
        rooms.set(name, fake.group(name, 'SECRET', people).id);
        for (const person of people) staff.add(person);
        return name;
      },
      user: (name) => void fake.person(name, name, `${name}@x.example`),
      topic(title, text, author, room) {
        const where = room === undefined ? 1 : rooms.get(room);
        const { id } = fake.content(title, `<p>${text}</p>`, { author, place: where });
        return { path: `docs/DOC-${id}`, key: String(id) };
      },
      reply: (key, author, text) => void fake.reply(fake.contents.get(Number(key))!, author, `<p>${text}</p>`),
      move: (key, room) => void (fake.contents.get(Number(key))!.place = rooms.get(room) ?? 1),
      delete: (key) => void fake.contents.delete(Number(key)),
      withdraw: (person, room) => void place(room).members.delete(person),
      grant: (room) => staff.forEach((person) => place(room).members.set(person, 'member')),
      isDown: false,
      askedAs: (person) =>
        fake.requests.filter((line) => line.startsWith('contents/') && line.endsWith(` as username ${person}`)).length,
      stop: () => fake[Symbol.asyncDispose](),
    };
    fake.answer = () => (tool.isDown ? { status: 200, body: '<h1>Sign in</h1>' } : undefined);
    return tool;
  },
};

const KINDS = { discourse, nodebb, jive };

/** A company whose forum is such a tool, mirrored, with a gateway that can ask it. */
export interface LiveCompany {
  readonly company: Company;
  readonly tool: ToolFake;
  readonly config: Config;
  /** Questions put to the tool, in order. */
  readonly questions: { readonly account: string | null; readonly keys: readonly string[] }[];
  readonly readable: AskReadable;
  open(change?: Partial<Config>, readable?: AskReadable): Promise<App>;
  /** Mirrors the tool once more. */
  sync(): Promise<void>;
  /** Ends what mirrors and asks the tool. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Makes it: `fill` puts into the tool and the company's files what is in them before they are mirrored. */
export async function liveCompany(
  kind: Tool,
  confirm: object,
  fill: (tool: ToolFake, company: Company) => Promise<void>,
): Promise<LiveCompany> {
  const tool = await startTool[kind]();
  const company = await emptyCompany();
  await fill(tool, company);
  const options = KINDS[kind].options.parse({ ...tool.options, confirm }) as Record<string, unknown>;
  const sources = [{ name: 'forum', connector: kind, everySeconds: 300, options }];
  const config: Config = { ...company.config, forum: { ...company.config.forum, sources } };
  await syncOnce(config);
  // What a running sync has open, without its thread: see sync-thread.test.ts for that.
  const forum = subgraphNamed('forum');
  const scheduler = new Scheduler({
    store: forum.openWriter(storePath(config, 'forum')),
    kinds: forum.connectors,
    sources,
    baseDir: config.baseDir,
    log: createLog(config.log),
    onEvent: () => undefined,
    openFeed: () => openIdentityFeed(storePath(config, 'directory')),
  });
  await scheduler.syncAll();
  const questions: LiveCompany['questions'] = [];
  const readable: AskReadable = async (source, account, keys, signal) => {
    questions.push({ account, keys });
    return scheduler.readable(source, account, keys, signal);
  };
  return {
    company,
    tool,
    config,
    questions,
    readable,
    open: (change = {}, ask = readable) =>
      company.open(
        { forum: config.forum, ...change },
        { readable: ask, log: createLog({ level: 'silent', format: 'json' }) },
      ),
    sync: () => scheduler.syncAll(),
    stop: () => scheduler.stop(),
    async close() {
      await company.close();
      await scheduler.stop();
      await tool.stop();
    },
  };
}
