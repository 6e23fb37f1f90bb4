import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ConnectorKind, Log } from '../../subgraphs/kit/connector.ts';
import { healthOfError } from '../../subgraphs/kit/health.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../subgraphs/kit/errors.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { fillArea, type FilledArea } from '../helpers/filled-area.ts';
import { FaultyTcpProxy, type Place } from '../servers/faulty-tcp-proxy.ts';
import { call } from './connector-contract.ts';
import { AT_ONCE, flooded, tcpFaultsWith } from './tcp-fault-list.ts';

/** A few items of their own on a server. */
export interface TcpItems {
  /** Options to read them at a port; `timeoutMs` is set by the group. */
  options(port: number): object;
  /** Changes one, takes one away, and adds one. */
  change(): Promise<void>;
}

/** A server on the loopback interface. */
export interface TcpServer extends AsyncDisposable {
  readonly port: number;
  make(): Promise<TcpItems>;
}

/** How a connector that speaks over TCP is put to the faults. */
export interface TcpFaultSubject {
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly kind: ConnectorKind<any>;
  readonly area: SubgraphName;
  start(): Promise<TcpServer>;
  /** What must be in no message: passwords. */
  readonly secrets: readonly string[];
  /** Asks the area for all items, and what is known of them. */
  readonly question: string;
  /** Places in what the server says within a run over what `change` changed, in the order in which they come. */
  readonly places: Readonly<Record<string, Place>>;
  /** What the protocol allows, or nearly, to be said without end; made of what was said so far. */
  readonly floods: Readonly<Record<string, (said: Buffer) => Buffer>>;
}

/** Long enough for a server on this machine, however busy that is. */
const SHORT_MS = 1_000;
/** Cuts at so many places besides those that are named. */
const CUTS = 24;

/**
 * Faults of a server, by way of a proxy that misbehaves. Each has to end a run with the right error and in time, delete
 * nothing, show in `sources` and in health as what it is, leave no connection open, and tell no secret; afterwards all
 * goes on. An exception that nobody catches fails the whole file.
 */
export function tcpFaults(subject: TcpFaultSubject): void {
  const { kind, area, question } = subject;
  let server: TcpServer;
  const said: unknown[] = [];
  const log = (fields: object, message: string): void => void said.push(fields, message);
  const recorded: Log = { debug: log, info: log, warn: log, error: log };
  beforeAll(async () => void (server = await subject.start()));
  afterAll(() => server?.[Symbol.asyncDispose]());

  const fill = (items: TcpItems, port: number, isLate = false): Promise<FilledArea> =>
    fillArea(area, kind, { ...items.options(port), timeoutMs: isLate ? SHORT_MS : 10_000 }, recorded);
  /** What a store knows that was never filled by way of a proxy. */
  const truth = async (items: TcpItems): Promise<unknown> => {
    await using filled = await fill(items, server.port);
    await synced(filled);
    return await filled.ask(question);
  };
  const keepsSecrets = (...told: unknown[]): void => {
    const text = inspect([told, said], { depth: 12, maxStringLength: null, maxArrayLength: null });
    for (const secret of subject.secrets) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
    }
  };
  const isRight = async (filled: FilledArea, event: unknown, codes: readonly ConnectorErrorCode[]): Promise<void> => {
    expect(event).toMatchObject({ type: 'failed', message: expect.stringMatching(/^test: /) });
    const { code, message } = event as { code: ConnectorErrorCode; message: string };
    expect(codes, message).toContain(code);
    expect(await filled.source()).toMatchObject({ state: 'FAILING', lastError: { code, message } });
  };
  const isLeft = (proxy: FaultyTcpProxy) =>
    vi.waitFor(() => expect(proxy.connected).toBe(0), { timeout: 5_000, interval: 20 });
  /** A run that goes through; where late faults are not waited for long, a busy machine may take several. */
  const synced = async (filled: FilledArea, isLate = false): Promise<void> => {
    let event = await filled.sync();
    const most = isLate ? 4 : 0;
    for (let tries = 0; tries < most && event?.type === 'failed' && event.code === 'UNAVAILABLE'; tries++)
      event = await filled.sync();
    expect(event).toMatchObject({ type: 'synced', refused: 0 });
  };
  const statusOf = (code: ConnectorErrorCode): string => healthOfError(new ConnectorError(code, '')).status;

  const all = tcpFaultsWith(subject.floods).flatMap((fault) =>
    Object.entries(fault.isAtOnce === true ? { 'at once': AT_ONCE } : { 'at once': AT_ONCE, ...subject.places }).map(
      ([where, at]) => ({ ...fault, where, at }),
    ),
  );

  describe.concurrent(`faults over TCP: ${kind.name}`, () => {
    const light = all.filter(({ isEndless }) => isEndless !== true);
    it.each(light)('a server that $name $where fails the first run', { timeout: 60_000 }, async (fault) => {
      const items = await server.make();
      await using proxy = await FaultyTcpProxy.start(server.port);
      await using filled = await fill(items, proxy.port, fault.isLate);
      await items.change();
      proxy.break(fault);
      const event = await filled.sync();
      expect(proxy.misbehaved).toBeGreaterThan(0);
      await isRight(filled, event, fault.codes);
      await isLeft(proxy);
      keepsSecrets(event);
      await proxy.mend();
      await synced(filled, fault.isLate);
      expect(await filled.source()).toMatchObject({ state: 'CURRENT', lastError: null });
      expect(await filled.ask(question)).toEqual(await truth(items));
    });

    it.each(all)('a server that $name $where deletes nothing', { timeout: 60_000 }, async (fault) => {
      const items = await server.make();
      await using proxy = await FaultyTcpProxy.start(server.port);
      await using filled = await fill(items, proxy.port, fault.isLate);
      await synced(filled, fault.isLate);
      const before = await filled.ask(question);
      await items.change();
      proxy.break(fault);
      const event = await filled.sync();
      expect(proxy.misbehaved).toBeGreaterThan(0);
      await isRight(filled, event, fault.codes);
      expect(await filled.ask(question)).toEqual(before);
      proxy.break(fault);
      const health = await filled.connector()?.health(call);
      if (proxy.misbehaved > 0 || fault.isAtOnce === true) {
        expect(fault.codes.map(statusOf)).toContain(health?.status);
        expect(health?.detail).toMatch(/^test: /);
      } else expect(health).toMatchObject({ status: 'ok' });
      await isLeft(proxy);
      keepsSecrets(event, health);
      await proxy.mend();
      await synced(filled, fault.isLate);
      expect(await filled.source()).toMatchObject({ state: 'CURRENT', lastError: null });
      expect(await filled.ask(question)).toEqual(await truth(items));
    });

    it('a connection that is cut, wherever, deletes nothing', { timeout: 60_000 }, async () => {
      const items = await server.make();
      await using proxy = await FaultyTcpProxy.start(server.port);
      await using filled = await fill(items, proxy.port);
      await synced(filled);
      await items.change();
      const before = await filled.ask(question);
      await using other = await fill(items, proxy.port);
      // Says as much as the run that is to be cut, or more.
      await synced(other);
      const length = proxy.said.length;
      let failures = 0;
      for (let cut = 0; cut < CUTS; cut++) {
        proxy.break({ at: () => Math.floor((length * cut) / CUTS), misbehave: (client) => void client.destroy() });
        const event = await filled.sync();
        if (event?.type === 'synced') break;
        failures++;
        await isRight(filled, event, ['UNAVAILABLE', 'BAD_RESPONSE']);
        expect(await filled.ask(question)).toEqual(before);
      }
      expect(failures).toBeGreaterThan(CUTS / 4);
      await proxy.mend();
      await synced(filled);
      expect(await filled.ask(question)).toEqual(await truth(items));
    });
  });

  // The limit is the connector's: much less than was on offer.
  afterAll(() => expect(flooded.most).toBeLessThan(120 * 1024 ** 2));
}
