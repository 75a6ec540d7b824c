// Complaints: content problems in the log, each once.
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';

/** Logs each problem when it first shows and once when all are gone. */
export function makeComplaints(log: Log): (problems: readonly Problem[]) => void {
  let told = new Set<string>();
  return problems => {
    const lines = new Map(problems.map(problem => [printProblem(problem), problem]));
    for (const [line, problem] of lines) {
      if (!told.has(line)) log[problem.level === 'error' ? 'error' : 'warn']({ where: problem.where }, line);
    }
    if (told.size > 0 && lines.size === 0) log.info({}, 'all content problems are mended');
    told = new Set(lines.keys());
  };
}
