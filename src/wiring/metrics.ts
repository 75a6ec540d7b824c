// The wiring of figures: the operator's own metrics taken in, read back and pruned; usual answers.
import type { Log } from '../core/log.ts';
import type { Site } from '../core/site.ts';
import type { Clock } from '../core/time.ts';
import type { Db } from '../store/database.ts';
import { pruneMetrics, readMetric, recordPoint } from '../store/metrics.ts';
import { readMedian } from '../store/rollups.ts';
import type { WebDeps } from '../web/context.ts';
import { makeFigures, makePush } from '../work/push.ts';
import { makeResponses } from '../work/responses.ts';

/** Today's figures for the Snapshot; without a database there are none. */
export function openFigures(db: Db | null) {
  return makeFigures(async (id, span, from) => (db ? readMetric(db, id, span, from) : []));
}

/** Each component's usual answer for the Snapshot, `step` of them a round; without a database there is none. */
export function openResponses(db: Db | null, step?: number) {
  return makeResponses(async (id, from) => (db ? readMedian(db, id, from) : null), step);
}

/** What the web room needs for metrics. */
export function metricDoors(db: Db, site: () => Site, log: Log): Pick<WebDeps, 'push' | 'readMetric'> {
  return {
    push: makePush({
      site,
      record: (id, point, now, mayMove) => recordPoint(db, id, point, now, mayMove),
      log,
    }),
    readMetric: (id, span, from) => readMetric(db, id, span, from),
  };
}

/** Removes what is older than it is kept for. */
export function metricPruning(db: Db, clock: Clock) {
  return () => pruneMetrics(db, clock());
}
