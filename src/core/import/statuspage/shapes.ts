// The JSON that Statuspage answers, in its public API, its manage API and its pages, as one list of incidents and components.
import * as z from 'zod';
import type { Millis } from '../../model/time.ts';
import { moment, type Remarks } from '../imported.ts';
import { incidentsOfMonths } from './months.ts';

const id = z.union([z.string().min(1), z.number().transform(String)]);
const text = z.string().nullish();

const touched = z.object({ code: id.nullish(), id: id.nullish(), name: z.string(), new_status: text });
const update = z.object({
  body: text,
  status: text,
  created_at: moment.nullish(),
  display_at: moment.nullish(),
  affected_components: z.array(touched).nullish(),
});
const incidentSchema = z.object({
  id,
  name: z.string(),
  status: text,
  impact: text,
  impact_override: text,
  created_at: moment.nullish(),
  started_at: moment.nullish(),
  resolved_at: moment.nullish(),
  scheduled_for: moment.nullish(),
  scheduled_until: moment.nullish(),
  postmortem_body: text,
  postmortem_published_at: z.unknown().optional(),
  components: z.array(z.object({ id, name: z.string() })).nullish(),
  incident_updates: z.array(update).nullish(),
});

/** An incident or maintenance with its file; `isBrief`: from a list that has no updates. */
export type SourceIncident = z.output<typeof incidentSchema> & {
  readonly file: string;
  readonly isBrief: boolean;
};

export type SourceUpdate = NonNullable<SourceIncident['incident_updates']>[number];

const componentSchema = z.object({
  id,
  name: z.string(),
  description: text,
  status: text,
  group: z.boolean().nullish(),
  group_id: text,
  /** Of a group: the ids of its members. */
  components: z.array(z.unknown()).nullish(),
});
export type SourceComponent = Omit<z.output<typeof componentSchema>, 'components'> & {
  readonly file: string;
};

interface Collected {
  /** Each incident once, oldest first. */
  readonly incidents: readonly SourceIncident[];
  /** By id; groups too. */
  readonly components: ReadonlyMap<string, SourceComponent>;
  readonly title: string | null;
  /** The page's address. */
  readonly url: string | null;
  /** The page's time zone, as Rails or IANA call it. */
  readonly timezone: string | null;
}

/** As many as one answer of the public API has at most. */
const FULL = 50;

const pageSchema = z.object({ name: text, url: text, time_zone: text }).nullish().catch(null);

/** What is in all files. Of two versions of an incident, that with more updates counts. */
export function collect(
  files: readonly { readonly name: string; readonly data: unknown }[],
  remarks: Remarks,
): Collected {
  const incidents = new Map<string, SourceIncident>();
  const components = new Map<string, SourceComponent>();
  let page: z.output<typeof pageSchema> = null;
  for (const { name: file, data } of files) {
    const found = listsIn(data);
    if (!found) {
      remarks.wrong(file, 'it is no answer of a Statuspage API');
      continue;
    }
    page = pageSchema.parse(found.page) ?? page;
    const months = incidentsOfMonths(found.months, file, remarks);
    if (found.incidents.length + found.components.length + months.length === 0)
      remarks.leftOut(file, 'it lists no incidents and no components');
    if (found.incidents.length === FULL)
      remarks.leftOut(file, `the API answers the ${FULL} newest only: for older ones save history.json too`);
    for (const one of [...found.incidents, ...months])
      addIncident(one, { file, isBrief: months.some(other => other === one) }, incidents, remarks);
    for (const one of found.components) addComponent(one, file, components, remarks);
  }
  return {
    incidents: [...incidents.values()].sort((a, b) => beginning(a) - beginning(b) || (a.id < b.id ? -1 : 1)),
    components,
    title: page?.name ?? null,
    url: page?.url ?? null,
    timezone: page?.time_zone ?? null,
  };
}

/** When an incident was first told, epoch ms. */
function beginning({ created_at, started_at, scheduled_for, incident_updates }: SourceIncident): Millis {
  const [first] = incident_updates ?? [];
  return created_at ?? started_at ?? first?.display_at ?? first?.created_at ?? scheduled_for ?? 0;
}

function addIncident(
  given: unknown,
  from: Pick<SourceIncident, 'file' | 'isBrief'>,
  incidents: Map<string, SourceIncident>,
  remarks: Remarks,
): void {
  const parsed = incidentSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const named = fields(given)?.name ?? fields(given)?.id;
    const which = named === undefined ? 'an incident' : `“${String(named)}”`;
    remarks.wrong(from.file, `${which} cannot be read: ${issue?.path.join('.')}: ${issue?.message}`);
    return;
  }
  const one = { ...parsed.data, ...from };
  const size = ({ isBrief, incident_updates }: SourceIncident) =>
    isBrief ? -1 : (incident_updates ?? []).length;
  const known = incidents.get(one.id);
  if (!known || size(one) >= size(known)) incidents.set(one.id, one);
}

function addComponent(
  given: unknown,
  file: string,
  components: Map<string, SourceComponent>,
  remarks: Remarks,
): void {
  const parsed = componentSchema.safeParse(given);
  if (!parsed.success) {
    remarks.wrong(file, `a component cannot be read (${parsed.error.issues[0]?.path.join('.')})`);
    return;
  }
  const { components: members, ...one } = parsed.data;
  const isGroup = one.group ?? members != null;
  components.set(one.id, { ...components.get(one.id), ...one, file, group: isGroup });
  // The manage API names the members in the group, and in the components the group.
  for (const member of isGroup ? (members ?? []) : []) {
    const known = typeof member === 'string' ? components.get(member) : undefined;
    if (known && !known.group_id) components.set(known.id, { ...known, group_id: one.id });
  }
}

interface Lists {
  readonly page: unknown;
  readonly incidents: readonly unknown[];
  readonly components: readonly unknown[];
  readonly months: unknown;
}

/** The lists of an answer; null: it is none. */
function listsIn(data: unknown): Lists | null {
  const list = (value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]) : []);
  if (Array.isArray(data)) {
    const incidents = data.filter(isIncident);
    const components = data.filter(one => !isIncident(one) && isComponent(one));
    if (incidents.length + components.length < data.length) return null;
    return { page: null, incidents, components, months: null };
  }
  const answer = fields(data);
  if (!answer) return null;
  if (isIncident(answer)) return { page: null, incidents: [answer], components: [], months: null };
  const { page, incident, scheduled_maintenance: work, component, months } = answer;
  const incidents = [
    ...list(answer.incidents),
    ...list(answer.scheduled_maintenances),
    ...[incident, work].filter(one => one != null),
  ];
  const components = [
    ...list(answer.components),
    ...list(answer.component_groups),
    ...(component ? [component] : []),
  ];
  const keys = ['page', 'incidents', 'scheduled_maintenances', 'components', 'months', 'component_groups'];
  if (
    incidents.length + components.length > 0 ||
    keys.some(key => fields(answer[key]) ?? Array.isArray(answer[key]))
  )
    return { page, incidents, components, months };
  return isComponent(answer) ? { page: null, incidents: [], components: [answer], months: null } : null;
}

function fields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function isIncident(value: unknown): boolean {
  const { incident_updates: updates, impact, name } = fields(value) ?? {};
  return Array.isArray(updates) || (typeof name === 'string' && typeof impact === 'string');
}

function isComponent(value: unknown): boolean {
  const one = fields(value);
  return (
    one !== null &&
    typeof one.name === 'string' &&
    'id' in one &&
    ['status', 'position', 'group', 'components'].some(key => key in one)
  );
}
