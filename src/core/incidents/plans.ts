// Plans: what calendars were last told of each maintenance, so that they learn of a moved or deleted one.
import { affectedBy, type Incident, keyOf } from '../model/incident.ts';
import type { Site } from '../model/site.ts';
import { DAY, type Millis, type Span } from '../model/time.ts';

/** The part of a maintenance that a calendar shows: a change raises its SEQUENCE. */
interface CalendarPlan extends Span {
  readonly title: string;
  readonly rrule: string | null;
  readonly zone: string;
  /** The ids of the components it affects. */
  readonly components: readonly string[];
  readonly isOver: boolean;
  readonly updates: number;
}

export interface ToldPlan {
  /** Its lasting name. */
  readonly id: string;
  readonly plan: CalendarPlan;
  readonly sequence: number;
  /** When the plan was changed, or its file deleted, epoch ms; null if it is as first read. */
  readonly changedAt: Millis | null;
  /** When its file was deleted while it was still to come, epoch ms; null while it is there. */
  readonly goneAt: Millis | null;
}

/** How long a deleted maintenance stays in the calendar as cancelled: a program that was off for a month sees it. */
const CANCELLED_FOR: Millis = 60 * DAY;

/**
 * The plans as of `now`; the same list if nothing changed.
 * @param told as before.
 * @param files every incident as in its file.
 * @param isWhole whether an incident that is not among them was deleted: nothing is unread or missing.
 */
export function plansNow(
  told: readonly ToldPlan[],
  files: readonly Incident[],
  site: Site,
  now: Millis,
  isWhole: boolean,
): readonly ToldPlan[] {
  const left = new Map(told.map(one => [one.id, one]));
  const plans: ToldPlan[] = [];
  for (const incident of files) {
    if (!incident.scheduled) continue;
    const id = keyOf(incident);
    const before = left.get(id);
    left.delete(id);
    const plan = planOf(incident, incident.scheduled, site);
    const first = plan.updates - 1;
    if (!before) {
      if (isAhead(plan, now)) plans.push({ id, plan, sequence: first, changedAt: null, goneAt: null });
    } else if (before.goneAt === null && JSON.stringify(before.plan) === JSON.stringify(plan)) {
      plans.push(before);
    } else {
      const sequence = Math.max(before.sequence + 1, first);
      plans.push({ id, plan, sequence, changedAt: now, goneAt: null });
    }
  }
  for (const one of left.values()) {
    if (one.goneAt !== null ? now < one.goneAt + CANCELLED_FOR : !isWhole) plans.push(one);
    else if (one.goneAt === null && isAhead(one.plan, now))
      plans.push({ ...one, sequence: one.sequence + 1, changedAt: now, goneAt: now });
  }
  const before = new Set(told);
  const isSame = plans.length === told.length && plans.every(one => before.has(one));
  return isSame ? told : plans;
}

function planOf(incident: Incident, { start, end }: Span, site: Site): CalendarPlan {
  const { title, rrule = null, timezone: zone = site.timezone, status, updates } = incident;
  const components = affectedBy(incident, site.components).map(({ id }) => id);
  const isOver = status === 'completed';
  return { start, end, title, rrule, zone, components, isOver, updates: updates.length };
}

function isAhead({ end, rrule, isOver }: CalendarPlan, now: Millis): boolean {
  return !isOver && (rrule !== null || end > now);
}
