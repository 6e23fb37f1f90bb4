import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, ConnectorKind, Log } from '../../subgraphs/kit/connector.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';
import {
  FaultyProxy,
  RememberedTool,
  send,
  type Misbehaviour,
  type ProxyAnswer,
  type ProxyRequest,
} from '../servers/faulty-proxy.ts';
import { call, depsIn, MemoryStore, type Keyed } from './connector-contract.ts';
import { faultsWith, flooded, PASSING, type Fault } from './faults.ts';

/** Lists that come page by page: which requests are for a page, and how its answer says that there is more. */
export interface EndlessList {
  readonly isPage: (request: ProxyRequest) => boolean;
  readonly more: (body: string) => string;
}

/** How a connector that asks over HTTP is put to the faults. */
export interface FaultSubject<Item extends Keyed> {
  readonly kind: ConnectorKind<Item>;
  /** Starts the tool with a few items in it; they stay as they are. */
  start(): Promise<{ readonly url: string } & AsyncDisposable>;
  /** Options for the tool at an address; `timeoutMs` is set by the group. */
  options(url: string): object;
  /** What must be in no message: passwords, keys, tokens. */
  readonly secrets: readonly string[];
  /** The tool gives absolute links, which the proxy has to write anew. */
  readonly rewrites?: boolean;
  /** Requests whose answers have a shape; without it all of them: any bytes make a file. */
  readonly isData?: (request: ProxyRequest) => boolean;
  /** How the tool pages, or in words why it does not. */
  readonly endless: EndlessList | string;
}

/** Long enough for a proxy that remembers what the tool says. */
const SHORT_MS = 300;

/**
 * Faults of a tool, by way of a proxy that misbehaves. Each has to end a run with the right error, delete nothing,
 * leave the cursor usable, show in health as what it is, and tell no secret.
 */
export function httpFaults<Item extends Keyed>(subject: FaultSubject<Item>): void {
  const { kind } = subject;
  let tool: ({ readonly url: string } & AsyncDisposable) | undefined;
  let remembered: RememberedTool;
  let elsewhere: Server;
  /** What the other origin was asked. */
  const strays: string[] = [];
  const said: unknown[] = [];
  const log = (fields: object, message: string): void => void said.push(fields, message);
  const recorded: Log = { debug: log, info: log, warn: log, error: log };

  beforeAll(async () => {
    tool = await subject.start();
    remembered = new RememberedTool(tool.url);
    elsewhere = createServer((request, reply) => {
      strays.push(`${request.method} ${request.url}`);
      reply.end('{}');
    });
    await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const connector of opened) await connector.close();
    elsewhere?.closeAllConnections();
    elsewhere?.close();
    await tool?.[Symbol.asyncDispose]();
  });

  const proxied = (): Promise<FaultyProxy> => FaultyProxy.start(remembered, { rewrites: subject.rewrites ?? false });
  const opened: Connector<Item>[] = [];
  const open = async ({ url }: FaultyProxy, isShort = false): Promise<Connector<Item>> => {
    const options = { ...subject.options(url), timeoutMs: isShort ? SHORT_MS : 10_000 };
    const connector = await kind.open(kind.options.parse(options), { ...depsIn('/'), log: recorded });
    opened.push(connector);
    return connector;
  };
  const failed = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => undefined,
      (error: unknown) => error,
    );
  const spellOf = (fault: Fault) => ({
    misbehave: fault.misbehave,
    only: fault.isOfData === true ? subject.isData : undefined,
  });
  /** All of a tool that is well, and how many requests of a spell's kind that takes. */
  const filled = async (proxy: FaultyProxy, fault: Fault): Promise<[MemoryStore<Item>, number]> => {
    const store = new MemoryStore<Item>();
    proxy.break({ ...spellOf(fault), after: Number.POSITIVE_INFINITY });
    await store.run(await open(proxy));
    const asked = proxy.counted;
    await proxy.mend();
    expect(store.items.size, 'items to be kept').toBeGreaterThan(1);
    return [store, asked];
  };
  const keepsSecrets = (...told: unknown[]): void => {
    const text = inspect([told, said], { depth: 12, maxStringLength: null, maxArrayLength: null });
    for (const secret of subject.secrets) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  };
  const faults = faultsWith(() => `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/stolen`);

  describe.concurrent(`faults over HTTP: ${kind.name}`, () => {
    it.each(faults)('a tool that $name ends the run, deletes nothing, and later all goes on', async (fault) => {
      await using proxy = await proxied();
      const [store] = await filled(proxy, fault);
      const before = structuredClone(store.items);
      const [running, asked] = [await open(proxy, fault.isLate), await open(proxy, fault.isLate)];
      proxy.break(spellOf(fault));
      const [error, health, refusal] = await Promise.all([
        failed(store.run(running)),
        asked.health(call),
        failed(open(proxy, fault.isLate)),
      ]);
      for (const one of [error, refusal]) {
        if (one === undefined && fault.isPartial === true) continue;
        expect(one).toBeInstanceOf(ConnectorError);
        expect(fault.codes, String(one)).toContain((one as ConnectorError).code);
        expect((one as ConnectorError).message).toMatch(/^test: /);
      }
      if (fault.isPartial !== true || health.status !== 'ok')
        expect(health).toEqual({ status: fault.health, detail: expect.stringMatching(/^test: /) });
      expect(store.items).toEqual(before);
      keepsSecrets(error, health, refusal, store.problems);
      await proxy.mend();
      await store.run(await open(proxy));
      expect(store.items).toEqual(before);
      expect(strays).toEqual([]);
    });

    it.each(faults)('a tool that $name half way deletes nothing, and later all goes on', async (fault) => {
      await using proxy = await proxied();
      const [store, requests] = await filled(proxy, fault);
      const whole = structuredClone(store.items);
      const [running, beginning] = [await open(proxy, fault.isLate), await open(proxy, fault.isLate)];
      // As if it began anew: with a store that has everything, and with one that has nothing.
      store.cursor = undefined;
      const fresh = new MemoryStore<Item>();
      for (const [connector, one] of [
        [running, store],
        [beginning, fresh],
      ] as const) {
        proxy.break({ ...spellOf(fault), after: Math.floor(requests / 2) });
        const problems = one.problems.length;
        const error = await failed(one.run(connector));
        const isBroken = proxy.misbehaved > 0;
        if (error !== undefined) {
          expect(error).toBeInstanceOf(ConnectorError);
          const { code, message } = error as ConnectorError;
          expect([...fault.codes, 'UNAVAILABLE'], message).toContain(code);
        } else if (isBroken && fault.isPartial !== true)
          expect(one.problems.length, 'a problem at least').toBeGreaterThan(problems);
        if (one === store) expect(store.items).toEqual(whole);
        keepsSecrets(error, one.problems);
        await proxy.mend();
        await one.run(await open(proxy));
        expect(one.items).toEqual(whole);
      }
      expect(strays).toEqual([]);
    });

    it.each(PASSING)('goes on by itself after %s', async (_what, misbehave) => {
      await using proxy = await proxied();
      const connector = await open(proxy);
      const store = new MemoryStore<Item>();
      await store.run(connector);
      for (const after of [0, 2]) {
        const again = new MemoryStore<Item>();
        proxy.break({ misbehave, after, times: 1 });
        await again.run(connector);
        expect(proxy.misbehaved).toBe(1);
        expect(again.items).toEqual(store.items);
      }
    });

    it('does not ask again before the time that the tool asked to wait', async () => {
      await using proxy = await proxied();
      const connector = await open(proxy);
      // Whoever comes too early is refused again; a timer may be a little early.
      const misbehave: Misbehaviour = (reply) => void reply.writeHead(429, { 'retry-after': '1' }).end();
      proxy.break({ misbehave, forMs: 950 });
      await new MemoryStore<Item>().run(connector);
      expect(proxy.misbehaved).toBe(1);
    });

    it('leaves a tool alone that asks for more time than there is, and says for how long', async () => {
      await using proxy = await proxied();
      const connector = await open(proxy);
      proxy.break({ misbehave: (reply) => void reply.writeHead(429, { 'retry-after': '86400' }).end() });
      const error = await failed(new MemoryStore<Item>().run(connector));
      expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 86_400_000 });
      expect(proxy.asked).toBe(1);
    });

    const { endless } = subject;
    if (typeof endless === 'string') {
      it.skip(`ends a list that has no end (${endless})`);
      return;
    }
    it('ends a list that has no end', async () => {
      await using proxy = await proxied();
      const store = new MemoryStore<Item>();
      await store.run(await open(proxy));
      const before = structuredClone(store.items);
      const connector = await open(proxy);
      store.cursor = undefined;
      let page: Promise<ProxyAnswer> | undefined;
      proxy.break({
        only: endless.isPage,
        misbehave: async (reply, truth) => {
          const { body, ...rest } = await (page ??= truth());
          send(reply, { ...rest, body: Buffer.from(endless.more(body.toString('utf8'))) });
        },
      });
      const error = await failed(store.run(connector));
      expect(error).toMatchObject({ name: 'ConnectorError', code: 'BAD_RESPONSE' });
      expect(proxy.misbehaved).toBeGreaterThan(1);
      expect(store.items).toEqual(before);
    });
  });

  afterAll(() => {
    // The limit is the connector's: much less than was on offer.
    if (flooded.requests > 0) expect(flooded.bytes / flooded.requests).toBeLessThan(120 * 1024 ** 2);
  });
}
