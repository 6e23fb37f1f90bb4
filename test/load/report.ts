import { readFile } from 'node:fs/promises';

/** Prints figures one a line, and knows whether one was out of bounds. */
export class Report {
  isBroken = false;

  /** A figure that has to be at most `bound`, which is 0 without one. */
  atMost(what: string, figure: number, bound: number, unit = ''): void {
    this.#line(what, figure, `at most ${bound}`, figure <= bound, unit);
  }

  /** A figure that has to be just this. */
  exactly(what: string, figure: number, expected: number): void {
    this.#line(what, figure, `exactly ${expected}`, figure === expected, '');
  }

  /** A figure that is only told. */
  told(what: string, figure: number, unit = ''): void {
    console.log(`        ${what}: ${rounded(figure)}${unit}`);
  }

  #line(what: string, figure: number, bound: string, isFine: boolean, unit: string): void {
    if (!isFine) this.isBroken = true;
    console.log(`${isFine ? 'ok    ' : 'BROKEN'}  ${what}: ${rounded(figure)}${unit} (${bound}${unit})`);
  }
}

function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}

/** The memory a process has at present, in MiB. */
export async function residentMiB(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
