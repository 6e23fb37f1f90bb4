import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { AggregatorRegistry } from 'prom-client';
import { Answerer, type Answering } from '../../subgraphs/kit/sync/questions.ts';
import type { Config } from '../config/schema.ts';
import { listenForMetrics, type Figures } from '../http/metrics.ts';
import type { Departure } from '../http/departure.ts';
import type { createLog } from '../log.ts';
import { Crew } from './crew.ts';
import type { FromWorker, ToWorker, Wish } from './messages.ts';
import { Permits } from './permits.ts';

/** What the primary process works with. */
export interface PrimaryParts {
  readonly log: ReturnType<typeof createLog>;
  readonly departure: Departure;
  /** Talks to the tools, in this process. */
  readonly tools: Answering;
  /** Ends the program as a failure. */
  readonly onHopeless: () => void;
}

/**
 * Serves by so many processes of their own behind one port; this one answers nothing itself. It hands connections to
 * them, keeps what they share, and is where the stores are filled.
 */
export function openPrimary(config: Config, size: number, { log, departure, tools, onHopeless }: PrimaryParts) {
  const registry = new AggregatorRegistry();
  const figures: Figures = { contentType: registry.contentType, text: () => registry.clusterMetrics() };
  const permits = new Permits();
  const grant = async (wish: Wish): Promise<unknown> =>
    wish.kind === 'permits' ? permits.grant(wish.request) : figures.text();
  let crew: Crew | undefined;
  let metricsServer: Awaited<ReturnType<typeof listenForMetrics>>;
  departure.onBegin(() => crew?.depart());
  const onMessage = answersFor(tools, grant, log);
  return {
    async listen(): Promise<string> {
      const { listen, address } = await freeAddress(config.listen);
      metricsServer = await listenForMetrics(config, figures);
      crew = new Crew({ size, config: { ...config, listen }, log, onMessage, onHopeless });
      await crew.start();
      return address;
    },
    async close(): Promise<void> {
      await crew?.end();
      await metricsServer?.close();
    },
    cut: () => crew?.cut(),
  };
}

/** Answers what workers ask: of the tools, and of what they share. */
function answersFor(tools: Answering, grant: (wish: Wish) => Promise<unknown>, log: PrimaryParts['log']) {
  const answerers = new WeakMap<(message: ToWorker) => void, Answerer>();
  return (message: FromWorker, reply: (message: ToWorker) => void): void => {
    if (message.type === 'wish') {
      const { id, wish } = message;
      grant(wish)
        .then((value) => reply({ type: 'granted', id, value }))
        .catch((err: unknown) => log.error({ err }, 'a worker could not be answered'));
    } else if (message.type === 'question' || message.type === 'nevermind') {
      const onFault = (err: unknown) => log.error({ err }, 'a question to a tool failed');
      const answerer = answerers.get(reply) ?? new Answerer(tools, reply, onFault);
      answerers.set(reply, answerer);
      void answerer.take(message);
    }
  };
}

/**
 * Looks whether the address is free, so that one that is not is told once and as ever, and takes a port where any will
 * do, so that workers hired later find the same.
 */
async function freeAddress(listen: Config['listen']) {
  const probe = createServer().listen({ host: listen.host, port: listen.port });
  await once(probe, 'listening');
  const { address, family, port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { listen: { ...listen, port }, address: `http://${host}:${port}` };
}
