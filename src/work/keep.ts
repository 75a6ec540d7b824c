// Keep: the last good text of what is not over is written down, since memory forgets it at a restart.
import { type Incident, isOpen } from '../core/incident.ts';
import { stateAt } from '../core/maintenance.ts';
import { MINUTE, type Millis } from '../core/time.ts';

interface GoodFile {
  readonly name: string;
  readonly incident: Incident;
  readonly text: string;
}

export interface KeepDeps {
  /** Every file's last good version; the same list while nothing changed. */
  readonly good: () => readonly GoodFile[];
  readonly read: () => Promise<ReadonlyMap<string, string>>;
  readonly change: (texts: ReadonlyMap<string, string>, over: readonly string[]) => Promise<void>;
}

/** Brings what is kept up to date with the files; writes only what changed. */
export type Keep = (now: Millis) => Promise<void>;

export function makeKeep({ good, read, change }: KeepDeps): Keep {
  let kept: ReadonlyMap<string, string> | null = null;
  let last: { readonly files: readonly GoodFile[]; readonly minute: number } | null = null;
  return async now => {
    const files = good();
    const minute = Math.floor(now / MINUTE);
    // A maintenance ends by the clock.
    if (last?.files === files && last.minute === minute) return;
    kept ??= await read();
    const owed = new Map(
      files.filter(file => !isOver(file.incident, now)).map(file => [file.name, file.text]),
    );
    const there = kept;
    const texts = new Map([...owed].filter(([name, text]) => there.get(name) !== text));
    const over = [...kept.keys()].filter(name => !owed.has(name));
    if (texts.size > 0 || over.length > 0) await change(texts, over);
    kept = owed;
    last = { files, minute };
  };
}

function isOver(incident: Incident, now: Millis): boolean {
  if (incident.scheduled === null) return !isOpen(incident);
  return incident.rrule === undefined && stateAt(incident, now) === 'completed';
}
