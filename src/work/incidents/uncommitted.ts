// What is uncommitted: which files of ours git is still to commit, kept over a crash.
import type { Owned, OwnFile } from '../../content/git/own-files.ts';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Db } from '../../store/db/database.ts';
import { forgetUncommitted, noteUncommitted, readUncommitted } from '../../store/incidents/uncommitted.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

/** A database that takes nothing keeps no outage from being filed; what it did not take it is given again. */
/** Codes of FolderMissing and NotUtf8. */
const REFUSED: ReadonlySet<unknown> = new Set(['MISSING', 'NOT_UTF8']);

export class UncommittedFiles implements Pick<Owned, 'list' | 'forget'> {
  readonly #db: Db;
  readonly #files = new Map<string, OwnFile>();
  /** How many writes of a file are under way. */
  readonly #writing = new Map<string, number>();
  /** Whether what an earlier process left was read. */
  #isRecalled = false;
  /** Files of which the database does not say what is so. */
  readonly #unsaved = new Set<string>();

  private constructor(db: Db) {
    this.#db = db;
  }

  /** With what an earlier process left. */
  static async open(db: Db): Promise<UncommittedFiles> {
    const files = new UncommittedFiles(db);
    await files.save();
    return files;
  }

  list(): readonly OwnFile[] {
    return [...this.#files.values()];
  }

  /** What is noted and not yet written git cannot know of: it looks as if it need not be committed. */
  forget(names: readonly string[]): Promise<void> {
    return this.#drop(names.filter(name => !this.#writing.has(name)));
  }

  /** Gives the database what it did not take, and reads from it what could not be read. */
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

  /** Notes the file, then writes it; forgets it again when nothing was written. */
  async write(file: OwnFile, write: () => Promise<boolean>): Promise<boolean> {
    const { name } = file;
    const known = this.#files.get(name);
    const undo = async () => {
      if (known) this.#files.set(name, known);
      else await this.#drop([name]);
    };
    // The text it had first: what was written since is to be committed all the same.
    this.#files.set(name, known ? { ...file, before: known.before, after: since(known.after, file) } : file);
    this.#count(name, 1);
    let isWritten: boolean;
    try {
      this.#unsaved.add(name);
      await this.save();
      isWritten = await write();
    } catch (error) {
      // A write that was refused did not begin. Of any other failure it is not known how far it came.
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

/** Our text after one more write; what a person wrote between the two is not ours. */
function since(last: string | null, { before, after }: OwnFile): string | null {
  if (last === null || after === null || before === null || before === last)
    return last === null ? null : after;
  const merged = mergeIncident(before, last, after);
  return merged?.kind === 'merged' ? merged.text : after;
}
