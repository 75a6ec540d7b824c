// Imports Atlassian Statuspage: saved answers of its APIs.
import type { Severity } from '../../model/component.ts';
import type { MaintenanceStatus, UpdateStatus } from '../../model/incident.ts';
import { MINUTE, type Millis, type Span } from '../../model/time.ts';
import { markdownOfEncodedHtml } from '../html.ts';
import {
  type ComponentName,
  type Imported,
  type ImportedComponent,
  type ImportedIncident,
  incidentId,
  printImported,
  Remarks,
  uniqueIds,
} from '../imported.ts';
import { courseOf, fittingTitle, type ToldUpdate } from '../timeline.ts';
import { AffectedComponents } from './affected.ts';
import { collect, type SourceComponent, type SourceIncident, type SourceUpdate } from './shapes.ts';

/**
 * Reads saved answers (parsed JSON); an incident that is in two of them is imported once.
 * @param now epoch ms: work that was to end before and goes on is said to go on
 */
export function importStatuspage(
  files: readonly { readonly name: string; readonly data: unknown }[],
  here: readonly ComponentName[],
  now: Millis,
): Imported {
  const remarks = new Remarks();
  const { incidents: sources, components, title, url, timezone } = collect(files, remarks);
  const affections = new AffectedComponents(here, components, sources);
  const unique = uniqueIds();
  const incidents = sources.flatMap(source => incidentOf(source, affections, now, unique, remarks));
  sayUnwell(components, sources, remarks);
  const [first] = sources;
  if (components.size === 0 && first && affections.named.length > 0) {
    const address = url === null ? 'the page' : url.replace(/\/+$/, '');
    remarks.leftOut(
      first.file,
      `no file lists the components, so those that incidents name are taken; for all: curl -fO ${address}/api/v2/components.json`,
    );
  }
  return {
    title,
    timezone,
    components: componentList(components, affections),
    named: affections.named,
    incidents,
    history: [],
    remarks: remarks.all,
  };
}

/** A component here is well unless an incident says otherwise. */
function sayUnwell(
  components: ReadonlyMap<string, SourceComponent>,
  sources: readonly SourceIncident[],
  remarks: Remarks,
): void {
  const open = sources.filter(({ status }) => !/^(resolved|postmortem|completed)$/.test(status ?? ''));
  const told = new Set(open.flatMap(one => one.components ?? []).map(({ id }) => id));
  for (const { id, name, status, group, file } of components.values())
    if (!group && status && status !== 'operational' && !told.has(id))
      remarks.leftOut(
        file,
        `the present status of “${name}” (${status.replaceAll('_', ' ')}): write an incident if it is not well`,
      );
}

function componentList(
  components: ReadonlyMap<string, SourceComponent>,
  affections: AffectedComponents,
): ImportedComponent[] {
  return [...components.values()]
    .filter(({ group }) => !group)
    .map(({ id, name, description, group_id }) => ({
      id: affections.idOf(id, name),
      name,
      description: description ?? null,
      group: (group_id && components.get(group_id)?.name) || null,
    }));
}

function incidentOf(
  source: SourceIncident,
  affections: AffectedComponents,
  now: Millis,
  unique: (id: string) => string,
  remarks: Remarks,
): ImportedIncident[] {
  const { file } = source;
  const say = (what: string) => remarks.changed(file, `“${source.name}” (${source.id}): ${what}`);
  const words = (body: string | null | undefined) =>
    markdownOfEncodedHtml(body ?? '', tags => say(`HTML is removed (${tags})`));
  const all = updatesOf(source);
  const updates = all.filter(({ status }) => status !== 'postmortem');
  const first = updates[0]?.at;
  const began = source.started_at ?? source.created_at ?? first ?? source.scheduled_for;
  if (began == null) {
    remarks.leftOut(file, `“${source.name}” (${source.id}) has no time at all`);
    return [];
  }
  const isWork = isMaintenance(source);
  const announced = isWork ? (source.created_at ?? began) : began;
  const started = Math.min(announced, first ?? announced);
  const end = endOf(source, updates, started, isWork);
  const scheduled = isWork ? windowOf(source, updates, end, started, say) : undefined;
  const impact = source.impact_override ?? source.impact ?? null;
  if (impact === 'none' && !isWork) remarks.changed(file, NONE);
  const affected = affections.of(source, updates, impact, isWork, say);
  const title = fittingTitle(source.name, say);
  const statusOf = isWork ? maintenanceStatus : incidentStatus;
  const told = updates.map(({ at, status, body }, index): ToldUpdate => {
    const change = affected.changes[index];
    return { at, status: statusOf(status), message: words(body), ...(change ? { affected: change } : {}) };
  });
  const postmortem = postmortemOf(source, all, words, say);
  const id = unique(incidentId(started, title.title));
  const open: UpdateStatus = isWork ? (maintenanceStatus(source.status) ?? 'scheduled') : 'investigating';
  const common = {
    title: title.title,
    severity: isWork ? null : severityOfImpact(impact),
    started,
    components: affected.atFirst,
    aliases: [source.id],
    ...(scheduled ? { scheduled } : {}),
    ...(postmortem === '' ? {} : { postmortem }),
  };
  const over = isWork ? ('completed' as const) : 'resolved';
  const asSeenAt = (seen: Millis) => {
    const standing = goesOnAt(seen, scheduled, open) ? [{ at: seen, status: open, message: '' }] : [];
    const course = courseOf({ told: [...told, ...standing], started, end, over, open });
    const message = title.before + course.message;
    return printImported(`statuspage:${source.id}`, { ...common, ...course, message });
  };
  if (end === undefined && scheduled && now >= scheduled.end) say(overdueRemark(open, id));
  const renewing = goesOnAt(now, scheduled, open) ? { asSeenAt, isRenewed: true as const } : {};
  return [{ file, source: `statuspage:${source.id}`, id, text: asSeenAt(now), ...renewing }];
}

/** Whether work goes on after its planned end. */
function goesOnAt(now: Millis, planned: Span | undefined, open: UpdateStatus): boolean {
  return planned !== undefined && now >= planned.end && (open === 'in_progress' || open === 'verifying');
}

/** What the report says of work after its planned end that is not called completed. */
function overdueRemark(open: UpdateStatus, id: string): string {
  const there = `its planned end is past, and it is still “${open.replace('_', ' ')}” there`;
  const later = `a later \`scheduled_end\` in incidents/${id}.md`;
  return open === 'scheduled'
    ? `${there}: it is over here. If it is not, write ${later}`
    : `${there}: it goes on here for a day. To keep it so, write ${later}; when it is over, \`status: completed\``;
}

const NONE =
  'incidents of impact “none” are minor here, and a component that they name is not taken for affected';

type ShownUpdate = SourceUpdate & { readonly at: Millis };

/** By the times that the page shows, oldest first. */
function updatesOf({ incident_updates, created_at, started_at }: SourceIncident): ShownUpdate[] {
  return (
    (incident_updates ?? [])
      .map(one => ({ ...one, at: one.display_at ?? one.created_at ?? started_at ?? created_at ?? 0 }))
      // The source is newest first, even within one moment.
      .toReversed()
      .sort((a, b) => a.at - b.at)
  );
}

const OF_WORK = ['scheduled', 'in_progress', 'verifying', 'completed'];

function isMaintenance({ scheduled_for, status }: SourceIncident): boolean {
  return scheduled_for != null || OF_WORK.includes(status ?? '');
}

/** When it was over; undefined while it is what the page calls open. */
function endOf(
  { status, resolved_at }: SourceIncident,
  updates: readonly ShownUpdate[],
  started: Millis,
  isWork: boolean,
): Millis | undefined {
  const open = isWork ? OF_WORK.slice(0, 3) : ['investigating', 'identified', 'monitoring'];
  if (open.includes(status ?? '')) return;
  const told = updates.findLast(one => one.status === 'resolved' || one.status === 'completed');
  return Math.max(resolved_at ?? told?.at ?? updates.at(-1)?.at ?? started, started);
}

function windowOf(
  { scheduled_for, scheduled_until }: SourceIncident,
  updates: readonly ShownUpdate[],
  end: Millis | undefined,
  started: Millis,
  say: (what: string) => void,
): { readonly start: Millis; readonly end: Millis } {
  const begun = updates.find(({ status }) => status === 'in_progress')?.at;
  const start = scheduled_for ?? begun ?? started;
  const until = scheduled_until ?? end ?? updates.at(-1)?.at ?? start;
  if (scheduled_for == null || scheduled_until == null)
    say('a maintenance without a planned start or end; the times of its updates are used');
  if (until > start) return { start, end: until };
  say('a maintenance that ends when it begins; it lasts a minute here');
  return { start, end: start + MINUTE };
}

/** The post-mortem and what was said with it; '' if there is none, or only a draft that nobody saw. */
function postmortemOf(
  { postmortem_body, postmortem_published_at, status }: SourceIncident,
  all: readonly ShownUpdate[],
  words: (body: string | null | undefined) => string,
  say: (what: string) => void,
): string {
  const told = all.filter(one => one.status === 'postmortem').map(({ body }) => words(body));
  const isDraft = postmortem_published_at === null && told.length === 0 && status !== 'postmortem';
  const whole = words(postmortem_body);
  if (whole !== '' && isDraft) say('its post-mortem was never published, and is left out');
  return [...new Set([...(isDraft ? [] : [whole]), ...told])].filter(part => part !== '').join('\n\n');
}

function incidentStatus(word: string | null | undefined): UpdateStatus | null {
  if (word === 'investigating' || word === 'identified' || word === 'monitoring') return word;
  return word === 'resolved' || word === 'completed' ? 'resolved' : null;
}

function maintenanceStatus(word: string | null | undefined): MaintenanceStatus | null {
  if (word === 'in_progress' || word === 'verifying' || word === 'scheduled') return word;
  return word === 'resolved' || word === 'completed' ? 'completed' : null;
}

function severityOfImpact(impact: string | null): Severity {
  return impact === 'critical' || impact === 'major' ? impact : 'minor';
}
