// Carry: by the clock or rung by the git host, the machine's files go out and people's commits come in.
import type { Log } from '../core/log.ts';
import type { Problem } from '../core/problem.ts';
import type { GitSettings } from '../core/site.ts';
import { HOUR, type Millis, SECOND } from '../core/time.ts';
import { makeAlarm } from './alarm.ts';

export interface CarryDeps {
  readonly settings: () => GitSettings | null;
  readonly sync: (options: GitSettings) => Promise<Synced>;
  /** Rung when files came in. */
  readonly ring: () => void;
  readonly log: Log;
}

interface Synced {
  readonly moved: boolean;
  readonly committed: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

export interface Carry {
  /** Syncs if the pull schedule fired since the last call, it was asked for, or the last one could not do all. */
  round(now: Millis): Promise<void>;
  /** Asks for a sync at the next round. */
  ask(): void;
  /** What the last sync could not do, and what merging decided within the last hour. */
  problems(): readonly Problem[];
}

/** What could not be done is tried again so soon, whatever the schedule. */
const AGAIN: Millis = 30 * SECOND;

/** Whoever it concerns reads it, or the log has it. */
const DECIDED: Millis = HOUR;

function toldOf(note: string): Problem {
  const fix = 'look whether that is right, and commit what is to stand; this is said for an hour';
  return { level: 'warning', where: 'content.git', what: `merged by rule: ${note}`, fix };
}

export function makeCarry({ settings, sync, ring, log }: CarryDeps): Carry {
  // At start: what was committed while the server was down comes in at once.
  let asked = true;
  const alarm = makeAlarm();
  let tried: Millis = 0;
  let found: readonly Problem[] = [];
  let decided: readonly { readonly note: string; readonly at: Millis }[] = [];
  return {
    ask() {
      asked = true;
    },
    problems: () => (settings() ? [...found, ...decided.map(({ note }) => toldOf(note))] : []),
    async round(now) {
      decided = decided.filter(({ at }) => Math.abs(now - at) < DECIDED);
      const options = settings();
      if (options === null) return;
      const fired = alarm(options.pull, now) !== null;
      const isFailed = found.length > 0 && Math.abs(now - tried) >= AGAIN;
      if (!(asked || fired || isFailed)) return;
      asked = false;
      tried = now;
      const { moved, committed, notes, problems } = await sync(options);
      if (committed.length > 0) log.info({ files: committed }, 'incidents committed');
      if (moved) log.info({}, 'commits taken in');
      decided = [
        ...decided.filter(({ note }) => !notes.includes(note)),
        ...notes.map(note => ({ note, at: now })),
      ];
      for (const note of notes) log.warn({ note }, 'commits merged by rule');
      found = problems;
      if (moved) ring();
    },
  };
}
