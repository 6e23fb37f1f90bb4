import {
  author,
  inStock,
  products,
  reviews,
  shippingEstimate,
  users,
  written,
  type Product,
  type Review,
} from './data.ts';

/** A subgraph of the shop: its schema and what answers it. */
export interface ShopSubgraph {
  readonly name: string;
  readonly typeDefs: string;
  readonly resolvers: Resolvers;
}

// oxlint-disable-next-line typescript/no-explicit-any
type Resolvers = Record<string, Record<string, (source: any, args: any) => unknown>>;

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides", "@shareable"])
`;

const userById = new Map(users.map((user) => [user.id, user]));
const productByUpc = new Map(products.map((product) => [product.upc, product]));
const reviewById = new Map(reviews.map((review) => [review.id, review]));
const reviewsByUpc = Map.groupBy(reviews, ({ upc }) => upc);

const accounts: ShopSubgraph = {
  name: 'accounts',
  typeDefs: `${LINK}
type Query {
  me: User
  user(id: ID!): User
  users: [User]
}

type User @key(fields: "id") {
  id: ID!
  name: String
  username: String @shareable
  birthday: Int
}
`,
  resolvers: {
    Query: {
      me: () => users[0],
      user: (_, { id }: { id: string }) => userById.get(id),
      users: () => users,
    },
    User: { __resolveReference: ({ id }: { id: string }) => copyOf(userById.get(id)) },
  },
};

const inventory: ShopSubgraph = {
  name: 'inventory',
  typeDefs: `${LINK}
type Product @key(fields: "upc") {
  upc: String!
  weight: Int @external
  price: Int @external
  inStock: Boolean
  shippingEstimate: Int @requires(fields: "price weight")
}
`,
  resolvers: {
    Product: {
      __resolveReference: (reference: object) => ({ ...reference }),
      inStock: ({ upc }: Product) => inStock.has(upc),
      shippingEstimate: ({ price, weight }: Product) => shippingEstimate(price, weight),
    },
  },
};

const productsSubgraph: ShopSubgraph = {
  name: 'products',
  typeDefs: `${LINK}
type Query {
  topProducts(first: Int = 5): [Product]
}

type Product @key(fields: "upc") {
  upc: String!
  name: String
  price: Int
  weight: Int
}
`,
  resolvers: {
    Query: { topProducts: (_, { first }: { first: number | null }) => products.slice(0, first ?? 5) },
    Product: { __resolveReference: ({ upc }: { upc: string }) => copyOf(productByUpc.get(upc)) },
  },
};

const reviewsSubgraph: ShopSubgraph = {
  name: 'reviews',
  typeDefs: `${LINK}
type Review @key(fields: "id") {
  id: ID!
  body: String
  product: Product
  author: User @provides(fields: "username")
}

type User @key(fields: "id") {
  id: ID!
  username: String @external
  reviews: [Review]
}

type Product @key(fields: "upc") {
  upc: String!
  reviews: [Review]
}
`,
  resolvers: {
    Review: {
      __resolveReference: ({ id }: { id: string }) => copyOf(reviewById.get(id)),
      product: ({ upc }: Review) => ({ upc }),
      author: () => ({ id: author.id, username: author.username }),
    },
    User: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      reviews: () => written,
    },
    Product: {
      __resolveReference: ({ upc }: { upc: string }) => ({ upc }),
      reviews: ({ upc }: Product) => reviewsByUpc.get(upc) ?? [],
    },
  },
};

/** The four subgraphs of the public gateway benchmark, over the same types with data of our own. */
export const shop: readonly ShopSubgraph[] = [accounts, inventory, productsSubgraph, reviewsSubgraph];

/** `@apollo/subgraph` writes the type into what a reference is resolved to. */
function copyOf<Entity extends object>(entity: Entity | undefined): Entity | null {
  return entity === undefined ? null : { ...entity };
}
