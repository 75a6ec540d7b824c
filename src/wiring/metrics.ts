// The wiring of figures: the operator's own metrics taken in, read back and pruned; usual answers.
import type { Log } from '../core/model/ports/log.ts';
import type { Site } from '../core/model/site.ts';
import type { Clock } from '../core/model/time.ts';
import type { Db } from '../store/db/database.ts';
import { pruneMetrics, readMetric, recordPoint } from '../store/monitoring/metrics.ts';
import { readMedian } from '../store/monitoring/rollups.ts';
import type { WebDeps } from '../web/context.ts';
import { makeFigures, makePush } from '../work/monitoring/metrics.ts';
import { makeResponses } from '../work/monitoring/responses.ts';

/** Today's figures for the Snapshot; without a database there are none. */
export function openFigures(db: Db | null) {
  return makeFigures(async (id, span, from) => (db ? readMetric(db, id, span, from) : []));
}

/** Each component's usual answer for the Snapshot, `step` of them a round; without a database there is none. */
export function openResponses(db: Db | null, step?: number) {
  return makeResponses(async (id, from) => (db ? readMedian(db, id, from) : null), step);
}

/** What the web room needs for metrics. */
export function metricApi(db: Db, site: () => Site, log: Log): Pick<WebDeps, 'push'> {
  return {
    push: makePush({
      site,
      record: (id, point, now, mayMove) => recordPoint(db, id, point, now, mayMove),
      log,
    }),
  };
}

/** Removes what is older than it is kept for. */
export function metricPruning(db: Db, clock: Clock) {
  return () => pruneMetrics(db, clock());
}
