// Remembers what calendars were told of each maintenance, also over a restart.
import { plansNow, type ToldPlan } from '../../core/incidents/plans.ts';
import type { Incident } from '../../core/model/incident.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { changePlans, readPlans } from '../../store/incidents/plans.ts';

export class Plans {
  readonly #db: Db | null;
  readonly #isReader: boolean;
  /** The plans in the database, as of the last round. Null until read. */
  #stored: readonly ToldPlan[] | null = null;
  #told: readonly ToldPlan[] = [];

  /** A program that only reads the database, or has none, records nothing. */
  constructor(db: Db | null, as: 'server' | 'reader') {
    this.#db = db;
    this.#isReader = as === 'reader';
  }

  /** The plans as of `now`. What cannot be stored is told all the same, and stored in a later round. */
  async round(
    files: readonly Incident[],
    allFilesRead: boolean,
    site: Site,
    now: Millis,
  ): Promise<readonly ToldPlan[]> {
    try {
      if (this.#stored === null) {
        this.#stored = this.#db ? await readPlans(this.#db) : [];
        this.#told = this.#stored;
      }
      this.#told = plansNow(this.#told, files, site, now, allFilesRead);
      await this.#store(this.#stored);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
    }
    return this.#told;
  }

  async #store(stored: readonly ToldPlan[]): Promise<void> {
    if (!this.#db || this.#isReader || this.#told === stored) return;
    const known = new Set(stored);
    const left = new Set(this.#told.map(({ id }) => id));
    const changed = this.#told.filter(one => !known.has(one));
    const removed = stored.map(({ id }) => id).filter(id => !left.has(id));
    await changePlans(this.#db, changed, removed);
    this.#stored = this.#told;
  }
}
