// Parses a changed file so that updates that are known keep their order.
import { type Incident, isOpen, type NamedAffected, reachedBy, timeInKey } from '../../model/incident.ts';
import type { Outcome } from '../../model/problem.ts';
import type { Millis } from '../../model/time.ts';
import { utf16Problem } from '../../text/encoding.ts';
import { withPlainLineEnds } from '../../text/front-matter.ts';
import { readDateTime } from '../times/written-time.ts';
import { parseIncident } from './parse.ts';
import { statusMeant } from './schema.ts';

/**
 * Parses a new version of a file. If the order of its sections is unclear (all in one minute), it takes the order in
 * which the updates of the previous version keep their keys.
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

/** Whether an update's text now has another number within the same time. */
function swaps(before: Incident, after: Incident): boolean {
  const named = new Map(after.updates.map(({ key, body }) => [key, body]));
  const said = new Set(after.updates.map(({ key, body }) => `${timeInKey(key)}#${body}`));
  return before.updates.some(
    ({ key, body }) => said.has(`${timeInKey(key)}#${body}`) && named.get(key) !== body,
  );
}

/** A key of our front matter, anywhere: something above may make the file unreadable. */
const MEANT_AS_INCIDENT = /^[ \t\uFEFF]*["']?(title|status|severity|started|components)["']?[ \t]*:/im;

/** A name that begins with a date is meant as an incident too. */
const NAMED_AS_INCIDENT = /^\d{4}-?\d{2}-?\d{2}(?!\d)/;

/** A key of the front matter with its value, continuation lines included. */
const STATUS = /^(["']?)status\1[ \t]*:(.*(?:\n[ \t]+[^\s#].*)*)/gim;

/** The window of a maintenance, even if the rest of the file cannot be read. */
const WINDOW = /^(["']?)scheduled_(start|end)\1[ \t]*:[ \t]*(?!null|~|#)["']?([^"'#\n]*\S)/gim;
const INCIDENT = /investigating|identified|monitoring/i;

/**
 * Whether a file that could never be parsed may be about something current. It must be meant as an incident, by its
 * name (`20260310_api-down`) or content, and must not clearly say that it is over: by a `status` line of its own, and
 * without an end in the future. A maintenance is current from its start to its end, where both can be read.
 * @param text null: unknown, so it may be.
 */
export function mayBeOpen(id: string, text: string | null, now: Millis): boolean {
  if (text === null) return true;
  const top = withPlainLineEnds(lettersOf(text).slice(0, 10_000));
  if (!NAMED_AS_INCIDENT.test(id) && !MEANT_AS_INCIDENT.test(top)) return false;
  const keys = keysOf(top);
  const statuses = [...keys.matchAll(STATUS)].map(([, , value]) => value!);
  const ends = [...keys.matchAll(/^[ \t]*["']?resolved["']?[ \t]*:[ \t]*["']?([^"'#\n]*)/gim)];
  // A status inside a conflict is not settled.
  const namesStatus = keys.replace(/^<{7}[\s\S]*?^>{7}.*$/gm, '').search(STATUS) >= 0;
  const isOver =
    namesStatus && statuses.every(saysOver) && ends.every(([, end]) => hasCome(end!.trim(), now));
  return !isOver && (statuses.some(value => INCIDENT.test(value)) || mayBeUnderWay(keys, now));
}

function saysOver(value: string): boolean {
  const word = value
    .replace(/[ \t]#.*/, '')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  return statusMeant(word, false) === 'resolved' || statusMeant(word, true) === 'completed';
}

/** Whether a file is no maintenance, or may be one under way. */
function mayBeUnderWay(keys: string, now: Millis): boolean {
  const window = new Map(
    [...keys.matchAll(WINDOW)].map(([, , edge, value]) => [edge!, readDateTime(value!)]),
  );
  const [start, end] = [window.get('start'), window.get('end')];
  if (typeof start !== 'number') return true;
  if (start > now) return false;
  const isRepeated = /^["']?rrule["']?[ \t]*:/im.test(keys);
  return isRepeated || typeof end !== 'number' || end <= start || end > now;
}

/** A list of components with its lines, in the front matter or below a heading. */
const LISTED = /^[ \t]*["']?(?:components?|affected)["']?[ \t]*:(.*(?:\n(?:[ \t]+|-[ \t]).*)*)/gim;
const TITLE = /^["']?title["']?[ \t]*:[ \t]*(\S.*)$/im;

/**
 * The ids of the components that a file names which cannot be read: all that it lists, by id or name, or else those
 * that its title reaches. None if neither can be read.
 * @param text null: unknown.
 */
export function namedInText(text: string | null, components: readonly NamedAffected[]): readonly string[] {
  const plain = withPlainLineEnds(lettersOf(text ?? ''));
  const lists = [...plain.matchAll(LISTED)].map(([, value]) => value!.replace(/(?:^|\s)#.*$/gm, ''));
  const [, title] = TITLE.exec(plain) ?? [];
  if (lists.every(list => list.trim() === '')) {
    const scheduled = /^["']?scheduled_/im.test(plain) ? { start: 0, end: 0 } : null;
    return title === undefined
      ? []
      : reachedBy({ title, components: null, scheduled }, components).map(({ id }) => id);
  }
  const words = lists.flatMap(list =>
    list.split(/[,[\]{}"':\n]|(?<!\S)-\s/).map(word => word.trim().toLowerCase()),
  );
  const named = new Set(words);
  const isNamed = ({ id, name }: NamedAffected) =>
    [id, name.trim(), 'all'].some(word => named.has(word.toLowerCase()));
  return components.filter(isNamed).map(({ id }) => id);
}

/** What can be read of a text in another encoding. */
function lettersOf(text: string): string {
  return utf16Problem(text, '') ? text.slice(0, 20_000).replace(/^\uFFFD+|\0/g, '') : text;
}

/** Whether a file whose name is not that of an incident begins with a front matter that has a title. */
export function hasTitle(text: string): boolean {
  return /^["']?title["']?[ \t]*:/im.test(keysOf(withPlainLineEnds(lettersOf(text).slice(0, 10_000))));
}

/** The lines of the front matter, closed or not; empty when the file does not begin with one. */
function keysOf(top: string): string {
  const text = top.replace(/<!--[\s\S]*?(?:-->|$)/g, '').trimStart();
  if (!/^---[ \t]*(?:ya?ml)?[ \t]*\n/.test(text)) return '';
  const [, keys = '', body] = text.split(/^---.*$/m, 3);
  // When it is not closed, it ends at the first line that is no key.
  return body === undefined
    ? /^(?:["'\w-]+[ \t]*:.*\n?|[ \t]*[-#] .*\n?|[ \t]+\S.*\n?)*/.exec(keys.trimStart())![0]
    : keys;
}

/** Whether a version of a file that the page does not show is, or may be, about something current. */
export function isOrMayBeOpen(id: string, text: string | null, now: Millis): boolean {
  const read = text === null ? null : parseIncident('', id, text).value;
  if (!read) return mayBeOpen(id, text, now);
  return isOpen(read) || (read.scheduled === null && (read.resolved ?? now) > now);
}

/** Whether the time in a value has passed; true without a time, as then the `status` decides. */
function hasCome(value: string, now: Millis): boolean {
  if (value === '' || /^(?:null|~)$/i.test(value)) return true;
  const at = readDateTime(value);
  return typeof at === 'number' && at <= now;
}
