import type { Call } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import type { JiveApi } from './api.ts';
import { activityOf } from './conversations.ts';
import type { RunCursor } from './cursor.ts';
import { Content } from './shapes.ts';

/** Activity is looked for again this far back: what is written at the same time may become visible later. */
const MARGIN_MS = 10 * 60_000;

/** Contents as a list shows them. */
export interface ContentPage {
  /** Without `row` those that cannot be used. */
  readonly rows: readonly {
    readonly row: Content | undefined;
    readonly id: string | undefined;
    readonly reason: string;
  }[];
  /** Ids asked for, of which there is nothing. */
  readonly gone: readonly string[];
  readonly isSteady: boolean;
}

/** Pages of all contents; or of those active since the last run, and then what could not be read then. */
export async function* pagesOf(
  api: JiveApi,
  isWhole: boolean,
  last: Pick<RunCursor, 'activityAt' | 'retry'>,
  call: Call,
): AsyncGenerator<ContentPage> {
  let isFirst = true;
  for await (const { rows, isSteady } of api.contents(isWhole ? 'dateCreatedAsc' : 'latestActivityDesc', call)) {
    const page = rows.map(parsed);
    if (isFirst && page.length > 0 && page.every(({ row }) => row === undefined))
      throw new ConnectorError(
        'BAD_RESPONSE',
        `${api.source}: lists contents of another shape: ${page[0]?.reason ?? ''}`,
      );
    isFirst = false;
    yield { rows: page, gone: [], isSteady };
    const oldest = page.findLast(({ row }) => row !== undefined)?.row;
    if (!isWhole && oldest !== undefined && activityOf(oldest) < last.activityAt - MARGIN_MS) break;
  }
  if (isWhole) return;
  for (const id of last.retry) {
    const content = await api.content(id, call);
    // Nothing counts as gone that the account may not see just now.
    if (content === undefined) await api.me(call);
    yield content === undefined
      ? { rows: [], gone: [id], isSteady: true }
      : { rows: [parsed(content)], gone: [], isSteady: true };
  }
}

function parsed(value: unknown): ContentPage['rows'][number] {
  const { data, error } = Content.safeParse(value);
  const id = Content.shape.contentID.safeParse((value as { contentID?: unknown } | null)?.contentID).data;
  const [issue] = error?.issues ?? [];
  return { row: data, id, reason: `its line in the list: \`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}` };
}

/** When anything last happened, by Jive's own clock, in milliseconds. */
export async function lastActivity(api: JiveApi, call: Call): Promise<number> {
  for await (const { rows } of api.contents('latestActivityDesc', call, 1)) {
    const { data } = Content.safeParse(rows[0]);
    return data === undefined ? 0 : activityOf(data);
  }
  return 0;
}
