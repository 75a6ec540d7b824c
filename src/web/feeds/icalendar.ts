// iCalendar by hand (RFC 5545): its lines, times in a zone, and the definition of that zone.

import {
  changesOf,
  momentsAt,
  offsetAt,
  printOffset,
  wallTime,
  type ZoneChange,
} from '../../core/incidents/times/zone.ts';
import { DAY, MINUTE, type Millis } from '../../core/model/time.ts';

/** The document: lines of at most 75 octets, each ended with CRLF, the last one too. */
export function printLines(lines: readonly string[]): string {
  return lines.map(line => `${folded(line)}\r\n`).join('');
}

function folded(line: string): string {
  let text = '';
  let size = 0;
  for (const character of line) {
    const octets = Buffer.byteLength(character);
    if (size + octets > 75) {
      text += '\r\n ';
      size = 1;
    }
    text += character;
    size += octets;
  }
  return text;
}

/** A text as a value. */
export function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');
}

/** `DTSTAMP:20261123T020000Z` */
export function utcTime(name: string, at: Millis): string {
  return `${name}:${digits(at)}Z`;
}

/** `DTSTART;TZID=Europe/Berlin:20261123T030000`; in UTC if the zone is, or if the wall time exists twice. */
export function zonedTime(name: string, at: Millis, zone: string): string {
  const wall = wallTime(zone, at);
  return zone === 'UTC' || momentsAt(zone, wall).length > 1 ? utcTime(name, at) : wallClock(name, wall, zone);
}

/** The same of a wall time, whether it exists or not. */
export function wallClock(name: string, wall: Millis, zone: string): string {
  if (zone === 'UTC') return utcTime(name, wall);
  // A zone may be an offset, with a colon.
  return `${name};TZID=${zone.includes(':') ? `"${zone}"` : zone}:${digits(wall)}`;
}

/** `DURATION:PT90M` */
export function durationLine(length: Millis): string {
  return `DURATION:PT${Math.round(length / MINUTE)}M`;
}

function digits(at: Millis): string {
  return new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

/** How long a zone is defined beyond the last year asked for: calendars ask again long before. */
const YEARS_AHEAD = 10;

/** The VTIMEZONE of a zone, from the year of `start` until some years after that of `end`; none for UTC. */
export function zoneLines(zone: string, start: Millis, end: Millis): string[] {
  if (zone === 'UTC') return [];
  const first = Date.UTC(new Date(start).getUTCFullYear(), 0, 1) - DAY;
  const changes = changesOf(zone, first, Date.UTC(new Date(end).getUTCFullYear() + YEARS_AHEAD, 0, 1));
  const offset = offsetAt(zone, first);
  const groups = new Map<string, ZoneChange[]>();
  for (const change of changes) {
    const key = `${change.from} ${change.to}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    // The offset before the first change.
    ...observance({ at: first - offset, from: offset, to: offset }, []),
    ...[...groups.values()].flatMap(([one, ...more]) => observance(one as ZoneChange, more)),
    'END:VTIMEZONE',
  ];
}

/** One offset and the changes to it: by a yearly rule if there is one, as many programs read nothing else. */
function observance(first: ZoneChange, more: readonly ZoneChange[]): string[] {
  const { from, to } = first;
  const kind = to > from ? 'DAYLIGHT' : 'STANDARD';
  const walls = [first, ...more].map(({ at }) => at + from);
  // The first one again: ical.js, in Thunderbird, leaves it out where there is an RDATE.
  const rule = more.length > 0 ? yearlyRule(walls) : null;
  return [
    `BEGIN:${kind}`,
    `DTSTART:${digits(walls[0] as Millis)}`,
    `TZOFFSETFROM:${printOffset(from).replace(':', '')}`,
    `TZOFFSETTO:${printOffset(to).replace(':', '')}`,
    ...(rule ?? (more.length > 0 ? walls.map(wall => `RDATE:${digits(wall)}`) : [])),
    `END:${kind}`,
  ];
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** `RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`, if these wall times, one a year, follow such a rule. */
function yearlyRule(walls: readonly Millis[]): [string] | null {
  const dates = walls.map(wall => new Date(wall));
  const one = (values: readonly unknown[]) => new Set(values).size === 1;
  const isYearly = dates.every((date, index) => date.getUTCFullYear() === dates[0]!.getUTCFullYear() + index);
  const month = dates[0]!.getUTCMonth();
  const weekday = WEEKDAYS[dates[0]!.getUTCDay()];
  const isRegular = one(
    dates.map(date => [date.getUTCMonth(), date.getUTCDay(), date.toISOString().slice(11)].join()),
  );
  if (!isYearly || !isRegular) return null;
  const days = dates.map(date => date.getUTCDate());
  const lengths = dates.map(date => new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate());
  const fromStart = days.map(day => Math.ceil(day / 7));
  const fromEnd = days.map((day, index) => -Math.ceil((lengths[index]! - day + 1) / 7));
  // The last one of a month may also be the fourth in each of these years.
  const place = one(fromEnd) ? fromEnd[0] : one(fromStart) ? fromStart[0] : null;
  return place == null ? null : [`RRULE:FREQ=YEARLY;BYMONTH=${month + 1};BYDAY=${place}${weekday}`];
}
