import type { z } from 'zod';
import { ConfigFile } from '../../gateway/config/schema.ts';
import { branchesOf, isSecret, keysOf, schemasAt } from '../../gateway/config/zod-tree.ts';
import { subgraphs } from '../../subgraphs/registry.ts';

/** Where a secret option stands: `auth.jwt.secret`. */
export type SecretPath = readonly string[];

/** The secret options of a schema, found by their mark. */
export function secretPaths(schema: z.ZodType, path: SecretPath = []): SecretPath[] {
  return keysOf(schema).flatMap((key) => {
    const inner = [...path, key];
    return schemasAt(schema, [key]).flatMap((each) =>
      isSecret(each) || branchesOf(each).some(isSecret) ? [inner] : secretPaths(each, inner),
    );
  });
}

/** A configuration with a recognisable secret in each secret option there is. */
export interface Planted {
  /** The options of the file besides areas, as nested objects. */
  readonly file: Record<string, unknown>;
  /** A source for each secret option of a connector, by area. */
  readonly sources: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** The secrets, by the place they stand at. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Plants secrets.
 * @param base what else the configuration needs
 * @param bases what else each kind of connector needs, in several ways where secrets exclude each other
 */
export function plantSecrets(
  base: Record<string, unknown>,
  bases: Readonly<Record<string, readonly Record<string, unknown>[]>>,
): Planted {
  const secrets = new Map<string, string>();
  const next = (place: string): string => {
    // Signs that an address and a MIME text have to write otherwise.
    const secret = `canary/${secrets.size}+q%7&=${place.replaceAll(/\W/g, '')}~Zx9vKt4w`;
    secrets.set(place, secret);
    return secret;
  };
  let file = base;
  for (const path of secretPaths(ConfigFile)) file = withSecret(ConfigFile, file, path, next(path.join('.')));
  const sources = Object.fromEntries(
    subgraphs.map(({ name: area, connectors }) => [
      area,
      connectors.flatMap(({ name, options }) =>
        secretPaths(options).map((path, index) => {
          const place = `${name}.${path.join('.')}`;
          const secret = next(place);
          const found = (bases[name] ?? [])
            .map((each) => withSecret(options, each, path, secret))
            .find((each) => options.safeParse(each).success);
          if (!found) throw new Error(`Nothing is known of what ${place} needs beside it: say it in the test.`);
          return { name: `${name}-${index}`, connector: name, everySeconds: 3_600, ...found };
        }),
      ),
    ]),
  );
  return { file, sources, secrets };
}

/** Where only an address is taken, the secret is its password. */
function withSecret(schema: z.ZodType, value: Record<string, unknown>, path: SecretPath, secret: string) {
  const isText = schemasAt(schema, [...path]).some((each) => each.safeParse(secret).success);
  const text = isText ? secret : `redis://:${encodeURIComponent(secret)}@127.0.0.1:9/0`;
  const set = (into: Record<string, unknown>, [step = '', ...rest]: SecretPath): Record<string, unknown> => ({
    ...into,
    [step]: rest.length === 0 ? text : set((into[step] ?? {}) as Record<string, unknown>, rest),
  });
  return set(value, path);
}

/** In what ways a secret could be written: as it is, for an address, for JSON, in hex, and in base64 at any offset. */
export function writtenForms(secret: string): string[] {
  const shifted = [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${'x'.repeat(offset)}${secret}`).toString('base64');
    // Its ends depend on what is beside it.
    return text.slice(offset === 0 ? 0 : 4, -4);
  });
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...shifted.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]),
  ];
}
