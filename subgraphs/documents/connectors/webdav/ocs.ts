import { z } from 'zod';
import type { Call, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { HttpClient } from '../../../kit/http.ts';
import { Shares, toShare, type Share } from './shares.ts';

/** What a server says of itself. */
export interface Capabilities {
  /** `ownCloud` there; Nextcloud does not say. */
  readonly product: string | undefined;
  /** Whether shares can be asked for. */
  readonly hasShares: boolean;
}

/** The envelope of all answers. Version 1 has status 200 for refusals too; what counts is inside. */
const Answer = z.object({
  ocs: z.object({ meta: z.object({ statuscode: z.number(), message: z.string().nullish() }), data: z.unknown() }),
});
const Product = z.object({ version: z.object({ product: z.string().optional() }).optional() });
const Status = z.object({
  capabilities: z.object({
    core: z.object({ status: z.object({ productname: z.string().optional() }).optional() }).optional(),
    files_sharing: z
      .object({ api_enabled: z.union([z.boolean(), z.literal([0, 1, '0', '1', ''])]).optional() })
      .optional(),
  }),
});

/** What is shared with the account; each is asked for by itself, so that there must be an end of them. */
const MAX_INCOMING = 500;

/** The Open Collaboration Services of Nextcloud and ownCloud: what the server can do, and who may read by shares. */
export class Ocs {
  readonly #http: HttpClient;
  readonly #source: string;

  /** `http` has the server's own address for its base. */
  constructor(http: HttpClient, source: string) {
    this.#http = http;
    this.#source = source;
  }

  /** Undefined when the server has no such interface. */
  async capabilities(call: Call): Promise<Capabilities | undefined> {
    const data = await this.#get('ocs/v1.php/cloud/capabilities', {}, call).catch((error: unknown) => {
      if (error instanceof ConnectorError && error.code === 'BAD_RESPONSE') return 'refused' as const;
      throw error;
    });
    const status = Status.safeParse(data);
    if (data === 'refused' || !status.success) return undefined;
    const { core, files_sharing: sharing } = status.data.capabilities;
    const product = Product.safeParse(data).data?.version?.product ?? core?.status?.productname;
    return { product, hasShares: [true, 1, '1'].includes(sharing?.api_enabled ?? false) };
  }

  /**
   * All shares that the account may know of: its own and others' of its files, what is shared with it, and with whom
   * that is shared besides, as far as it may share it on.
   * @throws ConnectorError when they cannot be listed: without them it is not certain who may read
   */
  async shares(version: string, call: Call, problems: Problem[]): Promise<Shares> {
    const path = `${version}/apps/files_sharing/api/v1/shares`;
    const own = this.#listed(await this.#get(path, { reshares: 'true' }, call), problems);
    const incoming = this.#listed(await this.#get(path, { shared_with_me: 'true' }, call), problems);
    const places = [...new Set(incoming.map((share) => share.path))];
    if (places.length > MAX_INCOMING) {
      const reason = `more than ${MAX_INCOMING} files and folders are shared with the account; whom the others are shared with besides is not asked`;
      problems.push({ place: 'shares', reason });
    }
    const besides: Share[] = [];
    for (const place of places.slice(0, MAX_INCOMING)) {
      const data = await this.#get(path, { path: `/${place}`, reshares: 'true' }, call);
      // Gone meanwhile, or none of the account's business: then fewer may read than might.
      if (data !== 'refused') besides.push(...this.#listed(data, problems));
    }
    return new Shares([...own, ...incoming, ...besides], problems);
  }

  #listed(data: unknown, problems: Problem[]): Share[] {
    if (data === 'refused') {
      throw new ConnectorError(
        'FORBIDDEN',
        `${this.#source}: the server does not list shares for this account; allow it to share, or name all readers in \`readers\` (path "")`,
      );
    }
    const list = z.array(z.unknown()).safeParse(data);
    if (!list.success) throw new ConnectorError('BAD_RESPONSE', `${this.#source}: the server's shares are no list`);
    return list.data.flatMap((one): Share[] => {
      const share = toShare(one);
      if (typeof share !== 'string') return [share];
      problems.push({ place: 'shares', reason: `a share is left out, ${share}; fewer may read than might` });
      return [];
    });
  }

  async #get(path: string, query: Readonly<Record<string, string>>, call: Call): Promise<unknown> {
    const search = new URLSearchParams({ ...query, format: 'json' });
    const answer = await this.#http.ask(
      {
        path: `${path}?${search.toString()}`,
        headers: { 'ocs-apirequest': 'true', accept: 'application/json' },
        expected: [400, 403, 404, 405],
      },
      call,
    );
    if (answer.status >= 400) return 'refused';
    const { meta, data } = this.#http.read(answer, Answer).ocs;
    if (meta.statuscode === 100 || meta.statuscode === 200) return data;
    if ([400, 403, 404].includes(meta.statuscode)) return 'refused';
    const message = cleanLine(meta.message ?? '').slice(0, 200);
    const code = meta.statuscode === 997 || meta.statuscode === 401 ? 'UNAUTHORIZED' : 'UNAVAILABLE';
    throw new ConnectorError(code, `${this.#source}: asked for shares, the server says ${meta.statuscode} ${message}`);
  }
}
