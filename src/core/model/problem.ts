// Problems: expected errors as values that say where, what is wrong and what to do.
import { distance } from 'fastest-levenshtein';

/** Something the operator should correct. `error`: the thing was not used; `warning`: it was. */
export interface Problem {
  readonly level: 'error' | 'warning';
  /** A file's path, an environment variable, a webhook. */
  readonly where: string;
  readonly line?: number | undefined;
  readonly what: string;
  readonly fix: string;
}

export function errorAt(where: string, what: string, fix: string, line?: number): Problem {
  return { level: 'error', where, line, what, fix };
}

export function warningAt(where: string, what: string, fix: string, line?: number): Problem {
  return { level: 'warning', where, line, what, fix };
}

/** A wrong value, and what to write instead, for a schema: zod's `refine` and `addIssue` take it. */
export type SchemaIssue = {
  readonly code: 'custom';
  readonly message: string;
  readonly params: { readonly fix: string };
};

export function schemaIssue(what: string, fix: string): SchemaIssue {
  return { code: 'custom', message: what, params: { fix } };
}

/** One line for a log or a terminal: `file:line: what — what to do`. */
export function printProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.where : `${problem.where}:${problem.line}`;
  return `${place}: ${problem.what} — ${problem.fix}`;
}

/** The most characters of a problem, and the most problems of a file, that are shown. */
const MAX_LENGTH = 800;
const MAX_PROBLEMS = 20;

/** Limits the problems of one file: a quoted word may be half a megabyte, and there may be thousands of problems. */
export function limitProblems(problems: readonly Problem[]): Problem[] {
  const cut = (text: string) => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text);
  // Errors first: they keep the file from being used and must not be left out.
  const errors = problems.filter(({ level }) => level === 'error');
  const first =
    problems.length > MAX_PROBLEMS ? errors.concat(problems.filter(one => one.level !== 'error')) : problems;
  const shown = first.slice(0, MAX_PROBLEMS).map(one => ({ ...one, what: cut(one.what), fix: cut(one.fix) }));
  const next = first[MAX_PROBLEMS];
  if (!next) return shown;
  const what = `and ${first.length - MAX_PROBLEMS} more problems in this file`;
  return [...shown, { level: next.level, where: next.where, what, fix: 'fix the problems above first' }];
}

/** The result of `work`; if it throws, `instead` gets the error as a problem of the file. */
export function orProblem<T>(work: () => T, instead: (problem: Problem) => T, where: string): T {
  try {
    return work();
  } catch (error) {
    const what = `it cannot be understood (${String(error).slice(0, 200)})`;
    return instead({ level: 'error', where, what, fix: 'write it more simply, or shorten it' });
  }
}

/** A value, or the problems that prevented it; a value may come with warnings. */
export type Outcome<T> = { readonly value: T | null; readonly problems: readonly Problem[] };

/**
 * The known word a mistyped one most likely means; undefined when none is near.
 * @param most how many characters may differ; fewer for short words.
 */
export function nearestWord(
  word: string,
  known: readonly string[],
  most = word.length < 5 ? 1 : Math.max(2, Math.floor(word.length / 3)),
): string | undefined {
  const typed = word.toLowerCase();
  const near = known
    // Cheap pre-filter: the distance is never less than this.
    .filter(({ length }) => Math.abs(word.length - length) <= most)
    .map(one => ({ one, away: distance(typed, one.toLowerCase()) }))
    .filter(({ away }) => away <= most);
  return near.sort((a, b) => a.away - b.away)[0]?.one;
}
