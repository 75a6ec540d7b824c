// What is uncommitted: which files of ours git is still to commit, kept over a crash.
import type { Owned, OwnFile } from '../../content/git/own-files.ts';
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import type { Db } from '../../store/db/database.ts';
import { forgetUncommitted, noteUncommitted, readUncommitted } from '../../store/incidents/uncommitted.ts';
import { ignoreStorageFault, lastGood } from '../timing/storage.ts';

/** A database that takes nothing keeps no outage from being filed. */
export class UncommittedFiles implements Pick<Owned, 'list' | 'forget'> {
  readonly #db: Db;
  readonly #files: Map<string, OwnFile>;
  /** How many writes of a file are under way. */
  readonly #writing = new Map<string, number>();

  private constructor(db: Db, files: Map<string, OwnFile>) {
    this.#db = db;
    this.#files = files;
  }

  /** With what an earlier process left. */
  static async open(db: Db): Promise<UncommittedFiles> {
    const noted = await lastGood(() => readUncommitted(db), [])();
    return new UncommittedFiles(db, new Map(noted.map(file => [file.name, { ...file, after: null }])));
  }

  list(): readonly OwnFile[] {
    return [...this.#files.values()];
  }

  /** What is noted and not yet written git cannot know of: it looks as if it need not be committed. */
  forget(names: readonly string[]): Promise<void> {
    return this.#drop(names.filter(name => !this.#writing.has(name)));
  }

  /** Notes the file, then writes it; forgets it again when nothing was written. */
  async write(file: OwnFile, write: () => Promise<boolean>): Promise<boolean> {
    const { name } = file;
    const known = this.#files.get(name);
    // The text it had first: what was written since is to be committed all the same.
    this.#files.set(name, known ? { ...file, before: known.before, after: since(known.after, file) } : file);
    this.#count(name, 1);
    let isWritten = false;
    try {
      await ignoreStorageFault(noteUncommitted(this.#db, file));
      isWritten = await write();
    } finally {
      this.#count(name, -1);
    }
    if (isWritten) return true;
    if (known) this.#files.set(name, known);
    else await this.#drop([name]);
    return false;
  }

  #count(name: string, more: 1 | -1): void {
    const count = (this.#writing.get(name) ?? 0) + more;
    if (count > 0) this.#writing.set(name, count);
    else this.#writing.delete(name);
  }

  async #drop(names: readonly string[]): Promise<void> {
    const there = names.filter(name => this.#files.delete(name));
    if (there.length > 0) await ignoreStorageFault(forgetUncommitted(this.#db, there));
  }
}

/** Our text after one more write; what a person wrote between the two is not ours. */
function since(last: string | null, { before, after }: OwnFile): string | null {
  if (last === null || after === null || before === null || before === last)
    return last === null ? null : after;
  const merged = mergeIncident(before, last, after);
  return merged?.kind === 'merged' ? merged.text : after;
}
