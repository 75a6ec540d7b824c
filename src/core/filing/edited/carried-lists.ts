// Carries what an operator changes in a list of affected components into the later lists: each of those names all that
// are affected from its time on, so that the change would end there.

import { cutFile, joinFile, setValues } from '../../incidents/file/edit.ts';
import { readMoments } from '../../incidents/file/moments.ts';
import { parseIncident } from '../../incidents/file/parse.ts';
import { cutSections } from '../../incidents/file/timeline.ts';
import { yamlList } from '../../incidents/file/yaml-values.ts';
import {
  type Affected,
  type Incident,
  type IncidentUpdate,
  meansAll,
  reachedBy,
} from '../../model/incident.ts';

type Components = readonly { readonly id: string; readonly name: string }[];

/** One list of a file: of the front matter (`update` null), or of a section. */
interface List {
  readonly update: IncidentUpdate | null;
  readonly list: readonly Affected[];
}

/**
 * The text of a file in which the changes of its lists, since an earlier version, also stand in the later lists that said
 * the same of the component before; the same text where there are none. A list that is new since then is the newest word.
 * `unwritten`: the list that should stand in the newest section, which cannot be edited safely. Null while the file
 * cannot be read completely.
 * @param mayEdit whether a section's list may be changed
 */
export function withCarried(
  before: string,
  text: string,
  components: Components,
  mayEdit: (update: IncidentUpdate) => boolean,
): { readonly text: string; readonly unwritten?: readonly Affected[] } | null {
  const [old, now] = [before, text].map(one => parseIncident('', '', one).value);
  if (!now || now.isPartlyUnreadable) return null;
  if (!old || now.scheduled || old.scheduled) return { text };
  const wanted = wantedLists(listsIn(old, components), listsIn(now, components), components, mayEdit);
  const changed = [...wanted].filter(([{ list }, want]) => !isSame(list, want));
  if (changed.length === 0) return { text };
  let edited: string | null = text;
  for (const [{ update }, want] of changed) edited = edited && withList(edited, update!, want);
  if (edited !== null) return { text: edited };
  const [last, want] = [...wanted].at(-1)!;
  return isSame(last.list, want) ? { text } : { text, unwritten: want };
}

function listsIn(incident: Incident, components: Components): List[] {
  const sections = incident.updates.flatMap(update =>
    update.change?.components ? [{ update, list: update.change.components }] : [],
  );
  return [{ update: null, list: incident.components ?? reachedBy(incident, components) }, ...sections];
}

/** Each list of the new version, in order of time, as it should be. */
function wantedLists(
  before: readonly List[],
  after: readonly List[],
  components: Components,
  mayEdit: (update: IncidentUpdate) => boolean,
): ReadonlyMap<List, readonly Affected[]> {
  const earlier = new Map(after.map(one => [one, before.find(other => isSameSection(one, other))]));
  const wanted = new Map(after.map(one => [one, one.list]));
  for (const [place, one] of after.entries()) {
    const was = earlier.get(one);
    const ids = was ? new Set([...was.list, ...one.list].map(({ id }) => id)) : [];
    for (const id of ids) {
      const [from, to] = [statusIn(was!.list, id), statusIn(one.list, id)];
      if (from === to) continue;
      for (const later of after.slice(place + 1)) {
        const known = earlier.get(later);
        const isLike = known && saysLike(statusIn(known.list, id), from, to);
        const isTheirs = known && statusIn(known.list, id) !== statusIn(later.list, id);
        if (!isLike || isTheirs || !mayEdit(later.update!)) break;
        wanted.set(later, withStatusOf(wanted.get(later)!, id, to, components));
      }
    }
  }
  return wanted;
}

/** Whether a later list said of a component what the changed one said; of one taken off, only that it is affected. */
function saysLike(there: Status, from: Status, to: Status): boolean {
  return to === undefined ? there !== undefined : there === from;
}

/** A component's status in a list: null: by the severity; undefined: it is not in it. */
type Status = Affected['status'] | undefined;

function statusIn(list: readonly Affected[], id: string): Status {
  return list.find(one => one.id === id)?.status;
}

function withStatusOf(
  list: readonly Affected[],
  id: string,
  status: Status,
  components: Components,
): readonly Affected[] {
  if (status === undefined) return list.filter(one => one.id !== id);
  const known = new Set(components.map(one => one.id));
  if (status === null && list.some(one => meansAll(one.id, known))) return list;
  const isThere = list.some(one => one.id === id);
  return isThere ? list.map(one => (one.id === id ? { id, status } : one)) : [...list, { id, status }];
}

function isSame(one: readonly Affected[], other: readonly Affected[]): boolean {
  return one.length === other.length && one.every(({ id, status }) => statusIn(other, id) === status);
}

/** Whether two lists, of two versions, are of the same section: its time, or its words, may have been corrected. */
function isSameSection({ update: one }: List, { update: other }: List): boolean {
  if (one === null || other === null) return one === other;
  return one.key === other.key || (one.body !== '' && one.body === other.body);
}

/** The text with another list in one section; null unless it reads back as intended. */
function withList(text: string, update: IncidentUpdate, list: readonly Affected[]): string | null {
  const cut = cutFile(text);
  const read = parseIncident('', '', text).value;
  if (!cut || !read) return null;
  const [close, ...body] = cut.body as [string, ...string[]];
  const { sections } = cutSections(body.join('\n'), read.status);
  const { started, begins, resolved } = read;
  const life = { started: begins ?? started, ending: resolved };
  const moments = readMoments(sections, life, null, 'newest first', read.openedBy !== null);
  const place = read.updates.filter(isOfSection).findIndex(({ key }) => key === update.key);
  const section = moments[place]?.section;
  if (!section?.fields) return null;
  const count = section.fields.split('\n').length;
  const fields = body.slice(section.line, section.line + count).join('\n');
  const edited = setValues(fields, { components: yamlList(list) }).split('\n');
  body.splice(section.line, count, ...edited);
  const written = joinFile({ ...cut, body: [close, ...body] });
  const after = parseIncident('', '', written).value;
  const intended = read.updates.map(one =>
    one.key === update.key ? { ...one, change: { ...one.change!, components: list } } : one,
  );
  return JSON.stringify(after) === JSON.stringify({ ...read, updates: intended }) ? written : null;
}

/** An end that only the front matter tells, and the preface, are in no section. */
function isOfSection({ preface, key }: IncidentUpdate): boolean {
  return !preface && !key.startsWith('closed');
}
