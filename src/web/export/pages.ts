// The pages of the static copy: which there are, how each is made, and the key that shows whether one changed.
import { incidentPath } from '../../core/model/incident.ts';
import { memoized } from '../../core/model/memo.ts';
import type { Site } from '../../core/model/site.ts';
import { utcDay } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import { RANGES, type Range } from '../../core/monitoring/rollup.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../../store/db/database.ts';
import type { PageRequest } from '../page/context.ts';
import { beginning, isOver } from '../page/parts/incidents.ts';
import { neighboursOf } from '../page/parts/order.ts';
import { readLatency, readMetricSeries } from '../page/series.ts';
import type { Pages } from '../pages.ts';

interface CopyPage {
  readonly path: string;
  /** Changes when the page changes other than in its time; null for a page that is always made again. */
  readonly key: string | null;
  readonly make: (request: PageRequest) => string | null | Promise<string | null>;
}

/** The front page comes last: while the copy is being written, everything it links to exists. */
export function copyPages(snapshot: Snapshot, pages: Pages, db: Db | null): CopyPage[] {
  const { site, at, overall } = snapshot;
  const anew = (path: string, make: CopyPage['make']): CopyPage => ({ path, key: null, make });
  const ranged = (path: string, make: (request: PageRequest, range: Range) => Promise<string | null>) =>
    RANGES.map(range =>
      anew(range === '24h' ? path : `${path}?range=${range}`, request => make(request, range)),
    );
  const calm = `${serialOf(site)} ${overall.state}`;
  return [
    ...permalinks(snapshot, pages),
    ...months(snapshot, pages, calm),
    anew('/status/uptime', pages.uptime),
    anew('/status/history', request => pages.history(request, null)),
    ...site.metrics.flatMap(({ id }) =>
      ranged(`/status/metrics/${id}`, async (request, range) =>
        pages.metric(request, id, await readMetricSeries(db, id, range, at)),
      ),
    ),
    ...site.components.flatMap(({ id }) =>
      ranged(`/status/components/${id}`, async (request, range) =>
        pages.component(request, id, await readLatency(db, id, range, at)),
      ),
    ),
    { path: '/api', key: calm, make: pages.api },
    anew('/status/widget', pages.widget),
    anew('/status/live', pages.live),
    anew('/', pages.live),
  ];
}

function permalinks(snapshot: Snapshot, pages: Pages): CopyPage[] {
  const counted = countedOf(snapshot);
  return [...snapshot.incidents, ...snapshot.maintenances].map(incident => {
    const { id } = incident;
    return {
      path: incidentPath(id),
      // An open incident shows its duration, so it has no key.
      key: isOver(incident) ? permalinkKey(incident, snapshot, counted.get(id)) : null,
      make: request => pages.incident(request, id),
    };
  });
}

const permalinkKeys = new WeakMap<
  IncidentView,
  { readonly parts: readonly unknown[]; readonly key: string }
>();

/** The hashes of ten thousand old incidents are cached by object. */
function permalinkKey(incident: IncidentView, snapshot: Snapshot, counted: string | undefined): string {
  const beside = neighboursOf(incident, snapshot);
  const parts = [snapshot.site, counted, ...beside];
  const known = permalinkKeys.get(incident);
  if (known?.parts.every((part, index) => part === parts[index])) return known.key;
  const titles = beside.map(one => one && `${one.id} ${one.title}`);
  const key = shortId(JSON.stringify([serialOf(snapshot.site), printOf(incident), counted, ...titles]));
  permalinkKeys.set(incident, { parts, key });
  return key;
}

function months(snapshot: Snapshot, pages: Pages, calm: string): CopyPage[] {
  const entries = new Map<string, IncidentView[]>([[monthOf(snapshot.at), []]]);
  for (const one of [...snapshot.incidents, ...snapshot.maintenances]) {
    const month = monthOf(beginning(one));
    const there = entries.get(month);
    if (there) there.push(one);
    else entries.set(month, [one]);
  }
  const list = [...entries].map(([month, { length }]) => `${month} ${length}`).sort();
  return [...entries].map(([month, shown]) => ({
    path: `/status/history/${month}`,
    key: shown.every(isOver) ? shortId(JSON.stringify([calm, list, shown.map(printOf)])) : null,
    make: request => pages.history(request, month),
  }));
}

function monthOf(at: number): string {
  return utcDay(at).slice(0, 7);
}

/** The downtime traced to each incident; it shrinks as the incident leaves the uptime window. */
function countedOf({ components }: Snapshot): Map<string, string> {
  const counted = new Map<string, string>();
  for (const { component, uptime } of components) {
    for (const { incident, start, end, weight } of uptime.intervals) {
      const before = (incident !== null && counted.get(incident)) || '';
      if (incident !== null && weight > 0) counted.set(incident, `${before}${component.id} ${end - start},`);
    }
  }
  return counted;
}

/** All fields of an incident except its rendered markdown, which would have to be rendered first. */
const printOf = memoized((incident: IncidentView) => {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(incident));
  return shortId(JSON.stringify(fields.map(([name, { value }]) => [name, value])));
});

let serial = 0;
/** Another site changes every page. */
const serialOf = memoized((_: Site) => ++serial);
