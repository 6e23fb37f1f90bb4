import { isShared, waysToSignIn, type Auth } from './auth.ts';
import { isLoopback } from './loopback.ts';
import type { Path } from './problem.ts';

/** What does not go together in how people sign in. */
export function authProblems(file: {
  readonly auth: Auth;
  readonly development: { readonly chooseViewer: boolean; readonly viewer?: string | undefined };
  readonly listen: { readonly host: string };
}): { readonly at: Path; readonly message: string }[] {
  const { auth, development, listen } = file;
  const problems: { at: Path; message: string }[] = [];
  const complain = (at: Path, message: string) => void problems.push({ at, message });

  const ways = waysToSignIn(auth);
  if (ways.length > 1) {
    complain(['auth', ways[1]!], `"auth.${ways[1]}" and "auth.${ways[0]}" exclude each other: take one of them`);
  }
  const lend = "lets anybody ask in anybody's name";
  for (const option of ['chooseViewer', 'viewer'] as const) {
    if (development[option] === undefined || development[option] === false) continue;
    const at = ['development', option];
    const name = `"development.${option}" ${option === 'viewer' ? 'gives whoever asks that person’s rights' : lend}`;
    if (!isLoopback(listen.host)) {
      complain(at, `${name}, so "listen.host" must be 127.0.0.1, ::1 or localhost, not ${listen.host}`);
    } else if (ways[0]) complain(at, `${name}, so it must not stand beside "auth.${ways[0]}"`);
  }

  const { jwt } = auth;
  if (!jwt) return problems;
  const keys = (['jwksUrl', 'keyFile', 'secret'] as const).filter((key) => jwt[key] !== undefined);
  if (keys.length !== 1) complain(['auth', 'jwt'], '"auth.jwt" needs one of "jwksUrl", "keyFile" and "secret"');
  const odd = (jwt.algorithms ?? []).find((algorithm) => isShared(algorithm) !== (jwt.secret !== undefined));
  if (odd !== undefined) {
    const why = isShared(odd) ? 'takes a "secret", and would take a public key for one' : 'takes no "secret"';
    complain(['auth', 'jwt', 'algorithms'], `"auth.jwt.algorithms": ${odd} ${why}`);
  }
  return problems;
}
