// How many event streams the file descriptors of the process allow.
import { readFileSync } from 'node:fs';
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import { LIMITS } from './limits.ts';

/** Descriptors for everything else: requests, checks, mail, files. */
const OTHERS = 1_000;

/** How many event streams may be open at a time; logs a warning if the system allows fewer than we support. */
export function maxStreams(log: Log): number {
  const { max, problem } = streamsWithin(openFiles());
  if (problem) log.warn({}, printProblem(problem));
  return max;
}

/** Like `maxStreams`, for a known limit of descriptors. */
export function streamsWithin(limit: number): { max: number; problem: Problem | null } {
  if (limit >= LIMITS.streams + OTHERS) return { max: LIMITS.streams, problem: null };
  const max = Math.max(Math.floor(limit / 2), limit - OTHERS);
  const needed = LIMITS.streams + OTHERS;
  const problem: Problem = {
    level: 'warning',
    where: 'ulimit -n',
    what: `the process may open ${limit} files, so ${max} pages get live updates; others ask every minute`,
    fix: `raise the limit to ${needed} (ulimit -n, LimitNOFILE= of a systemd unit, --ulimit nofile= of a container)`,
  };
  return { max, problem };
}

/** How many files this process may open; a large number if the system does not report it. */
export function openFiles(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return found ? Number(found[1]) : Number.MAX_SAFE_INTEGER;
  } catch {
    return Number.MAX_SAFE_INTEGER; // not Linux
  }
}
