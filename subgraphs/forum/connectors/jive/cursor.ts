import { parseCursorOf } from '../forums/cursor.ts';

/** What a run leaves for the next one. */
export interface RunCursor {
  /** Everything was handed over; else the run was cut short, and what it handed over is known by its versions. */
  readonly isDone: boolean;
  /** The last activity there was when the run began, in milliseconds by Jive's clock. */
  readonly activityAt: number;
  /** When all contents were last listed, and in how many pages. */
  readonly listedAt: number;
  readonly pages: number;
  /** How many contents and places there were. */
  readonly contents: number;
  readonly places: number;
  /** Options and places, with who may read them. */
  readonly state: string;
  /** The place in the list up to which contents were read again without a reason. */
  readonly turn: number;
  /** Contents that could not be read. */
  readonly retry: readonly string[];
}

/** Where a source begins. */
export const START: RunCursor = {
  isDone: false,
  activityAt: 0,
  listedAt: 0,
  pages: 0,
  contents: 0,
  places: 0,
  state: '',
  turn: 0,
  retry: [],
};

/** A cursor as it was stored; what is not understood is no cursor, so that everything is looked at. */
export function parseCursor(cursor: string | undefined): RunCursor {
  return parseCursorOf(START, cursor, (id) => typeof id === 'string' && /^\d+$/.test(id));
}
