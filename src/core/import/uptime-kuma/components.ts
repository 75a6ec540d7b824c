// Uptime Kuma's monitors as components: those on its status pages, in their order and groups.
import { SECOND } from '../../model/time.ts';
import { cronOf, soundCheck } from '../foreign-checks.ts';
import type { ComponentIds, EntryRemarks, ImportedComponent, Remarks } from '../imported.ts';
import { makeHide } from '../secrets.ts';
import { checkOf } from './checks.ts';
import type { KumaTables, MonitorRow } from './tables.ts';

export interface KumaComponent extends ImportedComponent {
  readonly monitor: MonitorRow;
}

type MonitorTables = Pick<KumaTables, 'monitors' | 'shown' | 'labels'>;

/** Without monitors on a status page, all are taken. Others are nobody's business outside: they are said. */
export function kumaComponents(
  { monitors, shown, labels }: MonitorTables,
  ids: ComponentIds,
  file: string,
  remarks: Remarks,
): KumaComponent[] {
  const byId = new Map(monitors.map(one => [one.id, one]));
  const groups = new Map(shown.map(({ monitor, group }) => [monitor, group]));
  const isGroup = ({ type }: MonitorRow) => type === 'group';
  const order = [...new Set(shown.map(({ monitor }) => monitor))].flatMap(id => byId.get(id) ?? []);
  // A group on a page shows its state: those in it are the components.
  const listed = order.flatMap(one => (isGroup(one) ? inGroup(one, monitors) : [one]));
  const taken = new Set(listed.length > 0 ? listed : monitors.filter(one => !isGroup(one)));
  for (const one of monitors)
    if (!taken.has(one) && !isGroup(one))
      remarks.leftOut(
        file,
        `the monitor “${one.name}” (${one.id}), which is on no published status page there: show it on one and import again, or add it to status.yaml`,
      );
  // Uptime Kuma shows them to its admins alone.
  if ([...taken].some(({ description }) => description?.trim()))
    remarks.leftOut(file, 'the descriptions of its monitors: visitors do not see them there');
  const names = new Set<string>();
  return [...taken].map(monitor => {
    const say = remarks.about(file, `${monitor.name} (${monitor.id})`);
    const plain = monitor.name.trim() || `Monitor ${monitor.id}`;
    const name = names.has(plain.toLowerCase()) ? `${plain} (${monitor.id})` : plain;
    if (name !== plain) say.changed(`another monitor has this name: the component is called “${name}”`);
    names.add(plain.toLowerCase());
    const label = labels.filter(one => one.monitor === monitor.id).map(({ value }) => value);
    return {
      id: ids.of(name, String(monitor.id)),
      name,
      group: groups.get(monitor.id) ?? pathOf(monitor, byId),
      ...checking(monitor, say),
      match: [...new Set([String(monitor.id), plain, ...label])],
      monitor,
    };
  });
}

/** A monitor's check, how often it runs, and when its result counts. */
function checking(
  monitor: MonitorRow,
  say: EntryRemarks,
): Pick<ImportedComponent, 'check' | 'schedule' | 'detect'> {
  const made = checkOf(monitor, say, makeHide(`KUMA_${monitor.id}`, say));
  if (typeof made === 'string') {
    const instead = monitor.active ? '; the webhook of Uptime Kuma can report it' : '';
    say.changed(`${made}: its check becomes manual${instead}`);
    return {};
  }
  // The address of a database is a variable, so there is nothing to judge.
  const check = made.type === 'database' ? made : soundCheck(made, say);
  if (check.type === 'manual' || check.type === 'heartbeat') return { check };
  const { cron, period } = cronOf(monitor.interval * SECOND);
  if (period !== monitor.interval * SECOND)
    say.changed(`every ${monitor.interval} s becomes \`${cron}\`, the nearest schedule`);
  return {
    check,
    ...(cron === '* * * * *' ? {} : { schedule: cron }),
    // There, one good heartbeat ends an outage.
    detect: { failures: (monitor.maxretries ?? 0) + 1, recoveries: 1 },
  };
}

/** The monitors below a group, those of groups in it included. */
export function inGroup(group: MonitorRow, monitors: readonly MonitorRow[], depth = 0): MonitorRow[] {
  if (depth > MAX_DEPTH) return [];
  return monitors
    .filter(({ parent }) => parent === group.id)
    .flatMap(one => (one.type === 'group' ? inGroup(one, monitors, depth + 1) : [one]));
}

const MAX_DEPTH = 20;

/** The names of the groups around a monitor, as Kuma writes them; null: it is in none. */
function pathOf({ parent }: MonitorRow, byId: ReadonlyMap<number, MonitorRow>): string | null {
  const names: string[] = [];
  let at = parent ? byId.get(parent) : undefined;
  while (at && names.length < MAX_DEPTH) {
    names.unshift(at.name);
    at = at.parent ? byId.get(at.parent) : undefined;
  }
  return names.length > 0 ? names.join(' / ') : null;
}
