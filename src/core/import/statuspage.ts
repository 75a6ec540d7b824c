// Imports Atlassian Statuspage's JSON (incidents, scheduled maintenances, summary, components).
import * as z from 'zod';
import { decodeEntities } from '../inbound/fields.ts';
import { type Addition, printIncident } from '../incidents/file/print.ts';
import { COMPONENT_STATUSES, type ComponentStatus, type Severity } from '../model/component.ts';
import type { Affected, IncidentStatus, MaintenanceStatus } from '../model/incident.ts';
import { type Millis, parseInstant } from '../model/time.ts';
import { escapeMarkdown } from '../text/markdown.ts';
import {
  ComponentIds,
  type Imported,
  type ImportedComponent,
  type ImportedIncident,
  incidentId,
  type Named,
  Remarks,
  uniqueIds,
} from './imported.ts';

const moment = z.string().transform((text, context): Millis => {
  const at = parseInstant(text);
  if (at !== null) return at - (at % 1000);
  context.addIssue({ code: 'custom', message: `"${text}" is not a date` });
  return z.NEVER;
});

const touched = z.object({ code: z.string(), name: z.string(), new_status: z.string() });
const update = z.object({
  body: z.string().nullish(),
  status: z.string(),
  created_at: moment,
  display_at: moment.nullish(),
  affected_components: z.array(touched).nullish(),
});
const incidentSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  impact: z.string().nullish(),
  created_at: moment,
  started_at: moment.nullish(),
  resolved_at: moment.nullish(),
  scheduled_for: moment.nullish(),
  scheduled_until: moment.nullish(),
  postmortem_body: z.string().nullish(),
  components: z.array(z.object({ id: z.string(), name: z.string() })).nullish(),
  incident_updates: z.array(update).default([]),
});
type Source = z.output<typeof incidentSchema>;

const componentSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  group: z.boolean().nullish(),
  group_id: z.string().nullish(),
});

const fileSchema = z.object({
  incidents: z.array(z.unknown()).optional(),
  scheduled_maintenances: z.array(z.unknown()).optional(),
  components: z.array(z.unknown()).optional(),
});

/** Reads saved responses of `/api/v2` (parsed JSON); an incident that is in two of them is imported once. */
export function importStatuspage(
  files: readonly { readonly name: string; readonly data: unknown }[],
  here: readonly Named[],
): Imported {
  const remarks = new Remarks();
  const sources = new Map<string, Source & { file: string }>();
  const components = new Map<string, z.output<typeof componentSchema>>();
  for (const { name, data } of files) {
    const file = fileSchema.safeParse(data);
    if (!file.success) {
      remarks.wrong(name, 'it is not a response of a Statuspage API');
      continue;
    }
    for (const item of [...(file.data.incidents ?? []), ...(file.data.scheduled_maintenances ?? [])]) {
      const parsed = incidentSchema.safeParse(item);
      if (parsed.success) sources.set(parsed.data.id, { ...parsed.data, file: name });
      else remarks.leftOut(name, `an incident could not be read (${parsed.error.issues[0]?.path.join('.')})`);
    }
    for (const item of file.data.components ?? []) {
      const parsed = componentSchema.safeParse(item);
      if (parsed.success) components.set(parsed.data.id, parsed.data);
    }
  }
  const ids = new ComponentIds(here);
  for (const { id, name, group } of components.values()) if (!group) ids.of(name, id);
  const unique = uniqueIds();
  const incidents = [...sources.values()]
    .sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
    .flatMap(source => incidentOf(source, ids, unique, remarks));
  return {
    title: null,
    components: componentList(components, ids),
    named: ids.named,
    incidents,
    history: [],
    remarks: remarks.all,
  };
}

function componentList(
  components: ReadonlyMap<string, z.output<typeof componentSchema>>,
  ids: ComponentIds,
): ImportedComponent[] {
  return [...components.values()]
    .filter(({ group }) => !group)
    .map(({ id, name, description, group_id }) => ({
      id: ids.of(name, id),
      name,
      description: description ?? null,
      group: (group_id && components.get(group_id)?.name) || null,
    }));
}

function incidentOf(
  source: Source & { readonly file: string },
  ids: ComponentIds,
  unique: (id: string) => string,
  remarks: Remarks,
): ImportedIncident[] {
  const scheduled =
    source.scheduled_for && source.scheduled_until && source.scheduled_until > source.scheduled_for
      ? { start: source.scheduled_for, end: source.scheduled_until }
      : undefined;
  const { file } = source;
  const where = `“${source.name}” (${source.id})`;
  if (source.impact === 'maintenance' && !scheduled) {
    remarks.leftOut(file, `${where}: a maintenance without a start and end`);
    return [];
  }
  const all = source.incident_updates
    .map(one => ({ ...one, at: one.display_at ?? one.created_at }))
    // The source is newest first, even within one moment.
    .toReversed()
    .sort((a, b) => a.at - b.at);
  const started = Math.min(source.started_at ?? source.created_at, all[0]?.at ?? Number.POSITIVE_INFINITY);
  const postmortem = source.postmortem_body ?? all.find(one => one.status === 'postmortem')?.body ?? null;
  const updates = all.filter(one => one.status !== 'postmortem');
  const status = scheduled ? maintenanceStatus(source.status) : incidentStatus(source.status);
  const end = status === 'resolved' ? (source.resolved_at ?? updates.at(-1)?.at ?? started) : undefined;
  if (source.impact === 'none')
    remarks.changed(file, `${where}: impact “none” is imported as minor, with no affected component`);
  const [first, ...later] = updates;
  const text = (body: string | null | undefined) =>
    markdown(body ?? '', tags => remarks.changed(file, `${where}: HTML is removed (${tags})`));
  const affected = (list: z.output<typeof touched>[] | null | undefined): Affected[] | null =>
    list && list.length > 0
      ? list.map(({ code, name, new_status }) => ({ id: ids.of(name, code), status: statusOf(new_status) }))
      : null;
  const named = (source.components ?? []).map(({ id, name }) => ids.of(name, id));
  const printed = printIncident({
    title: source.name,
    status,
    severity: scheduled ? null : severityOfImpact(source.impact),
    started,
    components: source.impact === 'none' ? [] : named,
    openedBy: `statuspage:${source.id}`,
    message: text(first?.body),
    ...(end === undefined ? {} : { resolved: Math.max(end, started) }),
    ...(scheduled ? { scheduled } : {}),
    ...(postmortem ? { postmortem: text(postmortem) } : {}),
    later: later.map((one): Addition => {
      const components = scheduled || one.status === 'resolved' ? null : affected(one.affected_components);
      return {
        status: scheduled ? maintenanceStatus(one.status) : incidentStatus(one.status),
        at: one.at,
        message: text(one.body),
        ...(components ? { change: { components } } : {}),
      };
    }),
  });
  return [
    { file, source: `statuspage:${source.id}`, id: unique(incidentId(started, source.name)), text: printed },
  ];
}

function incidentStatus(word: string): IncidentStatus {
  if (word === 'investigating' || word === 'identified' || word === 'monitoring') return word;
  return 'resolved';
}

function maintenanceStatus(word: string): MaintenanceStatus {
  if (word === 'in_progress' || word === 'verifying' || word === 'scheduled') return word;
  return 'completed';
}

function severityOfImpact(impact: string | null | undefined): Severity {
  return impact === 'critical' || impact === 'major' ? impact : 'minor';
}

function statusOf(word: string): ComponentStatus | null {
  return COMPONENT_STATUSES.find(status => status === word) ?? null;
}

/** Converts the HTML in Statuspage's bodies; drops and reports tags without markdown. */
function markdown(html: string, removed: (tags: string) => void): string {
  const plain = html
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/(p|div|ul|ol)>/gi, '\n\n')
    .replace(/<li>/gi, '\n- ')
    .replace(
      /<a\s[^>]*href="(https?:[^"\s]+)"[^>]*>([^<]*)<\/a>/gi,
      (_, url: string, words: string) => `[${escapeMarkdown(words)}](${url})`,
    )
    .replace(/<\/?(strong|b)>/gi, '**')
    .replace(/<\/?(em|i)>/gi, '*')
    .replace(/<\/?(p|div|ul|ol|li|span|var)(\s[^>]*)?>/gi, '');
  const tags = plain.match(/<\/?[a-z][^>]*>/gi) ?? [];
  if (tags.length > 0) removed([...new Set(tags)].slice(0, 3).join(' '));
  return decodeEntities(plain.replace(/<\/?[a-z][^>]*>/gi, ''))
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
