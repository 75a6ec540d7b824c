// The static copy's files that are no pages: JSON, feeds, calendars, badges.
import type { ReportedVsMeasured } from '../../core/filing/reported-vs-measured.ts';
import type { ReadMetric } from '../../core/model/metric.ts';
import { shortId } from '../../core/model/token.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { jsonText } from '../../core/text/printable.ts';
import { claimJson, uptimeJson } from '../api/evidence.ts';
import { openapi } from '../api/openapi.ts';
import { BADGES, badge } from '../feeds/badges.ts';
import { maintenanceIcs } from '../feeds/calendar.ts';
import { atom, jsonFeed, rss } from '../feeds/feeds.ts';
import { metricJson, metricSeriesOf } from '../page/custom-metrics.ts';
import { latencyJson, seriesOf } from '../page/latency.ts';
import type { ReadSeries } from '../page/series.ts';
import { widgetJson } from '../page/widget.ts';
import { STATUSPAGE } from '../statuspage/statuspage.ts';

import { dataFile } from './links.ts';

interface Reads {
  readonly series: ReadSeries;
  readonly readMetric: ReadMetric;
}

/** Every public document of a Snapshot, each in the file that `dataFile` names. */
export function dataFiles(snapshot: Snapshot, reads: Reads): ExportFile[] {
  const file = (address: string, body: ExportFile['body'], key: string | null = null): ExportFile => {
    return { path: dataFile(address), body, key };
  };
  const json = (address: string, make: () => object, key: string | null = null) =>
    file(address, () => jsonText(make()), key);
  const ids = snapshot.components.map(({ component }) => component.id);
  const each = (folder: string, end: string, make: (id?: string) => string): ExportFile[] => [
    file(`${folder}${end}`, () => make()),
    ...ids.map(id => file(`${folder}/${id}${end}`, () => make(id))),
  ];
  return [
    ...Object.entries(STATUSPAGE).map(([name, make]) => json(`/api/v2/${name}`, () => make(snapshot))),
    json('/api/uptime.json', () => uptimeJson(snapshot)),
    ...snapshot.incidents.map(({ id, claim }) =>
      json(
        `/api/incidents/${encodeURIComponent(id)}/claim.json`,
        () => claimJson(snapshot, id) ?? {},
        claimKey(claim),
      ),
    ),
    ...series(snapshot, reads, file),
    json('/api/openapi.json', () => openapi(snapshot.site)),
    json('/status/widget.json', () => widgetJson(snapshot)),
    ...each('/status/feed', '.atom', id => atom(snapshot, id)),
    ...each('/status/feed', '.rss', id => rss(snapshot, id)),
    ...each('/status/feed', '.json', id => jsonFeed(snapshot, id)),
    ...each('/status/maintenance', '.ics', id => maintenanceIcs(snapshot, id)),
    ...BADGES.flatMap(show => each('/status/badge', `.svg?show=${show}`, id => badge(snapshot, id, show))),
    file('/history.atom', () => atom(snapshot, undefined, 'incident')),
    file('/history.rss', () => rss(snapshot, undefined, 'incident')),
  ];
}

const claimKeys = new WeakMap<ReportedVsMeasured, string>();

/** An old incident keeps its claim, the same object: hashed once. */
function claimKey(claim: ReportedVsMeasured | null): string | null {
  if (claim === null) return null;
  const key = claimKeys.get(claim) ?? shortId(JSON.stringify(claim));
  claimKeys.set(claim, key);
  return key;
}

/** Response times and the operator's metrics, in each range the pages offer. */
function series(
  { at, site }: Snapshot,
  reads: Reads,
  file: (address: string, body: ExportFile['body']) => ExportFile,
): ExportFile[] {
  const text = (body: object) => jsonText(body);
  return RANGES.flatMap(range => [
    ...site.components.map(component =>
      file(`/api/components/${component.id}/latency.json?range=${range}`, async () =>
        text(latencyJson(component, await seriesOf(reads, component, range, at))),
      ),
    ),
    ...site.metrics.map(metric =>
      file(`/api/metrics/${metric.id}.json?range=${range}`, async () =>
        text(metricJson(metric, await metricSeriesOf(reads, metric, range, at))),
      ),
    ),
  ]);
}

/** A file of the copy; `path` is relative, with `/`. */
export interface ExportFile {
  readonly path: string;
  /** Made when it is needed: what did not change is neither drawn nor written again. */
  readonly body: () => string | Buffer | Promise<string | Buffer>;
  /** The same as last time in one process: the same file, but for its moment. null: it may always differ. */
  readonly key: string | null;
  /** What may differ without the file being another: the moment it was made. */
  readonly apart?: RegExp;
}
