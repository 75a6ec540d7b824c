// A file read again after it changed: what was told keeps its key.
import { type Incident, isOpen } from '../../model/incident.ts';
import type { Outcome } from '../../model/problem.ts';
import type { Millis } from '../../model/time.ts';
import { plainText } from '../../text/front-matter.ts';
import { readDateTime } from '../times/written-time.ts';
import { parseIncident } from './parse.ts';

/**
 * Parses a later version of a file: where nothing in it tells whether the newest stands above or below (all
 * sections in one minute), it is read so that the updates of the version before keep their keys.
 */
export function parseAfter(
  before: Incident | null,
  file: string,
  id: string,
  source: string,
): Outcome<Incident> {
  const read = parseIncident(file, id, source);
  if (!before || !read.value || !swaps(before, read.value)) return read;
  const turned = parseIncident(file, id, source, 'oldest first');
  return turned.value && !swaps(before, turned.value) ? turned : read;
}

/** Whether the words of an update stand under another ordinal of the same time now. */
function swaps(before: Incident, after: Incident): boolean {
  const named = new Map(after.updates.map(({ key, body }) => [key, body]));
  const said = new Set(after.updates.map(({ key, body }) => `${timeOf(key)}${body}`));
  return before.updates.some(({ key, body }) => said.has(`${timeOf(key)}${body}`) && named.get(key) !== body);
}

function timeOf(key: string): string {
  return key.slice(0, key.lastIndexOf('#') + 1);
}

/** A key of front matter, wherever it stands: above it may be what keeps the file from being read. */
const MEANT_AS_INCIDENT = /^[ \t\uFEFF]*["']?(title|status|severity|started|components)["']?[ \t]*:/im;

/** What is named after a day is meant to be one, too. */
const NAMED_AS_INCIDENT = /^\d{4}-?\d{2}-?\d{2}(?!\d)/;

/** A key of the front matter itself, and all of its value: what goes on below it is a part of it. */
const STATUS = /^(["']?)status\1[ \t]*:(.*(?:\n[ \t]+[^\s#].*)*)/gim;
const OVER = /^[ \t]*(["']?)(?:resolved|completed|postmortem)\1[ \t]*(?:[ \t]#.*)?$/i;

/** A file that tells of no outage, though the rest of it cannot be read. */
const MAINTENANCE = /^(["']?)scheduled_start\1[ \t]*:[ \t]*(?!null|~|#)\S/im;
const INCIDENT = /investigating|identified|monitoring/i;

/**
 * Whether a file of which no version could ever be read may be about something that is going on: it is meant to be
 * an incident, by its name (`20260310_api-down`) or by what stands in it, and its front matter does not say by a
 * `status` of its own, and by nothing else in that line, that it is over; an end that lies ahead of `now` has not
 * come. `null`: nobody knows what stands in it.
 */
export function mayBeOpen(id: string, text: string | null, now: Millis): boolean {
  if (text === null) return true;
  const top = plainText(text.slice(0, 10_000));
  if (!NAMED_AS_INCIDENT.test(id) && !MEANT_AS_INCIDENT.test(top)) return false;
  const keys = keysOf(top);
  const statuses = [...keys.matchAll(STATUS)].map(([, , value]) => value!);
  if (MAINTENANCE.test(keys) && !statuses.some(value => INCIDENT.test(value))) return false;
  const ends = [...keys.matchAll(/^[ \t]*["']?resolved["']?[ \t]*:[ \t]*["']?([^"'#\n]*)/gim)];
  // What stands on one side of a conflict alone is not settled.
  const isSaid = keys.replace(/^<{7}[\s\S]*?^>{7}.*$/gm, '').search(STATUS) >= 0;
  const isOver =
    isSaid && statuses.every(value => OVER.test(value)) && ends.every(([, end]) => hasCome(end!.trim(), now));
  return !isOver;
}

/** The lines of a front matter, well closed or not; empty where a file begins with none. */
function keysOf(top: string): string {
  const text = top.replace(/<!--[\s\S]*?(?:-->|$)/g, '').trimStart();
  if (!/^---[ \t]*(?:ya?ml)?[ \t]*\n/.test(text)) return '';
  const [, keys = '', body] = text.split(/^---.*$/m, 3);
  // Where nothing closes it, what stands below the first line that is no key may be anything.
  return body === undefined
    ? /^(?:["'\w-]+[ \t]*:.*\n?|[ \t]*[-#] .*\n?|[ \t]+\S.*\n?)*/.exec(keys.trimStart())![0]
    : keys;
}

/** Whether a version of a file that the page does not show is, or may be, about something that is going on. */
export function isOrMayBeOpen(id: string, text: string | null, now: Millis): boolean {
  const read = text === null ? null : parseIncident('', id, text).value;
  if (!read) return mayBeOpen(id, text, now);
  return isOpen(read) || (read.scheduled === null && (read.resolved ?? now) > now);
}

/** Whether the moment that a value names has come: no moment at all leaves it to the `status`. */
function hasCome(value: string, now: Millis): boolean {
  if (value === '' || /^(?:null|~)$/i.test(value)) return true;
  const at = readDateTime(value);
  return typeof at === 'number' && at <= now;
}
