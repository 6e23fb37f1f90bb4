import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/** What a test tells of itself, as far as it matters here. */
export type Skippable = Pick<TestCase, 'name' | 'fullName' | 'result' | 'parent'>;

/** Says at the end of a run which tests were left out, and why: Vitest itself only counts them. */
export class SkippedReporter implements Reporter {
  /** With a filter on names, most tests are left out by whoever asked for the others. */
  #isFiltered = false;

  onInit(vitest: Vitest): void {
    this.#isFiltered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#isFiltered) return;
    const lines = modules.flatMap((module) =>
      skippedLines([...module.children.allTests()]).map((line) => `  ${module.relativeModuleId}: ${line}`),
    );
    if (lines.length > 0) console.log(`\nskipped, and why:\n${lines.toSorted().join('\n')}`);
  }
}

/** A line for each test that was left out by itself, and one for each suite that was left out as a whole. */
export function skippedLines(tests: readonly Skippable[]): string[] {
  const lines: string[] = [];
  const suites = new Map<string, number>();
  for (const test of tests.filter((one) => one.result().state === 'skipped')) {
    const suite = outermostSkipped(test);
    // The reason is in brackets at the end of the name.
    if (/ \(.+\)$/.test(test.name)) lines.push(test.fullName);
    else if (suite === undefined) lines.push(`${test.fullName} (NO REASON GIVEN)`);
    else suites.set(suite, (suites.get(suite) ?? 0) + 1);
  }
  for (const [suite, count] of suites) lines.push(`${suite}, ${count} tests (a real server is missing, see below)`);
  return lines;
}

function outermostSkipped({ parent }: Pick<Skippable, 'parent'>): string | undefined {
  if (parent.type === 'module') return undefined;
  return outermostSkipped(parent) ?? (parent.options.mode === 'skip' ? parent.fullName : undefined);
}
