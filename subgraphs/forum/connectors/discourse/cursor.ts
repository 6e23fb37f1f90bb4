import { parseCursorOf } from '../forums/cursor.ts';

/** What a run leaves for the next one. */
export interface RunCursor {
  /** Everything was handed over; else the run was cut short, and what it handed over is known by its versions. */
  readonly isDone: boolean;
  /** The last activity seen. */
  readonly bumpedAt: string;
  /** The last edit seen. */
  readonly editedAt: string;
  /** When all topics were last listed, and in how many pages. */
  readonly listedAt: number;
  readonly pages: number;
  /** The categories' state. */
  readonly sections: string;
  /** The greatest id of a topic ever seen. */
  readonly top: number;
  /** The last topic that was read again without a reason. */
  readonly turn: number;
  /** Topics that could not be read. */
  readonly retry: readonly number[];
}

/** Where a source begins. */
export const START: RunCursor = {
  isDone: false,
  bumpedAt: '',
  editedAt: '',
  listedAt: 0,
  pages: 0,
  sections: '',
  top: 0,
  turn: 0,
  retry: [],
};

/** A cursor as it was stored; what is not understood is no cursor, so that everything is looked at. */
export function parseCursor(cursor: string | undefined): RunCursor {
  return parseCursorOf(START, cursor, Number.isSafeInteger);
}
