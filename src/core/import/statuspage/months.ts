// `history.json` of a Statuspage: each incident with its last words and its times as the page prints them.
import { iso } from '../../model/time.ts';
import type { Remarks } from '../imported.ts';

interface ListedIncident {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
  readonly impact?: unknown;
  readonly timestamp?: unknown;
}

/** The incidents of all months, as the API would answer them. */
export function incidentsOfMonths(months: unknown, file: string, remarks: Remarks): object[] {
  if (!Array.isArray(months)) return [];
  const found = months.flatMap((month: { year?: unknown; incidents?: unknown } | null) =>
    Array.isArray(month?.incidents)
      ? (month.incidents as ListedIncident[]).flatMap(one =>
          incidentOf(one, Number(month.year), file, remarks),
        )
      : [],
  );
  if (found.length > 0)
    remarks.changed(
      file,
      'it has the last words of each incident, not its updates: for these save /api/v2/incidents/ID.json of each',
    );
  return found;
}

function incidentOf(listed: ListedIncident | null, year: number, file: string, remarks: Remarks): object[] {
  const { code, name, message, impact, timestamp } = listed ?? {};
  const times = timesOf(String(timestamp), year);
  if (typeof code !== 'string' || !times) {
    remarks.wrong(
      file,
      `“${String(name ?? code)}” cannot be read: its time is “${withoutTags(String(timestamp))}”`,
    );
    return [];
  }
  if (!times.isZoneKnown) remarks.changed(file, 'times in zones that only this page knows are read as UTC');
  const [start, end] = [iso(times.start), iso(times.end)];
  const isWork = impact === 'maintenance';
  const status = isWork ? 'completed' : 'resolved';
  return [
    {
      ...{ id: code, name, impact, status },
      ...{ created_at: start, started_at: start, resolved_at: end },
      ...(isWork ? { scheduled_for: start, scheduled_until: end } : {}),
      incident_updates: [{ status, body: message, created_at: end }],
    },
  ];
}

const TIMES =
  /^([a-z]{3,9})\.? +(\d{1,2}), +(\d{1,2}:\d{2}(?: ?[ap]m)?)(?: *[-–] *(?:([a-z]{3,9})\.? +(\d{1,2}), +)?(\d{1,2}:\d{2}(?: ?[ap]m)?))?(?: +([A-Z]{2,5}|[+-]\d{2}:?\d{2}))?$/i;
/** Those that JavaScript reads too. */
const KNOWN_ZONES = /^(?:UTC|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})$/;

/** `Mar <var>5</var>, <var>10:00</var> - <var>12:00</var> UTC`; the year is that of the month in which it ends. */
function timesOf(
  timestamp: string,
  year: number,
): { readonly start: number; readonly end: number; readonly isZoneKnown: boolean } | null {
  const [, month, day, from, lastMonth, lastDay, until, zone = 'UTC'] =
    TIMES.exec(withoutTags(timestamp)) ?? [];
  if (month === undefined) return null;
  const isZoneKnown = KNOWN_ZONES.test(zone);
  const at = (one: string, date: string, time: string, of: number) =>
    Date.parse(`${one.slice(0, 3)} ${date} ${of} ${time} ${isZoneKnown ? zone : 'UTC'}`);
  const end = at(lastMonth ?? month, lastDay ?? day!, until ?? from!, year);
  const begun = (of: number) => at(month, day!, from!, of);
  const start = begun(year) > end ? begun(year - 1) : begun(year);
  return Number.isFinite(start) && Number.isFinite(end) ? { start, end, isZoneKnown } : null;
}

function withoutTags(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
