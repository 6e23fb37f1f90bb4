import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { subgraphs } from '../../subgraphs/registry.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every source file git tracks, and those it will: path from the root, text, and what it imports. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /^(gateway|subgraphs)\/.*\.ts$/.test(path))
  .map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });

function importsOf(path: string, text: string): string[] {
  const names = [
    ...text.matchAll(/^(?:import|export) (?:[^'"]*? from )?'([^']+)'/gms),
    ...text.matchAll(/import\('([^']+)'\)/g),
  ];
  return names.map(([, name = '']) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name));
}

/** Words of tools and their interfaces that mean nothing to the domain. */
const TOOL_WORDS = [
  'ldap',
  'dn',
  'uid',
  'objectclass',
  'objectguid',
  'entryuuid',
  'scim',
  'mediawiki',
  'wikitext',
  'pageid',
  'confluence',
  'markdown',
  'discourse',
  'cooked',
  'nodebb',
  'imap',
  'slack',
  'mattermost',
  'maildir',
];

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
}

/** What imports break a rule. */
function offences(from: RegExp, isForbidden: (name: string, path: string) => boolean): string[] {
  return files
    .filter(({ path }) => from.test(path))
    .flatMap(({ path, imports }) =>
      imports.filter((name) => isForbidden(name, path)).map((name) => `${path} imports ${name}`),
    );
}

describe('walls', () => {
  it('subgraphs know nothing of the gateway, and use none of its Elastic-licensed packages', () => {
    expect(
      offences(
        /^subgraphs\//,
        (name) =>
          name.startsWith('gateway/') || /^@apollo\/(?!subgraph$)/.test(name) || name === '@as-integrations/fastify',
      ),
    ).toEqual([]);
  });

  it('the gateway reaches into subgraphs by their kit and registry alone', () => {
    // The identity map is handed from thread to thread, the thesaurus looked at by the doctor.
    const doors = /^subgraphs\/(kit\/|registry\.ts$|directory\/(identity-feed|thesaurus)\.ts$)/;
    expect(offences(/^gateway\//, (name) => name.startsWith('subgraphs/') && !doors.test(name))).toEqual([]);
  });

  it('areas know nothing of each other, and the kit nothing of areas', () => {
    const area = /^subgraphs\/(directory|documents|forum)\//;
    // The thread that fills a store has to find its subgraph, and the directory's map where that is on this machine.
    const doors = new Set(['subgraphs/kit/sync/worker.ts']);
    expect(
      offences(/^subgraphs\//, (name, path) => {
        const target = area.exec(name)?.[1];
        return (
          target !== undefined &&
          target !== area.exec(path)?.[1] &&
          path !== 'subgraphs/registry.ts' &&
          !doors.has(path)
        );
      }),
    ).toEqual([]);
  });

  /** Who may use the library of a tool or format: nobody else has to change when the library does. */
  const owners: readonly (readonly [library: string, owner: RegExp])[] = [
    ['csv-parse', /^subgraphs\/directory\/connectors\/csv\b/],
    ['ldapts', /^subgraphs\/directory\/connectors\/ldap\//],
    ['imapflow', /^subgraphs\/forum\/connectors\/imap\//],
    ['postal-mime', /^subgraphs\/forum\/connectors\/mail\//],
    ['unpdf', /^subgraphs\/documents\/connectors\/files\/pdf\.ts$/],
    ['fflate', /^subgraphs\/documents\/connectors\/files\/office\.ts$/],
    ['marked', /^subgraphs\/kit\/text\/markdown\.ts$/],
    ['htmlparser2', /^subgraphs\/(kit\/text\/html|documents\/connectors\/(files\/office|webdav\/multistatus))\.ts$/],
    ['yaml', /^(subgraphs\/(kit\/text\/markdown|directory\/thesaurus)\.ts$|gateway\/config\/)/],
    ['dataloader', /^subgraphs\/(kit\/content\/request|\w+\/context)\.ts$/],
    ['node:sqlite', /^subgraphs\/kit\/store\/database\.ts$/],
    ['undici', /^gateway\/execution\/subgraphs\/over-undici\.ts$/],
    ['jose', /^gateway\/identity\//],
    ['keyv', /^(gateway\/cache|subgraphs\/kit\/live)\//],
    ['@keyv/redis', /^gateway\/cache\//],
    ['@apollo/composition', /^gateway\/supergraph\//],
  ];
  it.each(owners)('only its owner knows %s', (library, owner) => {
    const users = files
      .filter(({ imports }) => imports.some((name) => name === library || name.startsWith(`${library}/`)))
      .map(({ path }) => path);
    expect(users.length).toBeGreaterThan(0);
    for (const path of users) expect(path).toMatch(owner);
  });

  it('connectors are known to the list of them, and the list to the area’s index', () => {
    const connectors = /^subgraphs\/(\w+)\/connectors\//;
    const broken = offences(/^/, (name, path) => {
      const area = connectors.exec(name)?.[1];
      if (area === undefined) return false;
      const isOwn = connectors.exec(path)?.[1] === area;
      return !isOwn && !(path === `subgraphs/${area}/index.ts` && name === `subgraphs/${area}/connectors/index.ts`);
    });
    expect(broken).toEqual([]);
  });

  it('a tool’s own words stay inside its connector', () => {
    const kinds = subgraphs.flatMap(({ connectors }) => connectors.map(({ name }) => name));
    // "folder" is everybody's word.
    const words = new Set([...kinds.filter((kind) => kind !== 'folder'), ...TOOL_WORDS]);
    const word = new RegExp(String.raw`(?<![a-z])(${[...words].join('|')})(?![a-z])`, 'gi');
    const domain = files.filter(
      ({ path }) => path.startsWith('subgraphs/') && !/\/connectors\/|^subgraphs\/kit\/text\//.test(path),
    );
    const spoken = domain.flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(word)].map(([found]) => `${path} says "${found}"`),
    );
    expect(domain.length).toBeGreaterThan(50);
    expect(spoken).toEqual([]);
    expect(withoutComments("a(); // cooked\n/* uid */ b('cooked');").match(word)).toEqual(['cooked']);
  });

  it('what runs in production is installed in production', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const foreign = offences(/^/, (name) => {
      if (/^(node:|gateway\/|subgraphs\/)/.test(name)) return false;
      const [scope = '', rest = ''] = name.split('/');
      return !(`${scope}${scope.startsWith('@') ? `/${rest}` : ''}` in dependencies);
    });
    expect(foreign).toEqual([]);
  });

  it('only the gateway’s own files know Apollo’s gateway', () => {
    const users = files.filter(({ imports }) => imports.includes('@apollo/gateway')).map(({ path }) => path);
    expect(users.length).toBeGreaterThan(0);
    for (const path of users) expect(path).toMatch(/^gateway\//);
  });

  it('would be seen to be broken', () => {
    expect(
      importsOf(
        'subgraphs/forum/x.ts',
        "import { a } from '../documents/area.ts';\nawait import('../../gateway/app.ts');",
      ),
    ).toEqual(['subgraphs/documents/area.ts', 'gateway/app.ts']);
  });
});

describe('files', () => {
  const written = files.filter(({ path }) => !path.endsWith('generated.ts'));

  it('are short enough to have one purpose', () => {
    const long = written.filter(({ text }) => text.split('\n').length > 300).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it('say what each thing they export is', () => {
    const silent = written.flatMap(({ path, text }) => {
      const lines = text.split('\n');
      return lines.flatMap((line, index) => {
        if (line.startsWith('export type {')) return [];
        if (!/^export (?:async |abstract )?(?:function\*?|class|const|interface|type|enum) /.test(line)) return [];
        let before = index - 1;
        // A directive to the linter may stand between.
        while (lines[before]?.startsWith('// oxlint') === true) before--;
        return /\*\/\s*$/.test(lines[before] ?? '') ? [] : [`${path}:${index + 1} ${line.slice(0, 60)}`];
      });
    });
    expect(silent).toEqual([]);
  });
});

describe('the package', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const guide = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');

  it('pins every version', () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('explains every dependency', () => {
    const unexplained = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !guide.includes(`\`${name}\``),
    );
    expect(unexplained).toEqual([]);
  });
});

it('the project stands on its own: nothing in it points at the desk it was written on', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  const desk = new RegExp(['\\.\\./shared/', '/work/(main|shared)'].join('|'));
  const pointing = tracked.filter(
    (path) =>
      /\.(ts|js|json|md|ya?ml|graphql|css)$/.test(path) &&
      existsSync(join(ROOT, path)) &&
      path !== 'test/arch/boundaries.test.ts' &&
      desk.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  expect(tracked.length).toBeGreaterThan(500);
  expect(pointing).toEqual([]);
});
