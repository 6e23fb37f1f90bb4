import type { PageArgs } from '../paging.ts';
import type { Asking } from './accounts.ts';
import { filterKey, type CommonFilter } from './filter.ts';
import { listItems, type ItemConnection, type Order } from './list.ts';
import { rankedPage } from './ranked.ts';
import type { Condition } from './reader.ts';
import type { ContentRequest, TopicHits } from './request.ts';
import type { ItemRow } from './rows.ts';

/** How an area lists its items. */
export interface ListKind<Filter, OrderBy extends string> {
  /** The area's name for its items, for the names of lists. */
  readonly name: string;
  /** SQL columns of `item i` to select. */
  readonly columns: string;
  readonly orders: Readonly<Record<OrderBy, Order>>;
  readonly defaultOrder: OrderBy;
  /** All conditions of a filter but `text`. */
  conditions(filter: Filter, asking: Asking): Condition[];
}

/** What a list is made from: the request, and the text that excerpts are cut out of. */
export interface ListContext<Row extends ItemRow> {
  readonly request: ContentRequest<Row>;
  readonly textOf: (item: number) => Promise<string>;
}

/** The arguments of every list. */
export interface ListArgs<Filter, OrderBy extends string> extends PageArgs {
  readonly filter?: Filter | null | undefined;
  readonly orderBy?: OrderBy | null | undefined;
}

/** A filter of either area. */
type AnyFilter = CommonFilter & { readonly text?: string | null | undefined };

/** A page of the items that fulfil the filter and the further conditions. `name` says whose list it is. */
export async function itemList<Row extends ItemRow, Filter extends AnyFilter, OrderBy extends string>(
  kind: ListKind<Filter, OrderBy>,
  context: ListContext<Row>,
  name: string,
  conditions: readonly Condition[],
  args: ListArgs<Filter, OrderBy>,
): Promise<ItemConnection<Row>> {
  const { request } = context;
  const filter = args.filter ?? ({} as Filter);
  const list = `${kind.name} ${name} ${filterKey(filter)}`;
  const all = [...conditions, ...kind.conditions(filter, request)];
  if (typeof filter.text === 'string') {
    return ranked(context, list, request.narrowed(request.text(filter.text), all), args);
  }
  return listItems<Row>(request.reader, request.readable, {
    name: list,
    columns: kind.columns,
    conditions: all,
    order: kind.orders[args.orderBy ?? kind.defaultOrder],
    page: args,
    defaultSize: 20,
  });
}

/** A page of what was found for a topic. */
export async function topicList<Row extends ItemRow, Filter extends AnyFilter, OrderBy extends string>(
  kind: ListKind<Filter, OrderBy>,
  context: ListContext<Row>,
  topic: string,
  args: ListArgs<Filter, OrderBy>,
): Promise<ItemConnection<Row>> {
  const { request } = context;
  const filter = { ...(args.filter ?? ({} as Filter)), text: undefined };
  const found = request.narrowed(request.topic(topic), kind.conditions(filter, request));
  return ranked(context, `${kind.name} topic ${topic} ${filterKey(filter)}`, found, args);
}

function ranked<Row extends ItemRow>(
  { request, textOf }: ListContext<Row>,
  list: string,
  found: TopicHits,
  args: PageArgs,
): Promise<ItemConnection<Row>> {
  return rankedPage(list, found.hits, found.question, args, {
    cursors: request.reader.db.cursors,
    row: (item) => request.item.load(item),
    body: textOf,
  });
}
