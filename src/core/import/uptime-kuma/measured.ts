// Uptime Kuma's heartbeats as measurements of ten minutes, hours and days.
import { type Millis, parseInstant, SECOND } from '../../model/time.ts';
import { withEqualValues } from '../../monitoring/ddsketch.ts';
import { EMPTY_ROLLUP, type Rollup, SPAN_LENGTH } from '../../monitoring/rollup.ts';
import type { ImportedSpan, Remarks } from '../imported.ts';
import type { KumaTables, MeasuredRow, StatRow } from './tables.ts';

/**
 * Version 2 keeps the heartbeats of a day and, of older ones, those that changed something; its statistics say more then.
 * So of the two, what counted more checks is taken for each period.
 * @param componentOf the component of a monitor; undefined: it is not taken
 */
export function measuredSpans(
  { monitors, measured, stats }: Pick<KumaTables, 'monitors' | 'measured' | 'stats'>,
  componentOf: ReadonlyMap<number, string>,
  file: string,
  remarks: Remarks,
): ImportedSpan[] {
  const intervals = new Map(monitors.map(({ id, interval }) => [id, interval]));
  const found = new Map<string, ImportedSpan>();
  const put = (
    monitor: number,
    at: Omit<ImportedSpan, 'component' | 'rollup'>,
    grow: (before: Rollup) => Rollup,
  ) => {
    const component = componentOf.get(monitor);
    if (component === undefined) return;
    const key = `${component} ${at.span} ${at.start}`;
    const rollup = grow(found.get(key)?.rollup ?? EMPTY_ROLLUP);
    found.set(key, { component, ...at, rollup });
  };
  for (const row of measured) {
    const start = startOf(row.period);
    if (start !== null) put(row.monitor, { span: row.span, start }, before => withBeats(before, row));
  }
  let isRough = false;
  for (const row of stats) {
    const seconds = intervals.get(row.monitor_id) ?? 0;
    const known = row.up + row.down;
    put(row.monitor_id, { span: row.span, start: row.timestamp * SECOND }, before => {
      if (before.checks >= known) return before;
      isRough ||= row.up > 0;
      return ofStat(row, seconds);
    });
  }
  if (isRough)
    remarks.changed(
      file,
      'of older response times only averages are kept there: percentiles of those periods are the average',
    );
  return [...found.values()].filter(({ rollup }) => rollup.checks > 0);
}

/** The beginning of a period as the database names it; null for a time that cannot be read. */
function startOf(period: string): Millis | null {
  if (period.length === 10) return parseInstant(period);
  return parseInstant(period.length === 13 ? `${period}:00` : `${period}0`);
}

function withBeats(before: Rollup, { span, ok, ping, beats, seconds }: MeasuredRow): Rollup {
  const counted = {
    ...before,
    checks: before.checks + beats,
    ok: before.ok + (ok ? beats : 0),
    observed: Math.min(SPAN_LENGTH[span], before.observed + seconds * SECOND),
  };
  return ping === null || !ok ? counted : withTimes(counted, [ping, ping, ping], beats);
}

function ofStat({ span, up, down, ping, ping_min, ping_max }: StatRow, interval: number): Rollup {
  const counted = {
    ...EMPTY_ROLLUP,
    checks: up + down,
    ok: up,
    observed: Math.min(SPAN_LENGTH[span], (up + down) * interval * SECOND),
  };
  // Kuma has 0 where nothing was measured, as of heartbeats that a job sends.
  return up === 0 || ping <= 0 ? counted : withTimes(counted, [ping_min || ping, ping, ping_max || ping], up);
}

function withTimes(
  before: Rollup,
  [least, average, most]: readonly [Millis, Millis, Millis],
  times: number,
): Rollup {
  return {
    ...before,
    sum: before.sum + Math.round(average * times),
    min: Math.min(before.min ?? least, least),
    max: Math.max(before.max ?? most, most),
    sketch: withEqualValues(before.sketch, average, times),
  };
}
