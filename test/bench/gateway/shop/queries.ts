/** The public benchmark's query: eight levels, two ways to the same things. */
export const NESTED = `fragment User on User { id username name }
fragment Review on Review { id body }
fragment Product on Product { inStock name price shippingEstimate upc weight }
query TestQuery {
  users {
    ...User
    reviews {
      ...Review
      product {
        ...Product
        reviews {
          ...Review
          author {
            ...User
            reviews { ...Review product { ...Product } }
          }
        }
      }
    }
  }
  topProducts {
    ...Product
    reviews {
      ...Review
      author {
        ...User
        reviews { ...Review product { ...Product } }
      }
    }
  }
}`;

/** One fetch: what the gateway itself costs. */
export const SMALL = '{ topProducts(first: 1) { upc name } }';
