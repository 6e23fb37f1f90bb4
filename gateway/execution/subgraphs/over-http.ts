import { OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { NOBODY } from '../../../subgraphs/kit/viewer.ts';
import { TIME_LEFT_HEADER } from '../../../subgraphs/kit/time-left.ts';
import { audienceKey, forwardedKey } from '../../context.ts';
import { readAnswer } from './answer.ts';
import {
  SubgraphFailure,
  type Represented,
  type SubgraphAnswer,
  type SubgraphCall,
  type SubgraphClient,
} from './client.ts';
import { readConfirmation } from './confirmation.ts';
import { Exchange, type Exchanged } from './exchange.ts';
import type { DataReader } from '../reading/reader.ts';
import { Guard, type CallState } from './guard.ts';
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
  readonly state: CallState;
}

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
    const once = async () => {
      signal.throwIfAborted();
      const left = Math.max(1, Math.round(Math.min(limits.callMs, call.deadline - performance.now())));
      const headers = { ...call.headers, ...subgraph.headers(call, body), [TIME_LEFT_HEADER]: String(left) };
      return exchange.post(body, headers, signal);
    };
    return guard.call(once, { isRead, deadline: call.deadline, signal });
  }

  /** Reads an answer, and keeps one that is whole and the same for everyone. */
  function take(
    { text, isPublic }: Exchanged,
    call: SubgraphCall,
    body: string,
    isRead: boolean,
    read: DataReader | undefined,
  ): SubgraphAnswer {
    const { extensions, ...answer } = readAnswer(text, name, limits.answerDepth, read);
    const confirmation = trusted && extensions !== null ? readConfirmation(JSON.parse(extensions)) : undefined;
    const isWhole = answer.data !== null && (answer.errors ?? []).length === 0;
    if (isRead && isPublic && isWhole && limits.staleSeconds > 0) {
      stale.set(staleKey(call, body), { text, at: Date.now() });
    }
    return confirmation ? { ...answer, confirmation } : answer;
  }

  return {
    name,
    trusted,
    isRemote: true,
    get state() {
      return guard.state;
    },
    prepare({ query, operationName, kind, read }) {
      const isRead = kind === OperationTypeNode.QUERY;
      const head = `{"query":${JSON.stringify(query)}${
        operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`
      },"variables":`;
      return async (variables, call, represented) => {
        const body = `${head}${variablesText(variables, represented)}}`;
        try {
          const key = isRead ? `${audienceKey(call.context ?? { viewer: NOBODY })} ${body}` : undefined;
          const answer = await joined.join(key, call.signal, (signal) => send(body, isRead, call, signal));
          return take(answer, call, body, isRead, read);
        } catch (error) {
          const old = isRead && isOutage(error) ? stale.get(staleKey(call, body)) : undefined;
          if (!old) throw error;
          const { data, errors } = readAnswer(old.text, name, limits.answerDepth, read);
          return { data, errors, staleSince: old.at };
        }
      };
    },
    close: () => exchange.close(),
  };
}

function variablesText(variables: Readonly<Record<string, unknown>>, represented: Represented | undefined): string {
  const text = JSON.stringify(variables);
  if (!represented) return text;
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"representations":[${represented.texts.join(',')}]}`;
}

/** The same for everyone is what the same was asked with. */
function staleKey({ context }: SubgraphCall, body: string): string {
  return `${forwardedKey(context?.forwarded)} ${body}`;
}

function isOutage(error: unknown): boolean {
  return error instanceof SubgraphFailure && error.code !== 'SUBGRAPH_BAD_RESPONSE';
}
