// Incidents written by API: decides how a request changes the incident files. Writes nothing itself.
import { INCIDENT_STATUSES, type Incident, MAINTENANCE_STATUSES, meansAll } from '../../model/incident.ts';
import { nearestWord } from '../../model/problem.ts';
import type { Site } from '../../model/site.ts';
import { statusCommand } from '../../model/status-command.ts';
import { iso, type Millis, SECOND } from '../../model/time.ts';
import { withoutComments } from '../../text/comments.ts';
import { slug } from '../../text/slug.ts';
import { asOf } from '../as-of.ts';
import { afterwardsOf, endedAt } from '../ending.ts';
import { editFront } from '../file/edit.ts';
import { defuse } from '../file/escape.ts';
import { parseIncident } from '../file/parse.ts';
import { addUpdate, printIncident, type SetFields, updated, withFields } from '../file/print.ts';
import { type IsFormerId, withFreeId } from '../ids.ts';
import { statusWritten } from '../maintenance.ts';
import { type ChangeBody, type FieldFault, faultAt, type OpenBody, type UpdateBody } from './bodies.ts';

/** The decision: create or replace a file, nothing to do, or refuse the request. */
export type Writing =
  | { readonly kind: 'create'; readonly id: string; readonly text: string }
  | { readonly kind: 'replace'; readonly id: string; readonly before: string; readonly text: string }
  | { readonly kind: 'done'; readonly id: string }
  | {
      readonly kind: 'refused';
      readonly status: 404 | 409 | 422;
      readonly detail: string;
      readonly faults?: readonly FieldFault[];
    };

/** The text of an incident file by id; undefined when there is none. */
export type ReadIncidentText = (id: string) => string | undefined;

/**
 * The time of the request; `again`: its idempotency key was seen, so it may have been carried out before; `by`: the name
 * of its token, if it has one.
 */
export type Asked = { readonly at: Millis; readonly again: boolean; readonly by?: string | null };

/** The longest name of a file, in characters, without day and number. */
const LONGEST = 60;

/** `POST /api/incidents`: a new file named after the day and the title, with a number when that name is taken. */
export function writeOpen(
  body: OpenBody,
  site: Site,
  { at, again }: Asked,
  read: ReadIncidentText,
  isFormer: IsFormerId,
): Writing {
  const started = body.started ?? at;
  const faults = unknownIds(body.components, site);
  if (started > at) faults.push(faultAt(['started'], 'this is in the future'));
  const ends = body.status === 'resolved' ? (body.resolved ?? at) : undefined;
  if (body.resolved !== undefined && ends === undefined) {
    faults.push(faultAt(['resolved'], 'only an incident whose status is resolved has an end'));
  }
  if (ends !== undefined && (ends < started || ends > at)) {
    faults.push(faultAt(['resolved'], 'this is not between the start and now'));
  }
  if (faults.length > 0) return invalid(faults);
  const text = printed(body, started, ends);
  if (!isReadable(text)) return invalid([faultAt(['message'], TOO_LONG)]);
  const day = iso(started).slice(0, 10).replaceAll('-', '');
  const base = slug(body.title, LONGEST) || 'incident';
  return withFreeId<Writing>(`${day}_${base}`, isFormer, id => {
    const there = read(id);
    if (there === undefined) return { kind: 'create', id, text };
    // Compare title and start only: updates may have been added to the file since.
    const was = again ? parseIncident(`${id}.md`, id, there).value : null;
    return was?.title === body.title && iso(was.started) === iso(started) ? { kind: 'done', id } : null;
  });
}

/** `PATCH /api/incidents/ID`: changes fields in place; a new status becomes an update. */
export function writeChange(
  id: string,
  body: ChangeBody,
  site: Site,
  asked: Asked,
  read: ReadIncidentText,
): Writing {
  const known = fileOf(id, read, asked.at);
  if ('kind' in known) return known;
  const faults = unknownIds(body.components, site);
  const { title, severity, components, status, message = '' } = body;
  if (status) faults.push(...wrongStatus(status, known.incident));
  if (faults.length > 0) return invalid(faults);
  const later = sectionsThatSay(known.incident, body);
  const moved: SetFields = Object.assign({}, ...later.map(({ fields }) => fields));
  const isInPlace = status === undefined || status === 'resolved';
  let edited: string | null = editFront(known.text, {
    title,
    severity: moved.severity ? undefined : severity,
    components: moved.components ? undefined : components,
  });
  for (const { key, fields } of isInPlace ? later : []) edited = edited && withFields(edited, key, fields);
  if (edited === null || status === undefined) return replaced(id, known.text, edited);
  const at = afterNewest(known.incident, asked.at);
  if (asked.again && hasUpdate(known.incident, status, at, message)) return { kind: 'done', id };
  const afterwards = afterwardsOf(known.incident, status, asked.at);
  if (afterwards === null) return overAlready(known.incident);
  return replaced(
    id,
    known.text,
    updated(edited, { status, at, message, afterwards, change: isInPlace ? {} : moved }),
  );
}

/** Of a change of the impact: the newest sections that say such a thing, so that it counts now where it is changed there. */
function sectionsThatSay(
  { scheduled, resolved, updates }: Incident,
  { severity, components }: Pick<ChangeBody, 'severity' | 'components'>,
) {
  const counting = scheduled ? [] : updates.filter(({ at }) => resolved === null || at < resolved);
  const newest = (what: keyof SetFields) => counting.findLast(({ change }) => change?.[what])?.key;
  const list = components?.map(component => ({ id: component, status: null }));
  return [
    { key: severity && newest('severity'), fields: { severity } as SetFields },
    { key: list && newest('components'), fields: { components: list } as SetFields },
  ].flatMap(({ key, fields }) => (key === undefined ? [] : [{ key, fields }]));
}

/** `POST /api/incidents/ID/updates`: adds a section beside the newest one (top or bottom of the file). */
export function writeUpdate(id: string, body: UpdateBody, asked: Asked, read: ReadIncidentText): Writing {
  const known = fileOf(id, read, asked.at);
  if ('kind' in known) return known;
  const { incident, text } = known;
  const status = body.status ?? statusWritten(incident, asked.at);
  const faults = wrongStatus(status, incident);
  const last = newestAt(incident, asked.at);
  const at = body.at ?? afterNewest(incident, asked.at);
  if (asked.again && hasUpdate(incident, status, at, body.message)) return { kind: 'done', id };
  const words = afterwardsOf(incident, body.status, asked.at);
  if (words === null) return overAlready(incident);
  if (at > asked.at && body.at !== undefined) faults.push(faultAt(['at'], 'this is in the future'));
  if (floored(at) < floored(last)) {
    faults.push(faultAt(['at'], `this is before the newest update (${iso(last)}); edit the file instead`));
  }
  if (faults.length > 0) return invalid(faults);
  const afterwards = body.status === undefined && endedAt(incident) !== null ? 'update' : words;
  return replaced(id, text, updated(text, { status, at, message: body.message, afterwards }));
}

function printed(body: OpenBody, started: Millis, ends: Millis | undefined): string {
  const text = printIncident({
    title: body.title,
    status: ends === undefined ? body.status : 'investigating',
    severity: body.severity,
    started,
    components: body.components ?? null,
    openedBy: null,
    message: body.message,
  });
  return ends === undefined ? text : addUpdate(text, { status: 'resolved', at: ends, message: '' });
}

function fileOf(
  id: string,
  read: ReadIncidentText,
  now: Millis,
): { incident: Incident; text: string } | Writing {
  const text = read(id);
  if (text === undefined) return { kind: 'refused', status: 404, detail: 'There is no such incident.' };
  const incident = parseIncident(`${id}.md`, id, text).value;
  // Times in the future are read as on the page.
  return incident
    ? { incident: asOf(incident, now, () => now), text }
    : conflict(`it has errors (\`${statusCommand('lint')}\` lists them)`);
}

const TOO_LONG = 'this text would make the file too long to read: shorten it';

function isReadable(text: string): boolean {
  const { value } = parseIncident('', '', text);
  return value !== null && !value.isPartlyUnreadable;
}

/** Accepts an edit only if the result parses: an operator may have written the file in a way we cannot edit safely. */
function replaced(id: string, before: string, text: string | null): Writing {
  if (text === before) return { kind: 'done', id };
  if (text === null || !parseIncident(`${id}.md`, id, text).value)
    return conflict('it is written in an unusual way');
  if (isReadable(before) && !isReadable(text)) return conflict('this would make it too long to read');
  return { kind: 'replace', id, before, text };
}

function conflict(why: string): Writing {
  return {
    kind: 'refused',
    status: 409,
    detail: `The incident's file cannot be changed automatically: ${why}. Edit it manually.`,
  };
}

/** Refuses to end an incident twice: subscribers would be notified twice, and the end would move. */
function overAlready(incident: Incident): Writing {
  const detail = `It is already ${incident.status}, at ${iso(endedAt(incident)!)}. To add text, POST it to …/updates without a status.`;
  return { kind: 'refused', status: 409, detail };
}

function invalid(faults: readonly FieldFault[]): Writing {
  return { kind: 'refused', status: 422, detail: 'Some fields are not valid.', faults };
}

function unknownIds(components: readonly string[] | undefined, site: Site): FieldFault[] {
  const ids = site.components.map(({ id }) => id);
  return (components ?? []).flatMap((id, index) => {
    if (ids.includes(id) || meansAll(id, new Set(ids))) return [];
    const near = nearestWord(id, ids);
    const hint = near ? `did you mean "${near}"?` : `use one of: ${ids.join(', ')}`;
    return [faultAt(['components', index], `there is no component with this id; ${hint}`)];
  });
}

function wrongStatus(status: string, { scheduled }: Incident): FieldFault[] {
  const allowed: readonly string[] = scheduled ? MAINTENANCE_STATUSES : INCIDENT_STATUSES;
  const kind = scheduled ? 'a maintenance' : 'an incident';
  return allowed.includes(status) ? [] : [faultAt(['status'], `${kind} is ${allowed.join(', ')}`)];
}

/** Now, but never before the newest update: an operator's clock may be ahead. */
function afterNewest(incident: Incident, at: Millis): Millis {
  return Math.max(at, newestAt(incident, at));
}

/** The time of the newest update. Future steps of a maintenance are a plan and do not count. */
function newestAt({ updates }: Incident, now: Millis): Millis {
  const past = updates.filter(({ at }) => at <= now);
  return Math.max(...(past.length > 0 ? past : updates.slice(0, 1)).map(({ at }) => at));
}

/** Whether the incident already has this update: the request is a repeat. */
function hasUpdate({ updates }: Incident, status: string, at: Millis, message: string): boolean {
  const body = withoutComments(defuse(message)).trim();
  return updates.some(
    update => floored(update.at) === floored(at) && update.status === status && update.body === body,
  );
}

function floored(at: Millis): Millis {
  return at - (at % SECOND);
}
