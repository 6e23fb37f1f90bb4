import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { SharedNonces } from '../../subgraphs/kit/signing/nonces.ts';
import type { Log } from '../../subgraphs/kit/connector.ts';

/** A cache that is slower than this is no help: the request goes on without it. */
const DEADLINE_MS = 50;

/** Most entries kept in memory … */
const MAX_ENTRIES = 2_000;
/** … and most characters of them. */
const MAX_CHARACTERS = 32 * 1024 ** 2;

/** The gateway's cache: Redis or Valkey where configured, else memory. Never an error, and never slower than 50 ms. */
export interface GatewayCache extends KeyValueCache, SharedNonces {
  /** Whether other gateways may use it as well. */
  readonly isShared: boolean;
  /** Whether the shared cache answers; true without one. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens the cache. An unreachable server is tried again by itself, and slows nothing meanwhile. */
export async function openCache(redis: string | undefined, log: Log): Promise<GatewayCache> {
  const store = redis === undefined ? undefined : await openRedis(redis);
  const keyv = new Keyv<string>(store ? { store, useKeyPrefix: false } : { store: new BoundedStore() });
  // Without a listener the process would end; said once, for an outage is not news every 50 ms.
  let isReported = false;
  const report = (error: unknown) => {
    if (!isReported) log.warn({ err: error }, 'the shared cache does not answer; going on without it');
    isReported = true;
  };
  keyv.on('error', report);
  return {
    isShared: store !== undefined,
    // Memory is never late.
    get: (key) => (store ? withinDeadline(keyv.get(key)) : keyv.get(key)),
    // Nobody waits for what is being remembered.
    async set(key, value, options) {
      const ttl = options?.ttl;
      keyv.set(key, value, typeof ttl === 'number' ? ttl * 1_000 : undefined).catch(report);
    },
    async delete(key) {
      return (await withinDeadline(keyv.delete(key))) ?? false;
    },
    async takeShared(nonce, keepMs) {
      if (!store) return undefined;
      // Of keyv itself nothing is set only where it is not there yet.
      const options = { condition: 'NX', expiration: { type: 'PX', value: keepMs } } as const;
      const taken = store.getClient().then(async (client) => {
        if (!('set' in client)) return undefined;
        return (await client.set(store.createKeyPrefix(`nonce:${nonce}`, 'atrium'), '', options)) === 'OK';
      });
      return withinDeadline(taken);
    },
    async isReachable() {
      if (!store) return true;
      // The adapter swallows its errors: only what comes back proves that something is there.
      const ping = String(Date.now());
      const pong = await withinDeadline(store.set('ping', ping, 1_000).then(() => store.get<string>('ping')));
      return pong === ping;
    },
    async close() {
      if (store) await withinDeadline(keyv.disconnect());
    },
  };
}

async function openRedis(url: string): Promise<KeyvRedis<string>> {
  // A twentieth of the time it takes to start, which most need not spend.
  const { default: KeyvRedis } = await import('@keyv/redis');
  return new KeyvRedis<string>(
    {
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: 500, reconnectStrategy: (retries: number) => Math.min(250 * 2 ** retries, 5_000) },
    },
    { namespace: 'atrium', throwOnConnectError: false, throwOnErrors: false, connectionTimeout: 500 },
  );
}

/** What is kept in memory; what was not used for longest is forgotten first. */
class BoundedStore extends LRUCache<string, string> {
  constructor() {
    super({
      max: MAX_ENTRIES,
      maxSize: MAX_CHARACTERS,
      sizeCalculation: (value, key) => value.length + key.length,
    });
  }

  /** The library says how long, too; it looks after that itself. */
  override set(key: string, value: string): this {
    return super.set(key, value);
  }
}

async function withinDeadline<Value>(work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), DEADLINE_MS);
  });
  try {
    return await Promise.race([work.catch(() => undefined), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
