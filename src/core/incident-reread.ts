// A file read again after it changed: what was told keeps its key.
import { type Incident, isOpen } from './incident.ts';
import { parseIncident } from './incident-file.ts';
import type { Outcome } from './problem.ts';
import type { Millis } from './time.ts';
import { readDateTime } from './written-time.ts';

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

/** A file that tells of no outage, though the rest of it cannot be read. */
const MAINTENANCE = /^[ \t]*["']?scheduled_start\b/im;

/**
 * Whether a file of which no version could ever be read may be about something that is going on: it is meant to be
 * an incident, by its name (`20260310_api-down`) or by what stands in it, and does not say by its `status` that it is
 * over; an end that lies ahead of `now` has not come. `null`: nobody knows what stands in it.
 */
export function mayBeOpen(id: string, text: string | null, now: Millis): boolean {
  if (text === null) return true;
  const top = text.slice(0, 10_000);
  if (!/^\d{8}_/.test(id) && !MEANT_AS_INCIDENT.test(top)) return false;
  // The keys end at the second line of dashes; below it anything may stand.
  const keys = top.split(/^---[ \t]*\r?$/m, 2).join('\n');
  const statuses = [...keys.matchAll(/^[ \t]*["']?status["']?[ \t]*:[ \t]*["']?([\w-]*)/gim)];
  const ends = [...keys.matchAll(/^[ \t]*["']?resolved["']?[ \t]*:[ \t]*["']?([^"'#\r\n]*)/gim)];
  const isOver =
    statuses.length > 0 &&
    statuses.every(([, word]) => /^(resolved|completed|postmortem)$/i.test(word!)) &&
    ends.every(([, end]) => hasCome(end!.trim(), now));
  return !isOver && !MAINTENANCE.test(keys);
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
