// The last good text of the files is kept in the database, since memory forgets it at a restart.
import type { StatusFolder } from '../../content/folder.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Db } from '../../store/db/database.ts';
import {
  changeKeptFiles,
  type Kept,
  readKept,
  readKeptFiles,
} from '../../store/incidents/last-good-files.ts';

export class LastGoodFiles {
  readonly #db: Db;
  readonly #folder: StatusFolder;
  #kept: ReadonlyMap<string, string> | null = null;
  #last: { readonly texts: ReadonlyMap<string, string>; readonly beside: string } | null = null;

  constructor(db: Db, folder: StatusFolder) {
    this.#db = db;
    this.#folder = folder;
  }

  /** Brings what is kept up to date with the files and what is noted beside them; writes only what changed. */
  async round(beside: Omit<Kept, 'folder'>): Promise<void> {
    const texts = this.#folder.goodTexts();
    const noted: Kept = { folder: this.#folder.identity(), ...beside };
    const print = JSON.stringify(noted);
    if (this.#last?.texts === texts && this.#last.beside === print) return;
    const kept = this.#kept ?? (await readKeptFiles(this.#db));
    this.#kept = kept;
    const changed = new Map([...texts].filter(([name, text]) => kept.get(name) !== text));
    const gone = [...kept.keys()].filter(name => !texts.has(name));
    if (changed.size > 0 || gone.length > 0 || this.#last?.beside !== print)
      await changeKeptFiles(this.#db, changed, gone, noted);
    this.#kept = texts;
    this.#last = { texts, beside: print };
  }

  /** Lets the next round read again what is kept: somebody else changed it. */
  readAgain(): void {
    this.#kept = null;
    this.#last = null;
  }
}

/** Hands what the database keeps of the files to their folder; null, and nothing, while the database gives nothing. */
export async function recallLastGood(folder: StatusFolder, db: Db): Promise<Kept | null> {
  try {
    const kept = await readKept(db);
    folder.remember(await readKeptFiles(db), kept.folder, kept.missingSince !== null);
    return kept;
  } catch (error) {
    if (error instanceof StorageFault) return null;
    throw error;
  }
}
