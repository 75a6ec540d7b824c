// Carry: by the clock or rung by the git host, the machine's files go out and people's commits come in.
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { GitSettings } from '../../core/model/site.ts';
import { HOUR, type Millis, SECOND } from '../../core/model/time.ts';
import { makeAlarm } from '../monitoring/cron.ts';

export interface CarryDeps {
  readonly settings: () => GitSettings | null;
  readonly sync: (options: GitSettings, now: Millis) => Promise<Synced>;
  /** Rung when files came in. */
  readonly ring: () => void;
  readonly log: Log;
}

interface Synced {
  readonly moved: boolean;
  readonly committed: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  /** Files at the remote that could not come in, and may be about something that is going on. */
  readonly waiting: readonly string[];
}

export interface Carry {
  /** Syncs if the pull schedule fired since the last call, it was asked for, or the last one could not do all. */
  round(now: Millis): Promise<void>;
  /** Asks for a sync at the next round. */
  ask(): void;
  /** What the last sync could not do, and what merging decided within the last hour. */
  problems(): readonly Problem[];
  /** How many incident files of the remote the page does not know, and may be about something that is going on. */
  unread(): number;
}

/** What could not be done is tried again so soon, whatever the schedule. */
const AGAIN: Millis = 30 * SECOND;

/** Of more files than this, the first are named. */
const MOST_NAMED = 10;

/** Whoever it concerns reads it, or the log has it. */
const DECIDED: Millis = HOUR;

function toldOf(note: string): Problem {
  const fix = 'look whether that is right, and commit what is to stand; this is said for an hour';
  return { level: 'warning', where: 'content.git', what: `merged by rule: ${note}`, fix };
}

/** What waits, by whatever stops the exchange: named with what ends it. */
function waitsBehind(waiting: readonly string[], problems: readonly Problem[]): Problem[] {
  if (waiting.length === 0) return [];
  const names = waiting.slice(0, MOST_NAMED).join(', ');
  const more = waiting.length > MOST_NAMED ? ` and ${waiting.length - MOST_NAMED} more` : '';
  const wait = waiting.length === 1 ? 'waits' : 'wait';
  const what = `the exchange with the remote is stopped, and what may be an outage ${wait} behind it: ${names}${more}. The page does not know it, and is not green`;
  const stops = problems.findLast(({ level }) => level === 'error') ?? problems.at(-1);
  const fix = stops?.fix ?? 'it is tried again by itself';
  return [{ level: 'error', where: 'content.git', what, fix }];
}

export function makeCarry({ settings, sync, ring, log }: CarryDeps): Carry {
  // At start: what was committed while the server was down comes in at once.
  let asked = true;
  const alarm = makeAlarm();
  let tried: Millis = 0;
  let found: readonly Problem[] = [];
  let unread = 0;
  let decided: readonly { readonly note: string; readonly at: Millis }[] = [];
  return {
    ask() {
      asked = true;
    },
    unread: () => (settings() ? unread : 0),
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
      const { moved, committed, notes, problems, waiting } = await sync(options, now);
      if (committed.length > 0) log.info({ files: committed }, 'incidents committed');
      if (moved) log.info({}, 'commits taken in');
      decided = [
        ...decided.filter(({ note }) => !notes.includes(note)),
        ...notes.map(note => ({ note, at: now })),
      ];
      for (const note of notes) log.warn({ note }, 'commits merged by rule');
      found = [...problems, ...waitsBehind(waiting, problems)];
      unread = waiting.length;
      if (moved) ring();
    },
  };
}
