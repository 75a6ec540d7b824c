// Uptime Kuma's maintenance: a plan for each strategy, with a rule where it repeats.
import { isZone, momentAt, wallTime } from '../../incidents/times/zone.ts';
import {
  DAY,
  HOUR,
  iso,
  MINUTE,
  type Millis,
  parseInstant,
  SECOND,
  startOfUtcDay,
} from '../../model/time.ts';
import { type ImportedIncident, incidentId, printImported, type Remarks } from '../imported.ts';
import { type RuleOfDays, ruleOfDays } from './repetition.ts';
import type { MaintenanceRow } from './tables.ts';

interface Around {
  readonly file: string;
  /** The server's time zone; null: not set. */
  readonly zone: string | null;
  /** The last heartbeat in the file, epoch ms: a repetition without a beginning begins then. */
  readonly newest: Millis;
  readonly components: readonly string[];
}

/** The file of a maintenance. It is written as `scheduled`: the clock says how far it is. */
export function maintenanceOf(
  row: MaintenanceRow,
  { file, zone, newest, components }: Around,
  unique: (id: string) => string,
  remarks: Remarks,
): ImportedIncident[] {
  const where = `the maintenance “${row.title}” (${row.id})`;
  const own = row.timezone && row.timezone !== 'SAME_AS_SERVER' ? row.timezone : (zone ?? 'UTC');
  const plan = isZone(own) ? planOf(row, own, newest) : `its time zone “${own}” is not known`;
  if (typeof plan === 'string') {
    remarks.leftOut(file, `${where}: ${plan}`);
    return [];
  }
  if (components.length === 0)
    remarks.changed(file, `${where}: it names no monitor that is taken, so it covers no component`);
  const source = `uptime-kuma:maintenance-${row.id}`;
  const text = printImported(source, {
    title: row.title,
    status: 'scheduled',
    severity: null,
    started: plan.start,
    scheduled: { start: plan.start, end: plan.end },
    ...(plan.rrule ? { rrule: plan.rrule, timezone: own } : {}),
    components,
    message: row.description.trim() || 'Scheduled.',
  });
  return [{ file, source, id: unique(incidentId(plan.start, row.title)), text }];
}

/** Epoch ms. */
interface Plan {
  readonly start: Millis;
  readonly end: Millis;
  readonly rrule?: string;
}

/** The plan of a maintenance, or why there is none. Its dates are wall times of its zone. */
function planOf(row: MaintenanceRow, zone: string, newest: Millis): Plan | string {
  if (!row.active) return 'it is switched off';
  if (row.strategy === 'manual') return 'it is switched on by hand and has no times: use `maintenance new`';
  const [from, to] = [row.start_date, row.end_date].map(text =>
    text ? parseInstant(text) : null,
  ) as (Millis | null)[];
  if (row.strategy === 'single') {
    if (from == null || to == null) return 'it has no start and end';
    const [start, end] = [momentAt(zone, from), momentAt(zone, to)];
    return end > start ? { start, end } : 'it ends before it begins';
  }
  const repetition = ruleOfDays(row);
  if (repetition === null) return `it repeats in a way that no rule says (${row.cron || row.strategy})`;
  const length = lengthOf(row, repetition);
  if (length <= 0) return 'its times cannot be read';
  const wall = firstOf(repetition, from ?? wallTime(zone, newest));
  if (wall === null || (to != null && to < wall)) return 'it never begins';
  const until = to == null ? '' : `;UNTIL=${iso(momentAt(zone, to)).replace(/[-:]/g, '')}`;
  const start = momentAt(zone, wall);
  return { start, end: start + length, rrule: repetition.rrule + until };
}

/** How long each occurrence is; 0: not known. */
function lengthOf({ strategy, end_time, duration }: MaintenanceRow, { at }: RuleOfDays): Millis {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(end_time ?? '') ?? [];
  if (strategy === 'cron' || hours === undefined) return (duration ?? 0) * SECOND;
  const end = Number(hours) * HOUR + Number(minutes) * MINUTE;
  // One that ends before it begins ends on the next day.
  return end - at + (end < at ? DAY : 0);
}

/** More days than any rule skips: a 31st is at most two months away. */
const MAX_DAYS = 400;

/** The wall time of the first occurrence at or after `from`; null if there is none. */
function firstOf({ at, isOn }: RuleOfDays, from: Millis): Millis | null {
  const first = startOfUtcDay(from);
  for (let day = first; day < first + MAX_DAYS * DAY; day += DAY)
    if (day + at >= from && isOn(day)) return day + at;
  return null;
}
