// Imports Uptime Kuma: monitors, outages, measurements, notes and maintenance.
import { type Millis, parseInstant } from '../../model/time.ts';
import { ComponentIds, type ComponentName, type Imported, Remarks, uniqueIds } from '../imported.ts';
import { inGroup, kumaComponents } from './components.ts';
import { maintenanceOf } from './maintenances.ts';
import { measuredSpans } from './measured.ts';
import { kumaOutages, notesOf } from './outages.ts';
import type { KumaTables } from './tables.ts';

/** @param file the name of the database, for the report */
export function importUptimeKuma(tables: KumaTables, file: string, here: readonly ComponentName[]): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const unique = uniqueIds();
  const found = kumaComponents(tables, ids, file, remarks);
  const byMonitor = new Map(found.map(one => [one.monitor.id, one]));
  const idOf = new Map(found.map(({ monitor, id }) => [monitor.id, id]));
  const newest = Math.max(0, ...tables.lastBeats.map(({ time }) => parseInstant(time) ?? 0)) as Millis;
  const incidents = [
    ...tables.maintenances.flatMap(row => {
      const named = tables.maintained.filter(({ maintenance }) => maintenance === row.id);
      const components = [...new Set(named.flatMap(({ monitor }) => idsBelow(monitor, tables, idOf)))];
      return maintenanceOf(row, { file, zone: tables.zone, newest, components }, unique, remarks);
    }),
    ...notesOf(tables.notes, file, unique, remarks),
    ...kumaOutages(tables, byMonitor, file, unique, remarks),
  ];
  const [first, ...others] = tables.pages;
  if (others.length > 0)
    remarks.changed(file, `it has several status pages: their monitors are on one, called “${first!.title}”`);
  return {
    title: first?.title ?? null,
    timezone: tables.zone,
    addresses: tables.pages.flatMap(({ slug }) => (slug ? [`/status/${slug}`] : [])),
    components: found.map(({ monitor: _, ...component }) => component),
    named: ids.named,
    incidents,
    history: measuredSpans(tables, idOf, file, remarks),
    remarks: remarks.all,
  };
}

/** The component of a monitor, or those of the monitors below a group. */
function idsBelow(
  id: number,
  { monitors }: Pick<KumaTables, 'monitors'>,
  idOf: ReadonlyMap<number, string>,
): string[] {
  const monitor = monitors.find(one => one.id === id);
  const all = monitor?.type === 'group' ? inGroup(monitor, monitors) : [{ id }];
  return all.flatMap(one => idOf.get(one.id) ?? []);
}
