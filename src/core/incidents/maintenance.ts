// Maintenance: its state by the clock, the time it covers, and its reminders to subscribers.
import { isConfigured } from '../model/checks/check.ts';
import { badness, type Measured } from '../model/component.ts';
import {
  affectedBy,
  type Incident,
  type IncidentUpdate,
  isOpen,
  type UpdateStatus,
} from '../model/incident.ts';
import { type Problem, warningAt } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import { DAY, HOUR, iso, MINUTE, type Millis, type Span } from '../model/time.ts';
import { machineText } from '../text/machine-texts.ts';
import { beginningOfWork, completionOf, overrunOf } from './completion.ts';

/** The status to show now: the one in the file, moved forward by the clock, never back. */
export function stateAt(incident: Incident, now: Millis): UpdateStatus {
  if (!incident.scheduled || incident.status === 'completed') return incident.status;
  if (now >= incident.scheduled.end) return overrunOf(incident, now) ?? 'completed';
  if (now >= incident.scheduled.start && incident.status === 'scheduled') return 'in_progress';
  return incident.status;
}

/** The time a maintenance covers: with an early start, and an early or late completion, as in the file. */
export function coveredBy(incident: Incident, state: UpdateStatus = incident.status): Span {
  const planned = incident.scheduled!;
  const start = beginningOfWork(incident, planned);
  return { start, end: Math.max(start, completionOf(incident, state)?.at ?? planned.end) };
}

/** The time an incident or a maintenance takes, up to `now` while an incident is open. */
export function spanOf(incident: Incident, now: Millis): Span {
  if (incident.scheduled) return coveredBy(incident);
  return { start: incident.started, end: incident.resolved ?? now };
}

/** Per parsed incident: texts rendered for a list of updates stay valid. */
const completions = new WeakMap<readonly IncidentUpdate[], readonly IncidentUpdate[]>();

/** The updates of a maintenance that the clock completed: its Completed section is the completion, not an early word. */
export function completedByClock(updates: readonly IncidentUpdate[]): readonly IncidentUpdate[] {
  if (!updates.some(({ early }) => early)) return updates;
  const known =
    completions.get(updates) ??
    updates.map(({ early, ...rest }) =>
      early ? { ...rest, status: 'completed' as const, label: null } : rest,
    );
  completions.set(updates, known);
  return known;
}

export function isUnderWay(incident: Incident, now: Millis): incident is Incident & { scheduled: Span } {
  const state = stateAt(incident, now);
  return incident.scheduled !== null && (state === 'in_progress' || state === 'verifying');
}

/** The status of what is written about an incident without naming one: while work goes on by the clock, that of the work. */
export function statusWritten(incident: Incident, now: Millis): UpdateStatus {
  const isWork = incident.rrule === undefined && isUnderWay(incident, now);
  return isWork ? stateAt(incident, now) : incident.status;
}

/**
 * The reminders to subscribers (`maintenance.notices`) due by `now`, one for each of `leads` (ms before the start), as
 * updates that are in no file. The start is part of their key: a moved maintenance is announced again.
 * - Superseded by a later reminder, or due only after the start: recorded, not sent.
 * - A lead longer than the time since the announcement: left out.
 * - Late (the server was off, the maintenance was moved): says the time that is left. More than a day late: not sent.
 */
export function noticesOf(incident: Incident, leads: readonly Millis[], now: Millis): IncidentUpdate[] {
  const { scheduled, updates } = incident;
  if (!scheduled || incident.status !== 'scheduled') return [];
  const { start } = scheduled;
  const announced = updates.find(update => !update.quiet)?.at ?? Number.NEGATIVE_INFINITY;
  const due = leads.filter(lead => start - lead <= now && start - lead > announced);
  const nearest = Math.min(...due);
  return due.map(lead => {
    const late = now - (start - lead);
    return {
      key: `${iso(start)}-${lead / MINUTE}m`,
      // A late reminder is dated now, as its text says what is left from now.
      at: late <= PUNCTUAL ? start - lead : now,
      status: 'scheduled',
      label: null,
      body: late <= PUNCTUAL ? machineText('machine.begins', { lead }) : left(start - now),
      ...(lead !== nearest || now >= start || late > DAY ? { quiet: true as const } : {}),
    };
  });
}

/** A reminder later than this says the time that is left, not its lead. */
const PUNCTUAL: Millis = 5 * MINUTE;

function left(time: Millis): string {
  const unit = time >= 2 * DAY ? DAY : time >= 2 * HOUR ? HOUR : MINUTE;
  const lead = Math.max(MINUTE, Math.round(time / unit) * unit);
  return machineText(unit === MINUTE ? 'machine.begins' : 'machine.begins_about', { lead });
}

/** Warns of failing checks during a maintenance. `incidents` holds all occurrences of recurring ones. */
export function failingMeanwhile(
  incidents: readonly Incident[],
  measured: ReadonlyMap<string, Measured>,
  { components }: Site,
  now: Millis,
): Problem[] {
  const found: Problem[] = [];
  for (const incident of incidents) {
    if (!isUnderWay(incident, now)) continue;
    for (const { id } of affectedBy(incident, components)) {
      const component = components.find(one => one.id === id);
      const known = measured.get(id);
      if (!component || !isConfigured(component.check) || !known || badness(known.health) <= 0) continue;
      const since = known.since === null ? '' : ` since ${iso(known.since)}`;
      // The outage may have been announced before the work began.
      const open = incidents.find(
        one => isOpen(one) && affectedBy(one, components).some(affected => affected.id === id),
      );
      const news = open ? `"${open.title}" (${open.id}) reports it` : 'nobody is notified';
      const where = `incidents/${incident.series?.id ?? incident.id}.md`;
      const what = `the check of "${component.name}" fails${since}, and this maintenance covers it: ${news}`;
      const fix = 'complete the maintenance if the work is done, or remove the component from `components:`';
      found.push(warningAt(where, what, fix));
    }
  }
  return found;
}
