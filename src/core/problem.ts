// Expected badness as a value: where it is, what is wrong, what to do about it.

/** Something an operator should mend. `error` means the thing was not used, `warning` that it was. */
export interface Problem {
  readonly level: 'error' | 'warning';
  /** A file's path, an environment variable, a webhook: the place. */
  readonly where: string;
  readonly line?: number;
  readonly what: string;
  readonly fix: string;
}

/** One line for a log or a terminal: `file:line: what — what to do`. */
export function printProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.where : `${problem.where}:${problem.line}`;
  return `${place}: ${problem.what} — ${problem.fix}`;
}

/** A value, or all the problems that stood in its way; warnings may come with a value. */
export type Outcome<T> = { readonly value: T | null; readonly problems: readonly Problem[] };

/**
 * The known word a mistyped one most likely meant; undefined when none is near: `most` signs may differ, of short
 * words fewer.
 */
export function nearest(
  word: string,
  known: readonly string[],
  most = word.length < 5 ? 1 : Math.max(2, Math.floor(word.length / 3)),
): string | undefined {
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change);
    }
    row = next;
  }
  return row[b.length]!;
}
