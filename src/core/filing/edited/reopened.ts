// Reopens a machine's incident that is over, because a person wrote in it that it is not.
import { asOpen } from '../../incidents/file/edit.ts';
import { parseIncident } from '../../incidents/file/parse.ts';
import type { Millis } from '../../model/time.ts';
import { FLAP_WINDOW } from '../../model/transition.ts';

/**
 * The text of a machine's file with the front matter that a new section asks for: one with a status that is not resolved,
 * later than the end, that came into the file after that end. Also where an editor puts back the front matter of before.
 * The same text without such a section; where it is about more than half an hour ago, because that tells how it was; and
 * for a person's file, whose front matter is theirs. Null while the file cannot be read completely.
 * @param before the file as it was last seen
 */
export function withReopening(before: string, text: string, now: Millis): string | null {
  const [old, incident] = [before, text].map(one => parseIncident('', '', one).value);
  if (!incident || incident.isPartlyUnreadable) return null;
  const { openedBy, scheduled, resolved, updates } = incident;
  if (!old || openedBy === null || scheduled || resolved === null) return text;
  const hadEnd = old.updates.some(({ status, at }) => status === 'resolved' && at === resolved);
  const known = new Set(old.resolved === null ? [] : old.updates.flatMap(({ key, body }) => [key, body]));
  const end = updates.findLastIndex(({ status }) => status === 'resolved');
  const said = updates.slice(end + 1).filter(one => !one.inherits && !one.stray);
  const isNow = said.some(one => !known.has(one.key) && !known.has(one.body) && now - one.at <= FLAP_WINDOW);
  if (!hadEnd || !isNow) return text;
  const { status } = said.at(-1)!;
  const written = asOpen(text, status);
  return parseIncident('', '', written).value?.status === status ? written : text;
}
