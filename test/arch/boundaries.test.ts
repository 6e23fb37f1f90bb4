import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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

  it.each(['csv-parse', 'marked', 'htmlparser2', 'postal-mime', 'unpdf', 'fflate'])(
    'only connectors, and the text kit they share, know %s',
    (library) => {
      const users = files.filter(({ imports }) =>
        imports.some((name) => name === library || name.startsWith(`${library}/`)),
      );
      expect(users.length).toBeGreaterThan(0);
      for (const { path } of users)
        expect(path).toMatch(/^subgraphs\/(kit\/text|(directory|documents|forum)\/connectors)\//);
    },
  );

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
