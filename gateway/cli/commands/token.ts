import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { ScopeName } from '../../config/auth.ts';
import { didYouMean } from '../../config/nearest.ts';
import { scopesIn } from '../../execution/access-rules.ts';
import { ApiTokens } from '../../identity/api-tokens.ts';
import { Supergraph } from '../../supergraph/supergraph.ts';
import { UsageError, type Args } from '../command.ts';

/** Tokens are good for so many days unless said otherwise. */
const USUAL_DAYS = 90;
const DAY_MS = 86_400_000;

/** `atrium token create|list|revoke` */
export async function runToken(args: Args): Promise<number> {
  const [action, name, ...more] = args.words;
  if (more.length > 0) throw new UsageError(`"atrium token ${action}" takes one name, not also "${more[0]}"`);
  const config = await loadConfig({ file: args.texts.get('config'), env: process.env, cwd: process.cwd() });
  const tokens = new ApiTokens(config.data);
  if (action === 'create') return create(tokens, config, nameOf(name), args);
  if (action === 'list') return list(tokens, args.switches.has('json'));
  if (action === 'revoke') return revoke(tokens, name);
  throw new UsageError('"atrium token" takes create NAME, list, or revoke NAME');
}

function create(tokens: ApiTokens, config: Config, name: string, { texts, numbers }: Args): number {
  const days = numbers.get('days') ?? USUAL_DAYS;
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + days * DAY_MS);
  const text = tokens.create({
    name,
    scopes: checkScopes(listOf(texts.get('scopes')), config),
    groups: listOf(texts.get('groups')),
    persons: listOf(texts.get('persons')),
    createdAt,
    expiresAt,
  });
  if (text === undefined) {
    console.error(`There is a token "${name}" already: revoke it first, or take another name.`);
    return 1;
  }
  console.error(`The token of "${name}", good until ${dayOf(expiresAt)}. It is shown this once, and kept nowhere:`);
  console.log(text);
  return 0;
}

function list(tokens: ApiTokens, isJson: boolean): number {
  const all = tokens.list();
  if (isJson) {
    console.log(JSON.stringify(all, null, 2));
    return 0;
  }
  if (all.length === 0) console.log('There are no tokens.');
  for (const { name, scopes, groups, persons, expiresAt } of all) {
    const state = expiresAt > new Date() ? `until ${dayOf(expiresAt)}` : `expired ${dayOf(expiresAt)}`;
    const rights = [
      `scopes: ${scopes.join(', ') || 'none'}`,
      `reads what everyone may${[...groups.map((each) => `, group ${each}`), ...persons.map((each) => `, ${each}`)].join('')}`,
    ];
    console.log(`${name}  ${state}  ${rights.join('; ')}`);
  }
  return 0;
}

function revoke(tokens: ApiTokens, nameOrToken: string | undefined): number {
  if (nameOrToken === undefined) throw new UsageError('revoke which? By its name, or the token itself');
  const name = tokens.revoke(nameOrToken);
  if (name === undefined) {
    console.error('There is no such token: "atrium token list" names them.');
    return 1;
  }
  console.log(`The token "${name}" is revoked.`);
  return 0;
}

function nameOf(name: string | undefined): string {
  if (name === undefined)
    throw new UsageError('create a token for what? Name the service: atrium token create reports');
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return name;
  throw new UsageError('the name must be lower-case letters, digits and hyphens, at most 40, a letter first');
}

/** A scope that nothing asks for is a slip. */
function checkScopes(scopes: readonly string[], config: Config): readonly string[] {
  const known = scopesIn(new Supergraph(config).sdl);
  for (const scope of scopes) {
    if (known.includes(scope)) continue;
    const hint = didYouMean(scope, known) || `; there are ${known.join(', ')}`;
    throw new UsageError(
      `${ScopeName.safeParse(scope).success ? `there is no scope "${scope}"` : 'that is no scope'}${hint}`,
    );
  }
  return scopes;
}

function listOf(text = ''): string[] {
  return [...new Set(text.split(',').map((each) => each.trim()))].filter((each) => each !== '');
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
