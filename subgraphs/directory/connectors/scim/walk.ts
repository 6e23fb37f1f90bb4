import type { Call } from '../../../kit/connector.ts';
import type { ScimApi } from './api.ts';
import { toResource, type Endpoint, type Resource } from './resource.ts';

/** What is walked through. */
export interface WalkQuery {
  readonly filter?: string;
  readonly attributes?: string;
}

/** No company is larger; a server that lists so many makes them up. */
const MAX_ENTRIES = 2_000_000;

/**
 * A walk through a list. It ends with a page that holds nothing new, and goes by what pages hold: servers give less
 * than asked for, count wrongly, or give one page over and over.
 */
export class Walk {
  /** The ids met so far. */
  readonly ids = new Set<string>();
  /** Entries without an id. */
  nameless = 0;
  /** The server did not take the query; the walk ended there. */
  isRefused = false;
  /** How many the server says there are: the most it said, for when some go, others move up to where it was looked. */
  total = 0;

  /** Whether all that the server counts was met. If not, what was not met may be there all the same. */
  get isWhole(): boolean {
    return !this.isRefused && this.ids.size + this.nameless >= this.total;
  }

  /** The pages, each entry once. */
  async *pages(
    api: ScimApi,
    endpoint: Endpoint,
    size: number,
    query: WalkQuery,
    call: Call,
  ): AsyncGenerator<readonly Resource[]> {
    for (let startIndex = 1; ;) {
      const page = await api.list(endpoint, { startIndex, count: size, ...query }, call);
      if (page === undefined) {
        this.isRefused = true;
        return;
      }
      this.total = Math.max(this.total, page.total ?? 0);
      const fresh: Resource[] = [];
      for (const listed of page.resources) {
        const resource = toResource(listed);
        if (resource === undefined) {
          this.nameless++;
        } else if (!this.ids.has(resource.id)) {
          this.ids.add(resource.id);
          fresh.push(resource);
        }
      }
      if (fresh.length > 0) yield fresh;
      else if (this.nameless > 0 && this.ids.size === 0)
        throw api.error('BAD_RESPONSE', `lists ${endpoint} without an id; is it a SCIM 2.0 server?`);
      if (fresh.length === 0) return;
      if (this.ids.size > MAX_ENTRIES) throw api.error('BAD_RESPONSE', `lists ${endpoint} without end`);
      startIndex += page.resources.length;
    }
  }
}
