// The file cache: incident files as last read, so that only a changed file costs time.
import path from 'node:path';
import { mayBeOpen } from '../../core/incidents/file/reparse.ts';
import { byRank, duplicateIdProblem, similarIdProblem } from '../../core/incidents/ids.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import { besideEnded, Copies, copyProblem, underIdOf } from './copies.ts';
import type { Misplaced } from './misplaced.ts';
import type { ReadFile } from './scan.ts';
import { isBeingWritten } from './stamps.ts';

export interface Missing {
  readonly problems: readonly Problem[];
  /** The missing files, which stay as last read. */
  readonly files: readonly ReadFile[];
  /** Whether nothing may be written, because the right folder is elsewhere. */
  readonly closed: boolean;
}

export interface IncidentFiles {
  readonly incidents: readonly Incident[];
  readonly problems: readonly Problem[];
  /**
   * The texts (null: unknown) of the files that were never read, for a mistake, their name or their place, and may be about
   * something current when it is asked.
   */
  readonly unread: readonly (string | null)[];
  /** Set when files are missing: the incidents are those last read. */
  readonly missing: Missing | null;
  text(id: string): string | undefined;
  fileOf(id: string): string;
  /** Whether the end of its text may not be written yet. */
  isBeingWritten(id: string, now: Millis, quiet?: Millis): boolean;
  /** A problem for each other file with the same id (`fileOf` is the one shown), or that tells the same incident. */
  duplicatesOf(id: string): readonly Problem[];
}

export class FileCache {
  readonly files = new Map<string, ReadFile>();
  misplaced: Misplaced = { problems: [], found: [] };
  readonly copies = new Copies();
  /** Files by lower-case id; of equal ids the first is shown. Nearly always one. */
  readonly #byId = new Map<string, readonly ReadFile[]>();
  #texts: ReadonlyMap<string, string> | null = null;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file shown under that id. */
  withId(id: string): ReadFile | undefined {
    return this.#byId.get(id.toLowerCase())?.find(file => file.id === id);
  }

  /** Takes changed files (null: gone); whether anything changed. */
  put(found: Iterable<readonly [string, ReadFile | null]>): boolean {
    let changed = false;
    for (const [file, now] of found) changed = this.#set(file, now) || changed;
    return changed;
  }

  /** Takes the whole folder; whether anything changed. */
  replaceBy(all: ReadonlyMap<string, ReadFile>): boolean {
    const gone = [...this.files.keys()].filter(file => !all.has(file));
    const left = this.put(gone.map(file => [file, null] as const));
    return this.put(all) || left;
  }

  #set(file: string, now: ReadFile | null): boolean {
    const before = this.files.get(file);
    if (before?.good !== now?.good) this.#texts = null;
    if (now) this.files.set(file, now);
    else this.files.delete(file);
    const id = (now ?? before)?.id.toLowerCase();
    if (id === undefined) return false;
    const others = (this.#byId.get(id) ?? []).filter(other => other.file !== file);
    const same = now ? [...others, now].sort(byRank) : others;
    if (same.length > 0) this.#byId.set(id, same);
    else this.#byId.delete(id);
    return before?.good !== now?.good || before?.problems !== now?.problems || before?.text !== now?.text;
  }

  /** The text of every file's last good version, by path below the folder. The same map while nothing changed. */
  goodTexts(): ReadonlyMap<string, string> {
    this.#texts ??= new Map(
      [...this.files.values()].flatMap(({ file, good, goodText }) =>
        good === null || goodText === null ? [] : [[file.slice(this.#folder.length + 1), goodText] as const],
      ),
    );
    return this.#texts;
  }

  /** The current files. Makes new lists, reads and parses nothing. */
  view(missing: Missing | null, clock: Clock): IncidentFiles {
    const byId = this.#byId;
    const folder = this.#folder;
    const shownFiles: ReadFile[] = [];
    const problems: Problem[] = [...(missing?.problems ?? []), ...this.misplaced.problems];
    for (const files of byId.values()) {
      const [first] = files as [ReadFile];
      shownFiles.push(first);
      for (const file of files) problems.push(...file.problems);
      for (const file of files.slice(1)) {
        const shown = files.find(({ id }) => id === file.id)!;
        if (shown !== file) problems.push(duplicateIdProblem(file, shown));
        else {
          shownFiles.push(file);
          problems.push(similarIdProblem(file, first));
        }
      }
    }
    const { hidden, inPlaceOf, begun } = this.copies.among(shownFiles);
    for (const [copy, shown] of hidden) problems.push(copyProblem(copy, shown));
    // Even if another file with its id can be read.
    const unreadable = [...byId.values()].flat().filter(({ good, isMeant }) => good === null && isMeant);
    const never = [...unreadable, ...this.misplaced.found];
    const incidents = shownFiles.flatMap(file => {
      const original = inPlaceOf.get(file);
      if (file.good === null || hidden.has(file)) return [];
      const one = original ? underIdOf(original, file.good) : (begun.get(file) ?? file.good);
      return besideEnded(one, file, byId.get(file.id.toLowerCase())!, hidden);
    });
    const own = (id: string) => this.withId(id.normalize('NFC'));
    const shownAs = (id: string) => {
      const file = own(id);
      const other = file && hidden.get(file);
      return other && inPlaceOf.get(other) === file ? other : file;
    };
    return {
      incidents,
      problems,
      get unread() {
        // A missing file may have been changed.
        const changed = missing === null ? [] : [null];
        const doubtful = never.filter(({ id, text }) => mayBeOpen(id, text, clock()));
        return [...changed, ...doubtful.map(({ text }) => text)];
      },
      missing,
      text: id => shownAs(id)?.text ?? undefined,
      isBeingWritten: (id, now, quiet) => isBeingWritten(shownAs(id) ?? { changedAt: null }, now, quiet),
      fileOf: id => shownAs(id)?.file ?? path.join(folder, `${id}.md`),
      duplicatesOf(id) {
        const shown = own(id);
        const others = shown ? byId.get(shown.id.toLowerCase())! : [];
        const ofId = others.filter(other => other.id === shown?.id && other !== shown);
        const same = [...hidden].filter(pair => pair.includes(shown!));
        return [
          ...ofId.map(other => duplicateIdProblem(other, shown!)),
          ...same.map(([copy, other]) => copyProblem(copy, other)),
        ];
      },
    };
  }
}
