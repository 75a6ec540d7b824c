// Logs content problems, each once.
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';

/** Logs each problem when it first appears, and once when all are gone. */
export function makeLogProblems(log: Log): (problems: readonly Problem[]) => void {
  let logged = new Set<string>();
  return problems => {
    const lines = new Map(problems.map(problem => [printProblem(problem), problem]));
    for (const [line, { level, where }] of lines) {
      if (!logged.has(line)) log[level === 'error' ? 'error' : 'warn']({ where }, line);
    }
    if (logged.size > 0 && lines.size === 0) log.info({}, 'all content problems are fixed');
    logged = new Set(lines.keys());
  };
}
