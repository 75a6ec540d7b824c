// Carry: by the clock or rung by the git host, the machine's files go out and people's commits come in.
import type { Incident } from '../core/incident.ts';
import type { Log } from '../core/log.ts';
import type { Problem } from '../core/problem.ts';
import type { GitSettings } from '../core/site.ts';
import type { Millis } from '../core/time.ts';
import { makeAlarm } from './alarm.ts';

export interface CarryDeps {
  readonly settings: () => GitSettings | null;
  readonly incidents: () => Promise<{ incidents: readonly Incident[]; fileOf(id: string): string }>;
  readonly sync: (own: readonly string[], options: GitSettings) => Promise<Synced>;
  /** Rung when files came in. */
  readonly ring: () => void;
  readonly log: Log;
}

interface Synced {
  readonly moved: boolean;
  readonly committed: readonly string[];
  readonly conflicts: readonly string[];
  readonly problems: readonly Problem[];
}

export interface Carry {
  /** Syncs if the pull schedule fired since the last call, or it was asked for. */
  round(now: Millis): Promise<void>;
  /** Asks for a sync at the next round. */
  ask(): void;
  /** Notes that a program wrote this incident, which has no hands to commit it, and asks for a sync. */
  wrote(id: string): void;
  /** What the last sync could not do. */
  problems(): readonly Problem[];
}

export function makeCarry({ settings, incidents, sync, ring, log }: CarryDeps): Carry {
  // At start: what was committed while the server was down comes in at once.
  let asked = true;
  const alarm = makeAlarm();
  let found: readonly Problem[] = [];
  let written = new Set<string>();
  return {
    ask() {
      asked = true;
    },
    wrote(id) {
      asked = true;
      written.add(id);
    },
    problems: () => (settings() ? found : []),
    async round(now) {
      const options = settings();
      const fired = options !== null && alarm(options.pull, now) !== null;
      if (options === null || !(asked || fired)) return;
      asked = false;
      const files = await incidents();
      // Only files the machine opened or programs wrote: an operator's unsaved thoughts are theirs to commit.
      const taken = written;
      written = new Set();
      const own = files.incidents
        .filter(({ id, openedBy }) => openedBy !== null || taken.has(id))
        .map(({ id }) => files.fileOf(id));
      const { moved, committed, conflicts, problems } = await sync(own, options);
      if (problems.length > 0) written = new Set([...taken, ...written]);
      if (committed.length > 0) log.info({ files: committed }, 'incidents committed');
      if (moved) log.info({}, 'commits taken in');
      const clashes = conflicts.map(
        (file): Problem => ({
          level: 'warning',
          where: file,
          what: 'the machine and an operator changed the same lines; the operator’s version stands',
          fix: 'look whether it says all that is needed',
        }),
      );
      found = [...problems, ...clashes];
      if (moved) ring();
    },
  };
}
