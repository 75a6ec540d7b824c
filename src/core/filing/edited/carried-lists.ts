// Carries what an operator changes in a list of affected components into the later lists, and a severity of the front
// matter, or a component's status there, into the newest section that says one: each of those counts from its time on, so
// that the change would end there.

import { parseIncident } from '../../incidents/file/parse.ts';
import { type SetFields, withFields } from '../../incidents/file/print.ts';
import {
  type Affected,
  type Incident,
  type IncidentUpdate,
  isOpen,
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
 * the same of the component before, and a new severity, or status of a component, in the front matter of an open incident
 * in the newest section that says one; the same text where there are none. What is new in a section since then is the newest word.
 * `unwritten`: what should stand in its newest section, which cannot be edited safely. `idle`: what should stand there if
 * a component that was added to the front matter of an open incident is affected now, although a list took it off since.
 * Null while the file cannot be read completely.
 * @param mayEdit whether a section's fields may be changed
 */
export function withCarried(
  before: string,
  text: string,
  components: Components,
  mayEdit: (update: IncidentUpdate) => boolean,
): { readonly text: string; readonly unwritten?: SetFields; readonly idle?: readonly Affected[] } | null {
  const [old, now] = [before, text].map(one => parseIncident('', '', one).value);
  if (!now || now.isPartlyUnreadable) return null;
  if (!old || now.scheduled || old.scheduled) return { text };
  const [earlier, later] = [listsIn(old, components), listsIn(now, components)];
  const wanted = wantedLists(earlier, later, components, mayEdit, isOpen(now));
  const changed = [...wanted].filter(([{ list }, want]) => !isSame(list, want));
  const lists = changed.map(([{ update }, components]) => ({ update: update!, fields: { components } }));
  const severity = carriedSeverity(old, now, mayEdit);
  let edited: string | null = text;
  for (const { update, fields } of [...lists, ...severity])
    edited = edited && withFields(edited, update.key, fields);
  if (edited !== null)
    return { text: edited, ...(isOpen(now) ? idleIn(earlier, later, wanted, components) : {}) };
  const [last, want] = [...wanted].at(-1)!;
  const unwritten = { ...(isSame(last.list, want) ? {} : { components: want }), ...severity[0]?.fields };
  return Object.keys(unwritten).length === 0 ? { text } : { text, unwritten };
}

/** The newest list with the components that only the front matter has got since, if there are any. */
function idleIn(
  before: readonly List[],
  after: readonly List[],
  wanted: ReadonlyMap<List, readonly Affected[]>,
  components: Components,
): { readonly idle?: readonly Affected[] } {
  const known = new Set(components.map(one => one.id));
  const [was, front, last] = [before[0]!, after[0]!, after.at(-1)!];
  const earlier = before.find(one => isSameSection(one, last));
  const list = wanted.get(last)!;
  // A list that is new, or changed in the same save, is the newest word.
  if (last.update === null || !earlier || !isSame(earlier.list, last.list)) return {};
  const idle = front.list.filter(
    ({ id }) => statusIn(was.list, id) === undefined && statusIn(list, id) === undefined,
  );
  const isAll = list.some(({ id }) => meansAll(id, known));
  return isAll || idle.length === 0 ? {} : { idle: [...list, ...idle] };
}

/** The section, if any, that should say the severity to which the front matter of an open incident was changed. */
function carriedSeverity(
  old: Incident,
  now: Incident,
  mayEdit: (update: IncidentUpdate) => boolean,
): { readonly update: IncidentUpdate; readonly fields: SetFields }[] {
  const { severity } = now;
  const said = (one: Incident) => one.updates.findLast(({ change }) => change?.severity);
  const [was, update] = [said(old), said(now)];
  const isNew = !was || update?.key !== was.key || update.change!.severity !== was.change!.severity;
  if (severity === old.severity || !isOpen(now) || isNew || update.change!.severity === severity) return [];
  return mayEdit(update) ? [{ update, fields: { severity } }] : [];
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
  goesOn: boolean,
): ReadonlyMap<List, readonly Affected[]> {
  const earlier = new Map(after.map(one => [one, before.find(other => isSameSection(one, other))]));
  const wanted = new Map(after.map(one => [one, one.list]));
  for (const [place, one] of after.entries()) {
    const was = earlier.get(one);
    const ids = was ? new Set([...was.list, ...one.list].map(({ id }) => id)) : [];
    for (const id of ids) {
      const [from, to] = [statusIn(was!.list, id), statusIn(one.list, id)];
      if (from === to) continue;
      const carries = (later: List, isLike: (there: Status) => boolean): boolean => {
        const known = earlier.get(later);
        const there = known && statusIn(known.list, id);
        if (!known || !isLike(there) || there !== statusIn(later.list, id) || !mayEdit(later.update!))
          return false;
        wanted.set(later, withStatusOf(wanted.get(later)!, id, to, components));
        return true;
      };
      const others = after.slice(place + 1);
      others.every(later => carries(later, there => saysLike(there, from, to)));
      // A status in the front matter is the newest word, whatever a list says of it.
      const isNewest = place === 0 && from !== undefined && to !== undefined && goesOn;
      if (isNewest) for (const last of others.slice(-1)) carries(last, there => there !== undefined);
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
