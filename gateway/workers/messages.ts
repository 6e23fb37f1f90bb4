import type { AnswerMessage, QuestionMessage } from '../../subgraphs/kit/sync/questions.ts';
import type { Config } from '../config/schema.ts';
import type { PermitRequest } from './permits.ts';

/** What a worker asks the primary process. */
export type Wish = { readonly kind: 'permits'; readonly request: PermitRequest } | { readonly kind: 'metrics' };

/** What a worker tells the primary process; questions are for the tools. */
export type FromWorker =
  /** It is there to be told what to do. */
  | { readonly type: 'hello' }
  | { readonly type: 'serving' }
  /** It could not start. */
  | { readonly type: 'failed'; readonly message: string; readonly code?: string | undefined }
  /** It takes nothing new, and will end. */
  | { readonly type: 'ending' }
  | { readonly type: 'wish'; readonly id: number; readonly wish: Wish }
  | QuestionMessage;

/** What the primary process tells a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly config: Config }
  /** The program is on its way out … */
  | { readonly type: 'depart' }
  /** … listens no more … */
  | { readonly type: 'end' }
  /** … and waits no longer. */
  | { readonly type: 'cut' }
  | { readonly type: 'granted'; readonly id: number; readonly value: unknown }
  | AnswerMessage;
