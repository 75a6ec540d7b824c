// Git sync: by the clock or rung by the git host, the machine's files go out and people's commits come in.
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { GitSettings } from '../../core/model/site.ts';
import { HOUR, type Millis, SECOND } from '../../core/model/time.ts';
import { makeAlarm } from '../monitoring/alarm.ts';

interface Synced {
  readonly moved: boolean;
  readonly committed: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  /** Files at the remote that could not come in, and may be about something that is going on. */
  readonly waiting: readonly string[];
}

interface Parts {
  readonly settings: () => GitSettings | null;
  readonly sync: (options: GitSettings, now: Millis) => Promise<Synced>;
  readonly ring: () => void;
  readonly log: Log;
}

/** What could not be done is tried again so soon, whatever the schedule. */
const AGAIN: Millis = 30 * SECOND;
/** Of more files than this, the first are named. */
const MAX_NAMED = 10;
/** How long /readyz says what merging decided: whoever it concerns reads it, or the log has it. */
const SHOWN_FOR: Millis = HOUR;

export class GitSync {
  readonly #parts: Parts;
  readonly #alarm = makeAlarm();
  /** At start: what was committed while the server was down comes in at once. */
  #isAsked = true;
  #triedAt: Millis = 0;
  #found: readonly Problem[] = [];
  #unread = 0;
  #merged: readonly { readonly note: string; readonly at: Millis }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  readonly ask = (): void => {
    this.#isAsked = true;
  };

  /** How many incident files of the remote the page does not know, and may be about something that is going on. */
  unread(): number {
    return this.#parts.settings() ? this.#unread : 0;
  }

  /** What the last sync could not do, and what merging decided within the last hour. */
  problems(): readonly Problem[] {
    return this.#parts.settings()
      ? [...this.#found, ...this.#merged.map(({ note }) => mergedByRule(note))]
      : [];
  }

  /** Syncs if the pull schedule fired since the last call, it was asked for, or the last one could not do all. */
  async round(now: Millis): Promise<void> {
    const { settings, sync, ring, log } = this.#parts;
    this.#merged = this.#merged.filter(({ at }) => Math.abs(now - at) < SHOWN_FOR);
    const options = settings();
    if (options === null) return;
    const hasFired = this.#alarm(options.pull, now) !== null;
    const isOwed = this.#found.length > 0 && Math.abs(now - this.#triedAt) >= AGAIN;
    if (!(this.#isAsked || hasFired || isOwed)) return;
    this.#isAsked = false;
    this.#triedAt = now;
    const { moved, committed, notes, problems, waiting } = await sync(options, now);
    if (committed.length > 0) log.info({ files: committed }, 'incidents committed');
    if (moved) log.info({}, 'commits taken in');
    const others = this.#merged.filter(({ note }) => !notes.includes(note));
    this.#merged = [...others, ...notes.map(note => ({ note, at: now }))];
    for (const note of notes) log.warn({ note }, 'commits merged by rule');
    this.#found = [...problems, ...blocked(waiting, problems)];
    this.#unread = waiting.length;
    if (moved) ring();
  }
}

function mergedByRule(note: string): Problem {
  const fix = 'look whether that is right, and commit what is to stand; this is said for an hour';
  return { level: 'warning', where: 'content.git', what: `merged by rule: ${note}`, fix };
}

/** What waits, by whatever stops the exchange: named with what ends it. */
function blocked(waiting: readonly string[], problems: readonly Problem[]): Problem[] {
  if (waiting.length === 0) return [];
  const names = waiting.slice(0, MAX_NAMED).join(', ');
  const more = waiting.length > MAX_NAMED ? ` and ${waiting.length - MAX_NAMED} more` : '';
  const wait = waiting.length === 1 ? 'waits' : 'wait';
  const what = `the exchange with the remote is stopped, and what may be an outage ${wait} behind it: ${names}${more}. The page does not know it, and is not green`;
  const cause = problems.findLast(({ level }) => level === 'error') ?? problems.at(-1);
  return [{ level: 'error', where: 'content.git', what, fix: cause?.fix ?? 'it is tried again by itself' }];
}
