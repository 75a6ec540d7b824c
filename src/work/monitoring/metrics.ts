// The operator's own metrics: takes values by API, one per moment, and reads the last 24 hours for the Snapshot.
import { faultAt, type PushBody } from '../../core/incidents/api/bodies.ts';
import type { Asked, Writing } from '../../core/incidents/api/edits.ts';
import { faultOfMoment, type MetricStretch } from '../../core/model/metric.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, isoMillis, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { type KeptPoint, readMetric, recordPoint } from '../../store/monitoring/metrics.ts';
import type { Monitoring } from './monitoring.ts';

export type Pushed =
  | ({ readonly kind: 'pushed'; readonly id: string } & KeptPoint)
  | Extract<Writing, { kind: 'refused' }>;

/** Takes one value. The same value again changes nothing; another value for the same moment is refused. */
export type Push = (id: string, body: PushBody, asked: Asked) => Promise<Pushed>;

export function makePush({ db, site, log }: Pick<Monitoring, 'db' | 'site' | 'log'>): Push {
  return async (id, { value, at = null }, asked) => {
    const metric = site().metrics.find(one => one.id === id);
    if (!metric) return { kind: 'refused', status: 404, detail: 'There is no such metric in status.yaml.' };
    if (metric.from) {
      const detail = `This metric is read from the check of "${metric.from.component}"; remove \`from\` in status.yaml to send values.`;
      return { kind: 'refused', status: 409, detail };
    }
    const fault = at === null ? null : faultOfMoment(at, asked.at);
    if (fault) {
      const faults = [faultAt(['at'], fault)];
      return { kind: 'refused', status: 422, detail: 'Some fields are not valid.', faults };
    }
    // JSON allows -0; store it as 0.
    const point = { at: at ?? asked.at, value: value + 0 };
    const kept = await recordPoint(db, id, point, asked.at, at === null && !asked.again);
    if (kept.value !== point.value) {
      const detail = `There is another value at ${isoMillis(kept.at)}; a sent value cannot be changed.`;
      return { kind: 'refused', status: 409, detail };
    }
    log.debug({ metric: id, isNew: kept.isNew }, 'metric value by API');
    return { kind: 'pushed', id, ...kept };
  };
}

/**
 * Reads each metric's slots of the last 24 hours, by id, at most once a minute: values sent every second must not cause
 * a new page every second. Returns an empty map without a database.
 */
export function makeMetricDays(db: Db | null) {
  let known: { readonly site: Site; readonly minute: number } | null = null;
  let days: ReadonlyMap<string, readonly MetricStretch[]> = new Map();
  return async (site: Site, now: Millis): Promise<typeof days> => {
    const minute = Math.floor(now / MINUTE);
    if (db === null || (known?.site === site && known.minute === minute)) return days;
    const next = new Map<string, readonly MetricStretch[]>();
    for (const { id } of site.metrics) next.set(id, await readMetric(db, id, 'slot', now - DAY));
    known = { site, minute };
    days = next;
    return days;
  };
}
