// Imports Cachet's incidents, schedules and components from saved answers of its API.
import type { ComponentStatus, Severity } from '../../model/component.ts';
import type { Affected, IncidentStatus } from '../../model/incident.ts';
import { DAY, HOUR, type Millis } from '../../model/time.ts';
import { count } from '../../text/count.ts';
import { isRecord, recordsIn, textOf } from '../foreign-yaml.ts';
import {
  ComponentIds,
  type ComponentName,
  type Imported,
  type ImportedIncident,
  incidentId,
  printImported,
  Remarks,
  uniqueIds,
} from '../imported.ts';
import { courseOf, fittingTitle, type ToldUpdate } from '../timeline.ts';
import { type CachetEntry, type CachetFile, entriesOf, isTrue, numberIn, Times } from './answers.ts';
import { type CachetComponents, cachetComponents } from './components.ts';
import {
  INCIDENT_STATUS,
  markdownOfMessage,
  titleOf,
  type UpdatesBeside,
  updatesBeside,
  updatesOf,
  whereOf,
  writtenIn,
} from './updates.ts';

/** @param files saved answers, in any order; what is in several is taken once */
export function importCachet(files: readonly CachetFile[], here: readonly ComponentName[]): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const unique = uniqueIds();
  const entries = entriesOf(files, remarks);
  const components = cachetComponents(entries, ids, remarks);
  const beside = updatesBeside(entries);
  const page: CachetPage = { beside, components, times: new Times(remarks), unique, remarks };
  const merged = new Map<string, CachetEntry>();
  for (const one of entries) {
    if (one.kind !== 'incident' && one.kind !== 'schedule') continue;
    const key = `${one.kind} ${one.id}`;
    const before = merged.get(key);
    // The answer about one incident may have its updates, and a list none.
    if (!before || writtenIn(one).length > writtenIn(before).length) merged.set(key, one);
  }
  sayLeftOut(entries, remarks);
  for (const [key, [first]] of beside)
    if (/^(incident|schedule) /.test(key) && !merged.has(key))
      remarks.leftOut(first!.file, `the updates of ${key}, which is not given`);
  const incidents = [...merged.values()]
    .reverse()
    .flatMap(one =>
      one.kind === 'schedule' || isPlanned(one) ? maintenanceOf(one, page) : incidentOf(one, page),
    );
  return {
    title: null,
    components: components.shown,
    named: ids.named,
    incidents,
    history: [],
    remarks: remarks.all,
  };
}

interface CachetPage {
  readonly beside: UpdatesBeside;
  readonly components: CachetComponents;
  readonly times: Times;
  readonly unique: (id: string) => string;
  readonly remarks: Remarks;
}

function sayLeftOut(entries: readonly CachetEntry[], remarks: Remarks): void {
  for (const file of new Set(entries.map(one => one.file))) {
    const number = (kind: CachetEntry['kind']) =>
      entries.filter(one => one.file === file && one.kind === kind).length;
    const [subscribers, metrics] = [number('subscriber'), number('metric')];
    if (subscribers > 0)
      remarks.leftOut(
        file,
        `${count(subscribers, 'subscriber')}: import the file with \`subscribers import\``,
      );
    if (metrics > 0) remarks.leftOut(file, `${count(metrics, 'metric')}, which are not taken`);
  }
}

/** Versions before 2.4 have maintenance among the incidents. */
function isPlanned({ fields }: CachetEntry): boolean {
  return numberIn(fields.status) === 0 && (textOf(fields.scheduled_at) ?? '') !== '';
}

/** By the number of a component's status; 5 and 6 (unknown, under maintenance) say nothing of an incident. */
const COMPONENT_STATUS: readonly (ComponentStatus | null)[] = [
  null,
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
];
const SEVERITY: Readonly<Partial<Record<ComponentStatus, Severity>>> = {
  degraded_performance: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
};

function incidentOf(one: CachetEntry, page: CachetPage): ImportedIncident[] {
  const { remarks, times } = page;
  const where = whereOf(one);
  const written = times.of(one, 'created', 'created_at');
  const started = times.of(one, 'occurred', 'occurred_at') ?? written;
  if (whyHidden(one) !== null || started === null) {
    remarks.leftOut(one.file, `${where}: ${whyHidden(one) ?? 'its time cannot be read'}`);
    return [];
  }
  const status = INCIDENT_STATUS[numberIn(one.fields.status) ?? 0] ?? null;
  const updates = updatesOf(one, page);
  // An incident has the status of its newest update: what it began with is not kept.
  const own = updates.length > 0 ? null : status;
  const title = fittingTitle(titleOf(one), what => remarks.changed(one.file, `${where}: ${what}`));
  const message = title.before + markdownOfMessage(one, one, remarks);
  const end = endOf(one, [{ at: started, status: own, message }, ...updates], status, page);
  // One that was edited to be fixed began with another status.
  const began = own === 'resolved' && end !== started ? null : own;
  const affected = affectedBy(one, page.components);
  const worst = (['critical', 'major', 'minor'] as const).find(severity =>
    affected.some(component => component.status !== null && SEVERITY[component.status] === severity),
  );
  if (!worst) remarks.changed(one.file, 'its incidents have no severity: they are imported as minor');
  const guid = textOf(one.fields.guid);
  if (guid && !one.related.updates)
    remarks.leftOut(
      one.file,
      'the updates and components of its incidents: save the answer with `?include=components,updates`',
    );
  const printed = printImported(`cachet:incident-${one.id}`, {
    title: title.title,
    severity: worst ?? 'minor',
    started: Math.min(started, ...updates.map(({ at }) => at)),
    components: affected.map(component => (component.status === null ? component.id : component)),
    aliases: [...(guid ? [guid] : []), one.id],
    ...courseOf({
      told: [{ at: started, status: began, message }, ...updates],
      started,
      end,
      over: 'resolved',
      open: status === 'resolved' ? 'monitoring' : (status ?? 'investigating'),
    }),
  });
  return [fileOf(one, started, printed, page)];
}

/**
 * When an incident was over; undefined while it is open. Many pages never mark one fixed, so only one that is pinned is
 * open. Without an update that says when, the last edit is the end, if it was on the same day: later ones mend words.
 */
function endOf(
  one: CachetEntry,
  told: readonly ToldUpdate[],
  status: IncidentStatus | null,
  page: CachetPage,
): Millis | undefined {
  const { remarks, times } = page;
  const course = [...told].sort((a, b) => a.at - b.at);
  const [first, last] = [course[0]!, course.at(-1)!];
  const working = course.findLastIndex(update => update.status !== null && update.status !== 'resolved');
  const fixed = course.slice(working + 1).find(update => update.status === 'resolved');
  if (fixed && fixed.at > first.at) return fixed.at;
  const isFixed = fixed !== undefined || status === 'resolved' || isTrue(one.fields.is_resolved);
  if (!isFixed && isTrue(one.fields.stickied)) return undefined;
  const edited = times.of(one, 'updated', 'updated_at') ?? last.at;
  const isEnd = (isFixed || course.length === 1) && edited > last.at && edited <= last.at + DAY;
  if (isFixed && !isEnd)
    remarks.changed(
      one.file,
      `${whereOf(one)}: when it was fixed is not known, so it ends at its last update`,
    );
  else if (!isFixed)
    remarks.changed(one.file, `${whereOf(one)}: it was never marked fixed, so it ends at its last update`);
  return isEnd ? edited : last.at;
}

/** The status of a schedule. */
const UNDER_WAY = 1;
const DONE = 2;

function maintenanceOf(one: CachetEntry, page: CachetPage): ImportedIncident[] {
  const { remarks, times } = page;
  const start = times.of(one, 'scheduled', 'scheduled_at');
  if (whyHidden(one) !== null || start === null) {
    remarks.leftOut(one.file, `${whereOf(one)}: ${whyHidden(one) ?? 'its time cannot be read'}`);
    return [];
  }
  const completed = times.of(one, 'completed', 'completed_at');
  const hasEnd = completed !== null && completed > start;
  const status = one.kind === 'schedule' ? numberIn(one.fields.status) : null;
  const [isUnderWay, isDone] = [status === UNDER_WAY, status === null || status === DONE];
  // What goes on is not over, and planned work has an end in every plan here.
  const span = isUnderWay ? 7 * DAY : isDone ? HOUR : DAY;
  const end = hasEnd ? completed : start + span;
  if (!hasEnd)
    remarks.changed(
      one.file,
      `${whereOf(one)}: it has no end, so ${isDone ? 'it is one hour long' : `${count(span / DAY, 'day')} are written: set \`scheduled_end\` in its file`}`,
    );
  const announced = Math.min(times.of(one, 'created', 'created_at') ?? start, start);
  const title = fittingTitle(titleOf(one), what => remarks.changed(one.file, `${whereOf(one)}: ${what}`));
  const message = title.before + markdownOfMessage(one, one, remarks);
  const updates = updatesOf(one, page).map(update => ({ ...update, status: null }));
  // Version 3 has a planned end, too; version 2 writes one when the work is done.
  const isOver = status === null ? hasEnd : isDone;
  const { resolved: _, ...course } = courseOf({
    told: [{ at: announced, status: 'scheduled', message }, ...updates],
    started: announced,
    end: isOver ? end : undefined,
    over: 'completed',
    open: 'scheduled',
  });
  const printed = printImported(`cachet:${one.kind}-${one.id}`, {
    title: title.title,
    severity: null,
    started: announced,
    scheduled: { start, end },
    components: affectedBy(one, page.components).map(({ id }) => id),
    aliases: [one.kind === 'schedule' ? `/schedules/${one.id}` : one.id],
    ...course,
    ...(isUnderWay ? { status: 'in_progress' as const } : {}),
  });
  return [fileOf(one, start, printed, page)];
}

function fileOf(
  { file, kind, id, fields }: CachetEntry,
  at: Millis,
  text: string,
  { unique }: CachetPage,
): ImportedIncident {
  return { file, source: `cachet:${kind}-${id}`, id: unique(incidentId(at, titleOf({ fields }))), text };
}

/** Why the public did not see an incident; null: it did. */
function whyHidden({ fields }: CachetEntry): string | null {
  if (textOf(fields.deleted_at)) return 'it is deleted';
  return fields.visible === undefined || isTrue(fields.visible) ? null : 'it is not public there';
}

/** What its components are; with the status each had in it, where the answer says so. */
function affectedBy({ file, fields, related }: CachetEntry, components: CachetComponents): Affected[] {
  const listed = recordsIn(fields.components).map(one => {
    const own = isRecord(one.pivot) ? one.pivot : one;
    const code = textOf(one.component_id) ?? textOf(one.id) ?? '';
    const status = COMPONENT_STATUS[numberIn(own.component_status) ?? 0] ?? null;
    return { id: components.of(code, textOf(one.name), file), status };
  });
  const single = isRecord(fields.component) ? fields.component : null;
  const code = textOf(single?.id) ?? textOf(fields.component_id);
  const others = [...(code && code !== '0' ? [code] : []), ...(related.components ?? [])].map(one => ({
    id: components.of(one, textOf(single?.name), file),
    status: null,
  }));
  const all = [...others, ...listed].flatMap(({ id, status }) => (id === null ? [] : [{ id, status }]));
  return [...new Map(all.map(one => [one.id, one])).values()];
}
