// The files of the static copy that are not pages: JSON, feeds, calendars, badges.
import type { ReportedVsMeasured } from '../../core/filing/reported-vs-measured.ts';
import { memoized } from '../../core/model/memo.ts';
import type { ExportFile } from '../../core/model/ports/export-file.ts';
import { shortId } from '../../core/model/token.ts';
import { RANGES } from '../../core/monitoring/rollup.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { jsonText } from '../../core/text/printable.ts';
import type { Db } from '../../store/db/database.ts';
import { comparisonJson } from '../api/evidence.ts';
import { openapi } from '../api/openapi.ts';
import { PUBLIC_DOCUMENTS } from '../api/operations.ts';
import { BADGES } from '../feeds/badges.ts';
import { latencyJson, metricJson } from '../page/charts.ts';
import { readLatency, readMetricSeries } from '../page/series.ts';
import { STATUSPAGE } from '../statuspage/statuspage.ts';
import { dataFile } from './links.ts';

/** Every public document of a Snapshot, each under the name that `dataFile` gives. */
export function dataFiles(snapshot: Snapshot, db: Db | null): ExportFile[] {
  const { site, at } = snapshot;
  const file = (address: string, body: ExportFile['body'], key: string | null = null): ExportFile => {
    return { path: dataFile(address), body, key };
  };
  const json = (address: string, make: () => object | Promise<object>, key: string | null = null) =>
    file(address, async () => jsonText(await make()), key);
  return [
    ...Object.entries(STATUSPAGE).map(([name, make]) => json(`/api/v2/${name}`, () => make(snapshot))),
    ...snapshot.incidents.map(({ id, comparison }) =>
      json(
        `/api/incidents/${encodeURIComponent(id)}/claim.json`,
        () => comparisonJson(snapshot, id) ?? {},
        comparison && comparisonKey(comparison),
      ),
    ),
    ...RANGES.flatMap(range => [
      ...site.components.map(one =>
        json(`/api/components/${one.id}/latency.json?range=${range}`, async () =>
          latencyJson(one, await readLatency(db, one.id, range, at)),
        ),
      ),
      ...site.metrics.map(one =>
        json(`/api/metrics/${one.id}.json?range=${range}`, async () =>
          metricJson(one, await readMetricSeries(db, one.id, range, at)),
        ),
      ),
    ]),
    json('/api/openapi.json', () => openapi(site)),
    ...PUBLIC_DOCUMENTS.flatMap(({ path, pathOfOne, query, make }) => {
      const ids = pathOfOne ? snapshot.components.map(({ component }) => component.id) : [];
      return [undefined, ...ids].flatMap(id => {
        const address = id === undefined ? path : (pathOfOne as string).replace('{component}', id);
        return (query ? BADGES : [undefined]).map(show =>
          file(show ? `${address}?show=${show}` : address, () => {
            const made = make(snapshot, id, show ?? 'status');
            return typeof made === 'string' ? made : jsonText(made);
          }),
        );
      });
    }),
  ];
}

/** The comparison of an old incident stays the same object, so it is hashed once. */
const comparisonKey = memoized((comparison: ReportedVsMeasured) => shortId(JSON.stringify(comparison)));
