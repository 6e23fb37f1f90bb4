import { LRUCache } from 'lru-cache';

/** So many different `Accept` headers are remembered, none of them longer than this. */
const MAX_HEADERS = 200;
const MAX_LENGTH = 200;

/** What answers are sent as to whom, as the server decided: it alone negotiates. */
export class MediaTypes {
  readonly #known = new LRUCache<string, string>({ max: MAX_HEADERS });

  /** Takes down what the server answered a request with this `Accept` header as; not what it refused. */
  learn(accept = '', mediaType: string | undefined): void {
    if (mediaType !== undefined && accept.length <= MAX_LENGTH) this.#known.set(accept, mediaType);
  }

  /** What a request with this `Accept` header is answered as; undefined where that is not known yet. */
  of(accept = ''): string | undefined {
    return this.#known.get(accept);
  }
}
