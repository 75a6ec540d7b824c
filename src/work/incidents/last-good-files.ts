// Keeps the last good text of the incident files in the database, because memory is lost at a restart.
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

  /** Gives the kept texts to the folder, and reads since when the folder was missing for an earlier process. */
  static async open(db: Db, folder: StatusFolder, log: Log) {
    const kept = new LastGoodFiles(db, folder, log);
    // First: what an operator gives up meanwhile is found by the next round.
    kept.#forgotten = await kept.#readForgotten();
    const recalled = await recallLastGood(folder, db);
    kept.#isRecalled = recalled !== null;
    kept.#kept = recalled?.texts ?? null;
    return { kept, missingSince: recalled?.missingSince ?? null };
  }

  /** True once the kept texts are read. Until then, missing files cannot be detected. */
  get isRecalled(): boolean {
    return this.#isRecalled;
  }

  /** Brings the kept texts and notes up to date; writes only what changed. */
  async round(beside: Omit<KeptRecord, 'folder' | 'copies' | 'begun'>): Promise<void> {
    // Before the kept texts are read, every one of them would look deleted.
    if (!this.#isRecalled) return;
    const texts = this.#folder.goodTexts();
    const noted: KeptRecord = {
      folder: this.#folder.identity(),
      ...this.#folder.copies(),
      ...beside,
    };
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

  /** Reads the kept texts if that failed so far, and drops missing incidents after the operator's command. */
  async catchUp(): Promise<void> {
    if (!this.#isRecalled && (await recallLastGood(this.#folder, this.#db))) {
      this.#isRecalled = true;
      this.#folder.scanEverything();
    }
    const forgotten = await this.#readForgotten();
    if (forgotten === this.#forgotten) return;
    this.#forgotten = forgotten;
    this.#log.info({}, 'an operator confirmed that the missing incidents are deleted');
    this.#folder.forgetMissing();
    // The command changed the kept texts.
    this.#kept = null;
    this.#last = null;
  }
}

/** Gives the kept texts of the database to the folder. Null if the database cannot be read. */
export async function recallLastGood(folder: StatusFolder, db: Db) {
  try {
    const kept = await readKept(db);
    const isNew = kept === NOTHING_KEPT && (await readForgotten(db)) === null;
    const texts = await readKeptFiles(db);
    folder.remember(texts, { ...kept, wasMissing: kept.missingSince !== null, isNew });
    return { ...kept, texts };
  } catch (error) {
    if (error instanceof StorageFault) return null;
    throw error;
  }
}
