// Limits of the process: how many open pages its file descriptors allow.
import { readFileSync } from 'node:fs';
import type { Log } from '../core/log.ts';
import { type Problem, printProblem } from '../core/problem.ts';

/** Open event streams a process is built for. */
const MOST = 10_000;
/** Descriptors for everything else: page requests, checks, mail, files. */
const REST = 1_000;

/** How many event streams may be open at a time; says so when the machine allows fewer than we could. */
export function mostStreams(log: Log): number {
  const { most, problem } = streamsWithin(openFiles());
  if (problem) log.warn({}, printProblem(problem));
  return most;
}

/** The same for a known limit of descriptors; null: unknown, then none is assumed. */
export function streamsWithin(limit: number | null): { most: number; problem: Problem | null } {
  if (limit === null || limit >= MOST + REST) return { most: MOST, problem: null };
  const most = Math.max(Math.floor(limit / 2), limit - REST);
  return {
    most,
    problem: {
      level: 'warning',
      where: 'ulimit -n',
      what: `the process may open ${limit} files, so ${most} pages get news at once; others ask every minute`,
      fix: `allow ${MOST + REST} (ulimit -n, LimitNOFILE= of a systemd unit, --ulimit nofile= of a container)`,
    },
  };
}

/** What Linux says; elsewhere Node has raised the limit to what the system allows. */
function openFiles(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
