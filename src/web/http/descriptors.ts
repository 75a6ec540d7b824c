// Descriptors: how many open pages the process's file descriptors allow.
import { readFileSync } from 'node:fs';
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import { LIMITS } from './limits.ts';

/** Descriptors for everything else: page requests, checks, mail, files. */
const OTHERS = 1_000;

/** How many event streams may be open at a time; warns when the machine allows fewer than we could. */
export function maxStreams(log: Log): number {
  const { max, problem } = streamsWithin(openFiles());
  if (problem) log.warn({}, printProblem(problem));
  return max;
}

/** The same for a known limit of descriptors. */
export function streamsWithin(limit: number): { max: number; problem: Problem | null } {
  if (limit >= LIMITS.streams + OTHERS) return { max: LIMITS.streams, problem: null };
  const max = Math.max(Math.floor(limit / 2), limit - OTHERS);
  const needed = LIMITS.streams + OTHERS;
  const problem: Problem = {
    level: 'warning',
    where: 'ulimit -n',
    what: `the process may open ${limit} files, so ${max} pages get updates at once; others ask every minute`,
    fix: `allow ${needed} (ulimit -n, LimitNOFILE= of a systemd unit, --ulimit nofile= of a container)`,
  };
  return { max, problem };
}

/** How many files this process may have open; a large number where the system does not say. */
export function openFiles(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return found ? Number(found[1]) : Number.MAX_SAFE_INTEGER;
  } catch {
    return Number.MAX_SAFE_INTEGER; // not Linux
  }
}
