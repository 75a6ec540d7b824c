// Plans: what was last told of each maintenance, so that calendars learn of a moved or deleted one, and that what had begun
// by a former plan of a series stays as it was.
import { affectedBy, type Incident, keyOf, type SeriesRecord } from '../model/incident.ts';
import { memoized } from '../model/memo.ts';
import type { Site } from '../model/site.ts';
import { DAY, type Millis, type Span } from '../model/time.ts';
import { mayEndSeries } from './completion.ts';
import { stateAt } from './maintenance.ts';
import { occurrencesOf } from './recurrence.ts';

/** The part of a maintenance that a calendar shows: a change raises its SEQUENCE. */
interface CalendarPlan extends Span {
  readonly title: string;
  readonly rrule: string | null;
  readonly zone: string;
  /** The ids of the components it affects. */
  readonly components: readonly string[];
  readonly isOver: boolean;
  readonly updates: number;
  readonly record?: SeriesRecord;
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
    const plan = withRecord(planOf(incident, incident.scheduled, site), incident, before?.plan, now);
    const first = plan.updates - 1;
    if (!before) {
      if (isAhead(plan, now) || plan.record)
        plans.push({ id, plan, sequence: first, changedAt: null, goneAt: null });
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

/** The incidents with what was told of them that their files no longer say; the same list if there is nothing. */
export function withTold(incidents: readonly Incident[], told: readonly ToldPlan[]): readonly Incident[] {
  const records = new Map(told.map(({ id, plan }) => [id, plan.record]));
  const all = incidents.map(one => {
    const record = one.rrule === undefined ? undefined : records.get(keyOf(one));
    if (!record) return one;
    return recorded(one)(record);
  });
  return all.every((one, index) => one === incidents[index]) ? incidents : all;
}

/** The same objects in each round, so that values cached by them stay valid. */
const recorded = memoized((one: Incident) => memoized((record: SeriesRecord) => ({ ...one, record })));

/** The plan of a series with its former ones, and when it ended. */
function withRecord(
  plan: CalendarPlan,
  incident: Incident,
  before: CalendarPlan | undefined,
  now: Millis,
): CalendarPlan {
  if (plan.rrule === null) return plan;
  const past = before ? pastOf(plan, incident, before, now) : [];
  const endedAt = plan.isOver ? endOf(plan, incident, before, now) : undefined;
  if (past.length === 0 && endedAt === undefined) return plan;
  const record = { ...(past.length > 0 ? { past } : {}), ...(endedAt === undefined ? {} : { endedAt }) };
  return { ...plan, record };
}

/** With the section that was written in the same save, else now; undefined if it was over when its file was first read. */
function endOf(
  { end, updates }: CalendarPlan,
  { resolved, updates: said }: Incident,
  before: CalendarPlan | undefined,
  now: Millis,
): Millis | undefined {
  if (before?.isOver) return before.record?.endedAt;
  const section = said.findLast(mayEndSeries);
  if (before) return updates > before.updates && section ? section.at : now;
  return resolved !== null || section || end <= now ? undefined : now;
}

/**
 * The former plans of a series, with the one before this if occurrences of it that are over would be others by this, or one
 * that is under way would be none.
 */
function pastOf(
  { start, end, rrule, zone }: CalendarPlan,
  incident: Incident,
  before: CalendarPlan,
  now: Millis,
): NonNullable<SeriesRecord['past']> {
  const known = before.record?.past ?? [];
  const isSame =
    before.rrule === rrule && before.zone === zone && before.start === start && before.end === end;
  if (isSame || before.rrule === null) return known;
  const { record: _, ...read } = incident;
  const going = { ...read, status: 'scheduled' as const, resolved: null };
  const told = {
    ...going,
    scheduled: { start: before.start, end: before.end },
    rrule: before.rrule,
    timezone: before.zone,
    record: { past: known },
  };
  const all = occurrencesOf(going, now, zone).filter(one => one.scheduled!.start <= now);
  // The window under way follows the file, if that has one for it: a longer one, for instance.
  const goesOn = ({ scheduled }: Incident) =>
    all.some(one => one.scheduled!.start === scheduled!.start || one.scheduled!.end > now);
  const isOver = (one: Incident) =>
    one.scheduled!.start <= now && (stateAt(one, now) === 'completed' || !goesOn(one));
  const over = occurrencesOf(told, now, zone).filter(isOver);
  const last = over.at(-1)?.scheduled?.start;
  if (last === undefined) return known;
  const byThis = all.filter(one => one.scheduled!.start <= last);
  const windows = (some: readonly Incident[]) => JSON.stringify(some.map(({ scheduled }) => scheduled));
  if (windows(byThis) === windows(over)) return [];
  if (over.at(-1)?.series?.record?.until !== undefined) return known;
  const { start: first, end: until } = before;
  return [
    ...known,
    { start: first, end: until, rrule: before.rrule, zone: before.zone, last, replaced: now },
  ];
}

function isAhead({ end, rrule, isOver }: CalendarPlan, now: Millis): boolean {
  return !isOver && (rrule !== null || end > now);
}
