// Descriptors: how many open pages the process's file descriptors allow.
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import { openFiles } from './connections.ts';
import { LIMITS } from './limits.ts';

const MOST = LIMITS.streams;
/** Descriptors for everything else: page requests, checks, mail, files. */
const REST = 1_000;

/** How many event streams may be open at a time; says so when the machine allows fewer than we could. */
export function mostStreams(log: Log): number {
  const { most, problem } = streamsWithin(openFiles());
  if (problem) log.warn({}, printProblem(problem));
  return most;
}

/** The same for a known limit of descriptors. */
export function streamsWithin(limit: number): { most: number; problem: Problem | null } {
  if (limit >= MOST + REST) return { most: MOST, problem: null };
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
