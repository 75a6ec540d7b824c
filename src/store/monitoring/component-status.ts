// The measurements of every component, kept in memory by the only process that writes them: read once, then only what
// changed.
import { type Selectable, sql } from 'kysely';
import type { Measured } from '../../core/model/component.ts';
import { DAY, isPlausible, type Millis, startOfUtcDay } from '../../core/model/time.ts';
import { confirmedHealth, isUnsure } from '../../core/monitoring/detector.ts';
import { type DetectorState, initialState, tookOf } from '../../core/monitoring/detector-state.ts';
import type { Db } from '../db/database.ts';
import { listOf } from '../db/dialect.ts';
import type { Tables } from '../db/tables.ts';

/** A cache: the database stays the source of truth. */
export class StatusReader {
  readonly #db: Db;
  #all = new Map<string, Measured>();
  /** The first day read; null if everything must be read again. */
  #since: Millis | null = null;
  /** The latest time in what was read. */
  #latest = Number.NEGATIVE_INFINITY;
  readonly #touched = new Set<string>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Marks a component's rows as changed; without an id, all rows. */
  touch(id?: string): void {
    if (id === undefined) this.#since = null;
    else this.#touched.add(id);
  }

  /**
   * Returns the measurements of every component as of `now` (default: as stored), by id, with days back to `from`
   * (epoch ms).
   */
  async read(from: Millis, now = Number.POSITIVE_INFINITY): Promise<ReadonlyMap<string, Measured>> {
    // Read everything for a new day, another window, and after a failure.
    const isNew = startOfUtcDay(from) !== this.#since;
    if (!isNew && this.#touched.size === 0 && this.#latest <= now) return this.#all;
    this.#since = null;
    if (isNew) await this.#readAgain(from);
    else await this.#readTouched();
    // A clock that was never set does not correct anything.
    const isSet = isPlausible(now);
    if (isSet && this.#latest > now && (await hasMovedBack(this.#db, now))) await this.#readAgain(from);
    if (isSet && (await this.#hasMovedUp(now))) await this.#readAgain(from);
    this.#since = startOfUtcDay(from);
    return this.#all;
  }

  async #readAgain(from: Millis): Promise<void> {
    this.#touched.clear();
    this.#keep(await readMeasured(this.#db, from));
  }

  async #readTouched(): Promise<void> {
    const ids = [...this.#touched];
    this.#touched.clear();
    const next = new Map(this.#all);
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      for (const [id, known] of await readSome(this.#db, ids.slice(first, first + AT_ONCE), this.#all))
        next.set(id, known);
    }
    this.#keep(next);
  }

  /**
   * Corrects components first seen by a clock that was not set: they are known since the first day with a check by a
   * correct clock. Returns false if there are none, or if the write fails; the next read tries again.
   */
  async #hasMovedUp(now: Millis): Promise<boolean> {
    if (!Number.isFinite(now)) return false;
    const unset = [...this.#all].filter(([, { firstSeen }]) => !isPlausible(firstSeen));
    try {
      for (const [id, { observed, firstCheck, since }] of unset) {
        const at = Math.min(
          now,
          ...[...observed.keys()].filter(day => isPlausible(day) && day < startOfUtcDay(now)),
        );
        const moved = {
          first_seen: at,
          first_check: firstCheck && Math.max(at, firstCheck),
          health_since: since && Math.max(at, since),
        };
        await this.#db.updateTable('components').set(moved).where('id', '=', id).execute();
      }
    } catch {
      return false;
    }
    return unset.length > 0;
  }

  #keep(all: Map<string, Measured>): void {
    this.#all = all;
    this.#latest = Number.NEGATIVE_INFINITY;
    for (const { firstSeen, firstCheck, since } of all.values())
      this.#latest = Math.max(this.#latest, firstSeen, firstCheck ?? firstSeen, since ?? firstSeen);
  }
}

/**
 * Corrects times written by a clock that was ahead: the component is known since `now`. Without the write, that would
 * move with each read. The end of the last check stays, because its age is unknown. Returns false if the write fails;
 * the next read tries again.
 */
async function hasMovedBack(db: Db, now: Millis): Promise<boolean> {
  const earlier = (column: string) =>
    sql`CASE WHEN ${sql.ref(column)} > ${now} THEN ${now} ELSE ${sql.ref(column)} END`;
  const moved = sql`
    UPDATE components SET first_seen = ${earlier('first_seen')}, first_check = ${earlier('first_check')},
      health_since = ${earlier('health_since')}
    WHERE first_seen > ${now} OR first_check > ${now} OR health_since > ${now}`.execute(db);
  return moved.then(
    () => true,
    () => false,
  );
}

/** SQLite accepts 32,766 values in a statement; fewer keep it short. */
const AT_ONCE = 500;

/** Reads the measurements of every component, by id, with days back to `from` (epoch ms). */
export async function readMeasured(db: Db, from: Millis): Promise<Map<string, Measured>> {
  const rows = await db.selectFrom('components').selectAll().execute();
  // One row per component, read in storage order: ninety thousand small rows take five times as long.
  const { rows: days } = await sql<{ id: string; starts: string; observed: string }>`
    SELECT c.id, ${listOf(db, 'r.start')} AS starts, ${listOf(db, 'r.observed')} AS observed
    FROM components c CROSS JOIN rollups r
    WHERE r.component_id = c.id AND r.span = 'day' AND r.start >= ${startOfUtcDay(from)}
    GROUP BY c.id`.execute(db);
  const observed = new Map(
    days.map(row => {
      const millis = JSON.parse(row.observed) as Millis[];
      const starts = JSON.parse(row.starts) as Millis[];
      return [row.id, new Map(starts.map((start, i) => [start, Math.max(1, millis[i] as Millis)]))];
    }),
  );
  return new Map(rows.map(row => [row.id, measuredOf(row, observed.get(row.id) ?? new Map())]));
}

/** Reads what changed of some components: their state, and the days of their newest results. */
async function readSome(
  db: Db,
  ids: readonly string[],
  known: ReadonlyMap<string, Measured>,
): Promise<[string, Measured][]> {
  const rows = await db.selectFrom('components').selectAll().where('id', 'in', ids).execute();
  const lastChecks = rows.map(row => row.last_check).filter(at => at !== null);
  // A result may be from just before midnight.
  const from = lastChecks.length === 0 ? 0 : startOfUtcDay(Math.min(...lastChecks)) - DAY;
  const days = await db
    .selectFrom('rollups')
    .select(['component_id', 'start', 'observed'])
    .where('component_id', 'in', ids)
    .where('span', '=', 'day')
    .where('start', '>=', from)
    .execute();
  return rows.map(row => {
    const observed = new Map(known.get(row.id)?.observed);
    for (const { component_id, start, observed: millis } of days) {
      if (component_id === row.id) observed.set(start, Math.max(1, millis));
    }
    return [row.id, measuredOf(row, observed)];
  });
}

function measuredOf(row: Selectable<Tables['components']>, observed: ReadonlyMap<Millis, Millis>): Measured {
  const state = row.detector ? (JSON.parse(row.detector) as DetectorState) : initialState();
  return {
    health: confirmedHealth(state),
    since: row.health_since,
    checkedAt: row.last_check,
    took: tookOf(state, row.last_check),
    ...(state.check === undefined ? {} : { check: state.check }),
    seen: row.seen,
    upstream: row.upstream,
    ...(state.unknowns > 0 ? { unknowns: state.unknowns } : {}),
    ...(isUnsure(state) ? { isUnsure: true as const } : {}),
    firstSeen: row.first_seen,
    firstCheck: row.first_check,
    observed,
  };
}
