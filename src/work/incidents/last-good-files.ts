// The last good text of the files is kept in the database, since memory forgets it at a restart.
import type { StatusFolder } from '../../content/folder.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Db } from '../../store/db/database.ts';
import {
  changeKeptFiles,
  type KeptRecord,
  NOTHING_KEPT,
  readForgotten,
  readKept,
  readKeptFiles,
} from '../../store/incidents/last-good-files.ts';
import { lastGood } from '../timing/storage.ts';

export class LastGoodFiles {
  readonly #db: Db;
  readonly #folder: StatusFolder;
  readonly #log: Log;
  readonly #readForgotten: () => Promise<string | null>;
  #forgotten: string | null = null;
  #isRecalled = false;
  #kept: ReadonlyMap<string, string> | null = null;
  #last: { readonly texts: ReadonlyMap<string, string>; readonly beside: string } | null = null;

  private constructor(db: Db, folder: StatusFolder, log: Log) {
    this.#db = db;
    this.#folder = folder;
    this.#log = log;
    this.#readForgotten = lastGood(() => readForgotten(db), null);
  }

  /** Hands what is kept to the folder; says, too, since when that was missing for an earlier process. */
  static async open(db: Db, folder: StatusFolder, log: Log) {
    const recalled = await recallLastGood(folder, db);
    const kept = new LastGoodFiles(db, folder, log);
    kept.#isRecalled = recalled !== null;
    kept.#forgotten = await kept.#readForgotten();
    return { kept, missingSince: recalled?.missingSince ?? null };
  }

  /** Whether it is known what there was: until then nobody can say that nothing is missing. */
  get isRecalled(): boolean {
    return this.#isRecalled;
  }

  /** Brings what is kept up to date with the files and what is noted beside them; writes only what changed. */
  async round(beside: Omit<KeptRecord, 'folder'>): Promise<void> {
    // What was not read yet would be taken for gone.
    if (!this.#isRecalled) return;
    const texts = this.#folder.goodTexts();
    const noted: KeptRecord = { folder: this.#folder.identity(), ...beside };
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

  /** Recalls what the database did not give so far, and lets go of missing incidents when an operator said so. */
  async catchUp(): Promise<void> {
    if (!this.#isRecalled && (await recallLastGood(this.#folder, this.#db))) {
      this.#isRecalled = true;
      this.#folder.scanEverything();
    }
    const forgotten = await this.#readForgotten();
    if (forgotten === this.#forgotten) return;
    this.#forgotten = forgotten;
    this.#log.info({}, 'an operator let go of the missing incidents');
    this.#folder.forgetMissing();
    // The command changed what is kept.
    this.#kept = null;
    this.#last = null;
  }
}

/** Hands what the database keeps of the files to their folder; null, and nothing, while the database gives nothing. */
export async function recallLastGood(folder: StatusFolder, db: Db): Promise<KeptRecord | null> {
  try {
    const kept = await readKept(db);
    const isNew = kept === NOTHING_KEPT && (await readForgotten(db)) === null;
    folder.remember(await readKeptFiles(db), kept.folder, kept.missingSince !== null, isNew);
    return kept;
  } catch (error) {
    if (error instanceof StorageFault) return null;
    throw error;
  }
}
