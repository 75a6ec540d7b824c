// Keeps a list of the machine's files that git has not committed yet; it survives a crash.
import type { Owned, OwnFile } from '../../content/git/own-files.ts';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Db } from '../../store/db/database.ts';
import { forgetUncommitted, noteUncommitted, readUncommitted } from '../../store/incidents/uncommitted.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

/** Outages are filed even if the database cannot be written. Records that it did not take are written later. */
const REFUSED: ReadonlySet<unknown> = new Set(['MISSING', 'NOT_UTF8', 'UNREADABLE']);

export class UncommittedFiles implements Pick<Owned, 'list' | 'forget'> {
  readonly #db: Db;
  readonly #files = new Map<string, OwnFile>();
  /** How many writes of each file are in progress. */
  readonly #writing = new Map<string, number>();
  /** True once the list of the earlier process is read. */
  #isRecalled = false;
  /** Files whose record in the database is not up to date. */
  readonly #unsaved = new Set<string>();

  private constructor(db: Db) {
    this.#db = db;
  }

  /** Opens the list, with the files that an earlier process left. */
  static async open(db: Db): Promise<UncommittedFiles> {
    const files = new UncommittedFiles(db);
    await files.save();
    return files;
  }

  list(): readonly OwnFile[] {
    return [...this.#files.values()];
  }

  /** Removes committed files from the list. A file that is listed and not yet written stays: git cannot know it yet. */
  forget(names: readonly string[]): Promise<void> {
    return this.#drop(names.filter(name => !this.#writing.has(name)));
  }

  /** Writes missing records to the database, and reads the earlier list if that failed so far. */
  save(): Promise<void> {
    return ignoreStorageFault(this.#save());
  }

  async #save(): Promise<void> {
    if (!this.#isRecalled) {
      for (const file of await readUncommitted(this.#db)) {
        const { name, before } = file;
        const known = this.#files.get(name);
        if (known || !this.#unsaved.has(name))
          this.#files.set(name, { ...(known ?? file), before, after: null });
      }
      this.#isRecalled = true;
    }
    for (const name of [...this.#unsaved]) {
      const file = this.#files.get(name);
      this.#unsaved.delete(name);
      try {
        await (file ? noteUncommitted(this.#db, file) : forgetUncommitted(this.#db, [name]));
      } catch (error) {
        this.#unsaved.add(name);
        throw error;
      }
    }
  }

  /** Lists the file, then writes it. Removes it from the list again if nothing was written. */
  async write(file: OwnFile, write: () => Promise<boolean>): Promise<boolean> {
    const { name } = file;
    const known = this.#files.get(name);
    const undo = async () => {
      if (known) this.#files.set(name, known);
      else await this.#drop([name]);
    };
    // Keep the first text: everything written since then is still to be committed.
    this.#files.set(name, known ? { ...file, ...together(known, file) } : file);
    this.#count(name, 1);
    let isWritten: boolean;
    try {
      this.#unsaved.add(name);
      await this.save();
      isWritten = await write();
    } catch (error) {
      // A missing folder was not written to. After any other failure, the file may or may not be written.
      if (REFUSED.has((error as { code?: unknown }).code)) await undo();
      else this.#files.set(name, { ...(known ?? file), after: null });
      throw error;
    } finally {
      this.#count(name, -1);
    }
    if (!isWritten) await undo();
    return isWritten;
  }

  #count(name: string, more: 1 | -1): void {
    const count = (this.#writing.get(name) ?? 0) + more;
    if (count > 0) this.#writing.set(name, count);
    else this.#writing.delete(name);
  }

  async #drop(names: readonly string[]): Promise<void> {
    const there = names.filter(name => this.#files.delete(name));
    for (const name of there) this.#unsaved.add(name);
    if (there.length > 0) await this.save();
  }
}

/** What is to be committed of two writes in turn. */
function together(known: OwnFile, file: OwnFile): Pick<OwnFile, 'by' | 'before' | 'after'> {
  const names = new Set([known.by, file.by].flatMap(by => by?.split(', ') ?? []));
  return { by: [...names].join(', ') || null, before: known.before, after: since(known.after, file) };
}

/** Our text after one more write, without changes that a person made between two writes. */
function since(last: string | null, { before, after }: OwnFile): string | null {
  if (last === null || after === null || before === null || before === last)
    return last === null ? null : after;
  const merged = mergeIncident(before, last, after);
  return merged?.kind === 'merged' ? merged.text : after;
}
