// What is known of every component, kept in memory by the one process that writes it: read whole once,
// then only what was recorded since.
import { sql } from 'kysely';
import type { Measured } from '../../core/model/component.ts';
import { DAY, type Millis, startOfUtcDay } from '../../core/model/time.ts';
import { type DetectorState, healthOf, initialState } from '../../core/monitoring/detector.ts';
import { tookOf } from '../../core/monitoring/detector-state.ts';
import type { Db } from '../db/database.ts';

export interface MeasuredView {
  /** Says that a component's rows changed (without an id: any of them may have). */
  touch(id?: string): void;
  /** What is known of every component as of `now` (left out: as it stands), by id; days back to `from` (epoch ms). */
  read(from: Millis, now?: Millis): Promise<ReadonlyMap<string, Measured>>;
}

/** The database is the truth; the view only saves reading all of it each second. */
export function makeMeasuredView(db: Db): MeasuredView {
  let all = new Map<string, Measured>();
  let since: Millis | null = null;
  /** The latest moment in what was read last. */
  let latest = Number.NEGATIVE_INFINITY;
  const touched = new Set<string>();

  const readAgain = async (from: Millis): Promise<void> => {
    touched.clear();
    all = await readMeasured(db, from);
  };
  const readTouched = async (): Promise<void> => {
    const ids = [...touched];
    touched.clear();
    const next = new Map(all);
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      for (const [id, known] of await readSome(db, ids.slice(first, first + AT_ONCE), all))
        next.set(id, known);
    }
    all = next;
  };
  return {
    touch(id) {
      if (id === undefined) since = null;
      else touched.add(id);
    },
    async read(from, now = Number.POSITIVE_INFINITY) {
      // A new day, or another window, is read anew; so is everything after a failure.
      const isNew = startOfUtcDay(from) !== since;
      if (!isNew && touched.size === 0 && latest <= now) return all;
      since = null;
      if (isNew) await readAgain(from);
      else await readTouched();
      latest = latestIn(all);
      if (latest > now) {
        // What cannot be written just now is tried again with the next reading; what was read stands.
        const isNoted = await notAhead(db, now).then(
          () => true,
          () => false,
        );
        if (isNoted) {
          await readAgain(from);
          latest = latestIn(all);
        }
      }
      since = startOfUtcDay(from);
      return all;
    },
  };
}

/** The latest moment since when anything is known. */
function latestIn(all: ReadonlyMap<string, Measured>): Millis {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { firstSeen, firstCheck, since } of all.values())
    latest = Math.max(latest, firstSeen, firstCheck ?? latest, since ?? latest);
  return latest;
}

/**
 * What a clock wrote that was ahead is known since now, and noted so: it would else begin anew each time. When a check
 * last ended stays as it is: nobody knows how long ago that was, and it was not now.
 */
async function notAhead(db: Db, now: Millis): Promise<void> {
  await sql`
    UPDATE components SET first_seen = min(first_seen, ${now}), first_check = min(first_check, ${now}),
      health_since = min(health_since, ${now})
    WHERE first_seen > ${now} OR first_check > ${now} OR health_since > ${now}`.execute(db);
}

/** SQLite takes 32,766 values in a statement; fewer keep it short. */
const AT_ONCE = 500;

/** The same, read whole. */
export async function readMeasured(db: Db, from: Millis): Promise<Map<string, Measured>> {
  const rows = await db.selectFrom('components').selectAll().execute();
  // One row a component, looked up as the rows lie: ninety thousand small rows take five times as long.
  const { rows: days } = await sql<{ id: string; starts: string; observed: string }>`
    SELECT c.id, json_group_array(r.start) AS starts, json_group_array(r.observed) AS observed
    FROM components c CROSS JOIN rollups r ON r.component_id = c.id
    WHERE r.span = 'day' AND r.start >= ${startOfUtcDay(from)}
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

/** What changed of some components: their state, and the days of their newest results. */
async function readSome(
  db: Db,
  ids: readonly string[],
  known: ReadonlyMap<string, Measured>,
): Promise<[string, Measured][]> {
  const rows = await db.selectFrom('components').selectAll().where('id', 'in', ids).execute();
  const looked = rows.map(row => row.last_check).filter(at => at !== null);
  // A result may have come from just before the midnight that has just passed.
  const from = looked.length === 0 ? 0 : startOfUtcDay(Math.min(...looked)) - DAY;
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

function measuredOf(
  row: {
    readonly detector: string | null;
    readonly health_since: number | null;
    readonly last_check: number | null;
    readonly seen: string | null;
    readonly first_seen: number;
    readonly first_check: number | null;
  },
  observed: ReadonlyMap<Millis, Millis>,
): Measured {
  const state = row.detector ? (JSON.parse(row.detector) as DetectorState) : initialState();
  return {
    health: healthOf(state),
    since: row.health_since,
    checkedAt: row.last_check,
    took: tookOf(state, row.last_check),
    seen: row.seen,
    firstSeen: row.first_seen,
    firstCheck: row.first_check,
    observed,
  };
}
