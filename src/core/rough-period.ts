// How far apart a cron schedule's firings roughly lie: for judging gaps and rechecks, not for firing.
import { DAY, HOUR, MINUTE, type Millis, SECOND } from './time.ts';

/** Units of the cron fields second, minute, hour, and how many values each can take. */
const FIELDS: readonly (readonly [unit: Millis, values: number])[] = [
  [SECOND, 60],
  [MINUTE, 60],
  [HOUR, 24],
];

/**
 * The usual distance between two firings within the schedule's busy time, ms: `*\/5 9-17 * * *` is
 * 5 minutes. Anything rarer than daily counts as a week; unreadable fields count as "every".
 */
export function roughPeriod(cron: string): Millis {
  const fields = cron.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  for (const [i, [unit, values]] of FIELDS.entries()) {
    const firings = countFirings(fields[i] ?? '*', values);
    if (firings > 1) return Math.max(SECOND, Math.round((unit * values) / firings));
  }
  const daily = [3, 4, 5].every(i => /^[*?]/.test(fields[i] ?? '*'));
  return daily ? DAY : 7 * DAY;
}

/** How often a field would fire if its pattern filled its whole range: `9-17` counts like every hour. */
function countFirings(field: string, values: number): number {
  if (/^\d+$/.test(field)) return 1;
  const step = /\/(\d+)$/.exec(field);
  if (step) return Math.max(1, Math.ceil(values / Math.max(1, Number(step[1]))));
  const list = field.split(',');
  return list.length > 1 && list.every(part => /^\d+$/.test(part)) ? list.length : values;
}
