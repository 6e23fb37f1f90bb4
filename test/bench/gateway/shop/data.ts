import { randomOf } from '../../company.ts';

/** An account, as the accounts subgraph has it. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly birthday: number;
}

/** A product, as the products subgraph has it. */
export interface Product {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number;
}

/** A review, as the reviews subgraph has it. */
export interface Review {
  readonly id: string;
  readonly body: string;
  readonly upc: string;
}

const random = randomOf(11);
const WORDS = 'the a box came with one small dent and still works well after months of use in our cold old house'.split(
  ' ',
);

/** A text of exactly so many characters. */
function textOf(length: number): string {
  let text = '';
  while (text.length < length) text += `${WORDS[Math.floor(random() * WORDS.length)] ?? ''} `;
  return `${text.slice(0, length - 1)}.`;
}

/** As many users, products and reviews as the public benchmark has, of the same size: answers are of the same length. */
export const users: readonly User[] = [
  'Ada Byron',
  'Alan Mathison',
  'Grace Murray',
  'Edsger Wybe',
  'Barbara Huber',
  'Tony Hoare',
].map((name, index) => ({
  id: String(index + 1),
  name,
  username: name.replace(' ', '').toLowerCase(),
  birthday: 1_234_567_890 - index * 86_400,
}));

/** The products, those first that sell best. */
export const products: readonly Product[] = [
  ['Table', 899, 100],
  ['Couch', 1299, 1000],
  ['Glass', 15, 20],
  ['Chair', 499, 100],
  ['TV', 1299, 1000],
  ['Lamp', 6999, 300],
  ['Grill', 3999, 2000],
  ['Fridge', 100_000, 6000],
  ['Sofa', 9999, 800],
].map(([name, price, weight], index) => ({
  upc: String(index + 1),
  name: String(name),
  price: Number(price),
  weight: Number(weight),
}));

/** What is in stock. */
export const inStock: ReadonlySet<string> = new Set(['1', '5', '6', '7', '9']);

/** Reviews by the length of their texts, and what they are of. */
export const reviews: readonly Review[] = [
  [446, '1'],
  [290, '1'],
  [276, '1'],
  [144, '1'],
  [446, '2'],
  [290, '2'],
  [276, '2'],
  [144, '2'],
  [144, '3'],
  [144, '4'],
  [838, '4'],
].map(([length, upc], index) => ({ id: String(index + 1), body: textOf(Number(length)), upc: String(upc) }));

/** Whoever wrote all of them: the public benchmark knows one author. */
export const author = users[0] as User;

/** The reviews every user is said to have written. */
export const written: readonly Review[] = reviews.slice(0, 2);

/** What sending costs: nothing for what is dear, else by weight. */
export function shippingEstimate(price: number, weight: number): number {
  return price > 1000 ? 0 : Math.floor(weight / 2);
}
