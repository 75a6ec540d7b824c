// The file cache: incident files as last read, so that one changed file costs what one file costs.
import path from 'node:path';
import { byRank, duplicateIdProblem, similarIdProblem } from '../core/incidents/duplicate-ids.ts';
import type { Incident } from '../core/model/incident.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Entry } from './scan.ts';

/** What is missing, and was not deleted. */
export interface Missing {
  /** What to do about each folder; at least one. */
  readonly problems: readonly [Problem, ...Problem[]];
  /** The files that stay as last read, for they are not on the disk. */
  readonly entries: readonly Entry[];
  /** Whether nothing may be written: the folder stands, or should stand, elsewhere. */
  readonly closed: boolean;
}

/** The incidents as they stand on disk (each in its last good version). */
export interface IncidentFiles {
  readonly incidents: readonly Incident[];
  readonly problems: readonly Problem[];
  /** How many files could never be read that may be about something that is going on. */
  readonly unread: number;
  /** What is missing, so that these are the incidents last read; null while nothing is. */
  readonly missing: Missing | null;
  /** The text of a file by incident id, for the machine's edits. */
  text(id: string): string | undefined;
  /** The path of an incident's file. */
  fileOf(id: string): string;
  /** That other files have the same id, one problem each; the file shown is `fileOf`. */
  twins(id: string): readonly Problem[];
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
  view(missing: Missing | null): IncidentFiles;
  /** Every file's last good version; the same list while nothing changed. */
  good(): readonly GoodFile[];
}

export function makeShelf(folder: string): Shelf {
  const entries = new Map<string, Entry>();
  /** Files whose ids are one, capitals aside; of one id the first is shown. Nearly always one. */
  const byId = new Map<string, readonly Entry[]>();
  let goodFiles: readonly GoodFile[] | null = null;

  const set = (file: string, entry: Entry | null): boolean => {
    const before = entries.get(file);
    if (before?.good !== entry?.good) goodFiles = null;
    if (entry) entries.set(file, entry);
    else entries.delete(file);
    const id = (entry ?? before)?.id.toLowerCase();
    if (id === undefined) return false;
    const others = (byId.get(id) ?? []).filter(other => other.file !== file);
    const now = entry ? [...others, entry].sort(byRank) : others;
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
    view(missing) {
      const incidents: Incident[] = [];
      const problems: Problem[] = [];
      // What is away may say anything by now.
      let unread = missing === null ? 0 : 1;
      if (missing !== null) problems.push(...missing.problems);
      for (const files of byId.values()) {
        const [first] = files as [Entry];
        if (first.good) incidents.push(first.good);
        // One of its name that can be read says nothing of what stands in it.
        unread += files.filter(({ isDoubtful }) => isDoubtful).length;
        for (const entry of files) for (const problem of entry.problems) problems.push(problem);
        for (const entry of files.slice(1)) {
          const shown = files.find(({ id }) => id === entry.id) as Entry;
          if (shown !== entry) problems.push(duplicateIdProblem(entry, shown));
          else {
            if (entry.good) incidents.push(entry.good);
            problems.push(similarIdProblem(entry, first));
          }
        }
      }
      const shownAs = (id: string) => {
        const same = id.normalize('NFC');
        return byId.get(same.toLowerCase())?.find(entry => entry.id === same);
      };
      return {
        incidents,
        problems,
        unread,
        missing,
        text: id => shownAs(id)?.text ?? undefined,
        fileOf: id => shownAs(id)?.file ?? path.join(folder, `${id}.md`),
        twins(id) {
          const shown = shownAs(id);
          const others = shown ? (byId.get(shown.id.toLowerCase()) ?? []) : [];
          return others.flatMap(one =>
            one.id === shown?.id && one !== shown ? [duplicateIdProblem(one, shown)] : [],
          );
        },
      };
    },
  };
}
