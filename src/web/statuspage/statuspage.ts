// The public API v2 of Atlassian Statuspage, field for field, as pure functions of the Snapshot.
import { isOpen, keyOf } from '../../core/model/incident.ts';
import { isoMillis, startOfUtcDay } from '../../core/model/time.ts';
import { idAtFormerName } from '../../core/page/former-paths.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { IncidentRow } from './bodies.ts';
import { componentRows, lastMoment, listComponents } from './components.ts';
import { PAGE_ID, stableId } from './ids.ts';
import { incidentRow } from './incidents.ts';
import { pageStatus } from './status.ts';

/** How many incidents or maintenances a list contains, as on Statuspage. */
const NEWEST = 50;

/** Path after `/api/v2/` → its body. Every body begins with `page`. */
export const STATUSPAGE: Readonly<Record<string, (snapshot: Snapshot) => object>> = {
  'summary.json': snapshot => ({
    page: page(snapshot),
    components: componentRows(snapshot),
    incidents: rows(snapshot, snapshot.incidents.filter(isOpen)),
    scheduled_maintenances: rows(snapshot, snapshot.maintenances.filter(isAhead)),
    status: pageStatus(snapshot.overall),
  }),
  'status.json': snapshot => ({ page: page(snapshot), status: pageStatus(snapshot.overall) }),
  'components.json': snapshot => ({ page: page(snapshot), components: componentRows(snapshot) }),
  'incidents.json': snapshot => incidents(snapshot, snapshot.incidents.slice(0, NEWEST)),
  'incidents/unresolved.json': snapshot => incidents(snapshot, snapshot.incidents.filter(isOpen)),
  'scheduled-maintenances.json': snapshot => maintenances(snapshot, (_, index) => index < NEWEST),
  'scheduled-maintenances/upcoming.json': snapshot =>
    maintenances(snapshot, ({ state }) => state === 'scheduled'),
  'scheduled-maintenances/active.json': snapshot =>
    maintenances(snapshot, ({ state }) => state === 'in_progress' || state === 'verifying'),
};

/** The incident that a name means: its file's id, that of `/api/v2`, or a former one (`aliases:`). */
export function incidentNamed(snapshot: Snapshot, name: string): IncidentView | undefined {
  const all = [...snapshot.incidents, ...snapshot.maintenances];
  const former = idAtFormerName(snapshot, name);
  return (
    all.find(({ id }) => id === name) ??
    all.find(one => stableId('incident', keyOf(one)) === name) ??
    all.find(({ id }) => id === former)
  );
}

/** The body of `incidents/CODE.json`, as on Statuspage; null if there is no such incident (`incidentNamed`). */
export function oneIncident(snapshot: Snapshot, code: string): object | null {
  const found = incidentNamed(snapshot, code);
  return found ? { page: page(snapshot), incident: rows(snapshot, [found])[0] } : null;
}

function incidents(snapshot: Snapshot, chosen: readonly IncidentView[]) {
  return { page: page(snapshot), incidents: rows(snapshot, chosen) };
}

function maintenances(snapshot: Snapshot, isChosen: (one: IncidentView, index: number) => boolean) {
  const scheduled_maintenances = rows(snapshot, snapshot.maintenances.filter(isChosen));
  return { page: page(snapshot), scheduled_maintenances };
}

function rows(snapshot: Snapshot, chosen: readonly IncidentView[]): IncidentRow[] {
  const components = listComponents(snapshot);
  return chosen.map(incident => incidentRow(incident, snapshot, components));
}

/** summary.json lists what is planned or in progress. */
function isAhead({ state }: IncidentView): boolean {
  return state !== 'completed';
}

/**
 * `updated_at` is the time of the last change on the page, not of the Snapshot: the same content must give the same
 * bytes, so that caches work.
 */
function page(snapshot: Snapshot) {
  const moments = [...snapshot.incidents, ...snapshot.maintenances]
    .map(incident => lastMoment(incident, snapshot.at))
    .concat(snapshot.components.map(view => view.since ?? 0))
    .filter(moment => moment <= snapshot.at);
  const updated = moments.reduce((a, b) => Math.max(a, b), 0) || startOfUtcDay(snapshot.at);
  return {
    id: PAGE_ID,
    name: snapshot.site.title,
    url: snapshot.site.url,
    // Statuspage writes the zone database's name for UTC.
    time_zone: snapshot.site.timezone === 'UTC' ? 'Etc/UTC' : snapshot.site.timezone,
    updated_at: isoMillis(updated),
  };
}
