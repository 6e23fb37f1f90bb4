import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import { allowsAnonymous } from '../config/auth.ts';
import type { Config } from '../config/schema.ts';
import { TOKEN_PREFIX, type ApiTokens } from './api-tokens.ts';
import { bearerOf, type Wire } from './bearer.ts';
import { readClaims } from './claims.ts';
import { chosenViewer, isTryingOut } from './development.ts';
import { signInUnavailable, unauthenticated } from './refusal.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { TrustedHeader } from './trusted-header.ts';
import type { Viewers } from './viewers.ts';

/** The scope of reports: operators have it, for they see the state of the tools. */
const OPERATOR_SCOPE = 'reports:read';

/** What signing in works with. */
export interface SignInParts {
  readonly config: Config;
  readonly viewers: Viewers;
  readonly tokens: ApiTokens;
  /** Checks tokens of people; undefined where they do not sign in by tokens. */
  readonly verifier: TokenVerifier | undefined;
  /** Every scope that the schema asks for. */
  readonly allScopes: readonly string[];
}

/** Establishes who makes a request: a service or person by a token, a person by a proxy's word, somebody chosen. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #trusted: TrustedHeader | undefined;

  constructor(parts: SignInParts) {
    const { trustedHeader } = parts.config.auth;
    this.#parts = parts;
    this.#trusted = trustedHeader && new TrustedHeader(trustedHeader);
  }

  /** @throws UNAUTHENTICATED or SIGN_IN_UNAVAILABLE */
  async viewerOf(request: Wire & { readonly headers: IncomingHttpHeaders }): Promise<Viewer> {
    try {
      return await this.#establish(request);
    } catch (error) {
      const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
      // Nobody's answer in the place of somebody's would be a lie: without the directory nobody is known.
      if (typeof code === 'string' && code.startsWith('SUBGRAPH_')) throw signInUnavailable();
      throw error;
    }
  }

  async #establish(request: Wire & { readonly headers: IncomingHttpHeaders }): Promise<Viewer> {
    const { config } = this.#parts;
    const token = bearerOf(request);
    const name = this.#trusted?.nameIn(request);
    if (token !== undefined) {
      if (name !== undefined) throw unauthenticated('A token and a header each say who is asking.', 'invalid_request');
      return token.startsWith(TOKEN_PREFIX) ? this.#byApiToken(token) : this.#byToken(token);
    }
    if (name !== undefined) {
      return this.#person(name, config.auth.trustedHeader?.matches ?? 'username', { groups: [], scopes: [] });
    }
    if (isTryingOut(config, request.headers)) return this.inNameOf(chosenViewer(config, request.headers));
    if (!allowsAnonymous(config.auth)) throw unauthenticated('Say who is asking: send a token.');
    return NOBODY;
  }

  /**
   * The viewer for a person's id, mail address or user name, or nobody, with every scope: for those who have the stores
   * anyway, or may choose who they are.
   * @throws UNAUTHENTICATED when the directory knows nobody by it.
   */
  async inNameOf(person: string | undefined): Promise<Viewer> {
    return { ...(await this.#parts.viewers.viewerFor(person)), scopes: this.#parts.allScopes };
  }

  async #byToken(token: string): Promise<Viewer> {
    const { verifier, config } = this.#parts;
    // Where nobody signs in by tokens, it is for subgraphs of others that are sent it.
    const isForwarded = config.supergraph.forwardHeaders.includes('authorization');
    if (!verifier && isForwarded && allowsAnonymous(config.auth)) return NOBODY;
    if (!verifier) throw unauthenticated('No tokens of this kind are taken here.', 'invalid_token');
    const payload = await verifier.verify(token);
    const { subject, ...granted } = readClaims(payload, verifier.rules);
    return this.#person(subject, verifier.rules.matches, granted);
  }

  /** Whom the directory does not know is signed in all the same, and sees what everyone may. */
  async #person(
    name: string | undefined,
    by: Parameters<Viewers['find']>[1],
    granted: { readonly groups: readonly string[]; readonly scopes: readonly string[] },
  ): Promise<Viewer> {
    const { config, viewers } = this.#parts;
    const known = name === undefined ? null : await viewers.find(name, by);
    const found: Viewer = known ?? { ...NOBODY, signedIn: true };
    const viewer = { ...found, groups: unique(found.groups, granted.groups) };
    const operator = found.operator || (granted.groups.length > 0 && (await viewers.isOperator(viewer)));
    const scopes = unique(known ? config.auth.scopes : [], granted.scopes, operator ? [OPERATOR_SCOPE] : []);
    return { ...viewer, operator, scopes };
  }

  async #byApiToken(text: string): Promise<Viewer> {
    const { tokens, viewers } = this.#parts;
    const token = tokens.find(text);
    if (!token) throw unauthenticated('The token is unknown, revoked or expired.', 'invalid_token');
    const people = await Promise.all(token.persons.map((person) => viewers.find(person, 'any')));
    return {
      person: null,
      service: token.name,
      signedIn: true,
      groups: token.groups.map((group) => group.toLowerCase()),
      persons: people.flatMap((found) => found?.person ?? []),
      scopes: token.scopes,
      operator: false,
    };
  }
}

function unique(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
