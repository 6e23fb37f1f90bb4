import { OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { NOBODY } from '../../../subgraphs/kit/viewer.ts';
import { audienceKey, forwardedKey } from '../../context.ts';
import { readAnswer } from './answer.ts';
import { SubgraphFailure, type SubgraphCall, type SubgraphClient } from './client.ts';
import { Exchange, type Exchanged } from './exchange.ts';
import { Guard, type Circuit } from './guard.ts';
import { JoinedCalls } from './joined-calls.ts';
import type { SubgraphLimits } from './limits.ts';

/** A subgraph in a process of its own. */
export interface RemoteSubgraph {
  readonly name: string;
  /** Its address, with the path of its GraphQL endpoint. */
  readonly url: string;
  /** Whether its messages are ours. */
  readonly trusted: boolean;
  /** What one attempt of a call is sent besides its body: for our own, who is asking, signed. */
  readonly headers: (call: SubgraphCall, body: string) => Readonly<Record<string, string>>;
  readonly limits: SubgraphLimits;
}

/** A client of a subgraph in another process, with its state for operators. */
export interface RemoteClient extends SubgraphClient {
  readonly circuit: Circuit;
}

/** Tells a subgraph how much longer anybody waits. */
const TIME_LEFT_HEADER = 'x-atrium-time-left-ms';

/** Text of answers kept to stand in for some that do not come. */
const STALE_BYTES = 16 * 1024 ** 2;

/** Reaches a subgraph over HTTP. */
export function overHttpClient(subgraph: RemoteSubgraph): RemoteClient {
  const { name, limits, trusted } = subgraph;
  const exchange = new Exchange(name, new URL(subgraph.url), limits);
  const guard = new Guard(name, limits);
  const joined = new JoinedCalls<Exchanged>();
  const stale = new LRUCache<string, { readonly text: string; readonly at: number }>({
    maxSize: STALE_BYTES,
    sizeCalculation: ({ text }, key) => text.length + key.length,
    ttl: Math.max(1, limits.staleSeconds * 1_000),
  });

  async function send(body: string, isRead: boolean, call: SubgraphCall, signal: AbortSignal): Promise<Exchanged> {
    const once = () => {
      if (signal.aborted) throw signal.reason;
      const left = Math.max(1, Math.round(call.deadline - performance.now()));
      return exchange.post(body, { ...subgraph.headers(call, body), [TIME_LEFT_HEADER]: String(left) }, signal);
    };
    const answer = await guard.call(once, { isRead, deadline: call.deadline });
    if (isRead && answer.isPublic && limits.staleSeconds > 0) {
      stale.set(staleKey(call, body), { text: answer.text, at: Date.now() });
    }
    return answer;
  }

  return {
    name,
    trusted,
    get circuit() {
      return guard.circuit;
    },
    prepare({ query, operationName, kind }) {
      const isRead = kind === OperationTypeNode.QUERY;
      const head = `{"query":${JSON.stringify(query)}${
        operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`
      },"variables":`;
      return async (variables, call) => {
        const body = `${head}${JSON.stringify(variables)}}`;
        try {
          const key = isRead ? `${audienceKey(call.context ?? { viewer: NOBODY })} ${body}` : undefined;
          const { text } = await joined.join(key, call.signal, (signal) => send(body, isRead, call, signal));
          return readAnswer(text, name, limits.answerDepth);
        } catch (error) {
          const old = isRead && isOutage(error) ? stale.get(staleKey(call, body)) : undefined;
          if (!old) throw error;
          return { ...readAnswer(old.text, name, limits.answerDepth), staleSince: old.at };
        }
      };
    },
    close: () => exchange.close(),
  };
}

/** The same for everyone is what the same was asked with. */
function staleKey({ context }: SubgraphCall, body: string): string {
  return `${forwardedKey(context?.forwarded)} ${body}`;
}

function isOutage(error: unknown): boolean {
  return error instanceof SubgraphFailure && error.code !== 'SUBGRAPH_BAD_RESPONSE';
}
