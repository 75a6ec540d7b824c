// The shelf: incident files as last read, kept so that one changed file costs what one file costs.
import path from 'node:path';
import type { Incident } from '../core/incident.ts';
import type { Problem } from '../core/problem.ts';
import type { Entry } from './scan.ts';

/** The incidents as they stand on disk (each in its last good version). */
export interface IncidentFiles {
  readonly incidents: readonly Incident[];
  readonly problems: readonly Problem[];
  /** Whether there is no folder, though it held files when it was last there: it may come back. */
  readonly gone: boolean;
  /** The text of a file by incident id, for the machine's edits. */
  text(id: string): string | undefined;
  /** The path of an incident's file. */
  fileOf(id: string): string;
}

/** The last good version of one file. */
export interface GoodFile {
  /** Its path below the folder. */
  readonly name: string;
  readonly incident: Incident;
  readonly text: string;
}

export interface Shelf {
  /** By path. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Takes what single files are now (null: gone); whether anything changed. */
  put(found: ReadonlyMap<string, Entry | null>): boolean;
  /** Takes the whole folder as it is now; whether anything changed. */
  replaceBy(all: ReadonlyMap<string, Entry>): boolean;
  /** The files as they are now. Lists are made anew, nothing is read or parsed. */
  view(gone: boolean): IncidentFiles;
  /** Every file's last good version; the same list while nothing changed. */
  good(): readonly GoodFile[];
}

export function makeShelf(folder: string): Shelf {
  const entries = new Map<string, Entry>();
  /** Files of one id, in the order of their paths: the first is shown. Nearly always one. */
  const byId = new Map<string, readonly Entry[]>();
  let goodFiles: readonly GoodFile[] | null = null;

  const set = (file: string, entry: Entry | null): boolean => {
    const before = entries.get(file);
    if (before?.good !== entry?.good) goodFiles = null;
    if (entry) entries.set(file, entry);
    else entries.delete(file);
    const id = (entry ?? before)?.id;
    if (id === undefined) return false;
    const others = (byId.get(id) ?? []).filter(other => other.file !== file);
    const now = entry ? [...others, entry].sort((a, b) => (a.file < b.file ? -1 : 1)) : others;
    if (now.length > 0) byId.set(id, now);
    else byId.delete(id);
    return (
      before?.good !== entry?.good || before?.problems !== entry?.problems || before?.text !== entry?.text
    );
  };

  const put = (found: ReadonlyMap<string, Entry | null>): boolean => {
    let changed = false;
    for (const [file, entry] of found) changed = set(file, entry) || changed;
    return changed;
  };

  return {
    entries,
    put,
    replaceBy(all) {
      const gone = [...entries.keys()].filter(file => !all.has(file));
      const left = put(new Map(gone.map(file => [file, null])));
      return put(all) || left;
    },
    good() {
      goodFiles ??= [...entries.values()].flatMap(({ file, good: incident, goodText: text }) =>
        incident === null || text === null ? [] : [{ name: file.slice(folder.length + 1), incident, text }],
      );
      return goodFiles;
    },
    view(gone) {
      const incidents: Incident[] = [];
      const problems: Problem[] = [];
      for (const files of byId.values()) {
        const [shown, ...twins] = files;
        if (shown?.good) incidents.push(shown.good);
        for (const entry of files) if (entry.problems.length > 0) problems.push(...entry.problems);
        for (const twin of twins) problems.push(twinProblem(twin, shown as Entry));
      }
      return {
        incidents,
        problems,
        gone,
        text: id => byId.get(id)?.[0]?.text ?? undefined,
        fileOf: id => byId.get(id)?.[0]?.file ?? path.join(folder, `${id}.md`),
      };
    },
  };
}

function twinProblem(twin: Entry, shown: Entry): Problem {
  const what = `there is another file with the id "${twin.id}": ${shown.file}`;
  const fix = 'rename one; until then the other is shown';
  return { level: 'error', where: twin.file, what, fix };
}
