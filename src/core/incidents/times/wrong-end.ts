// Sections at the wrong end of a file: somebody put what is new beside the oldest.
import { INCIDENT_STATUSES, isFinal, type UpdateStatus } from '../../model/incident.ts';
import { DAY, HOUR, type Millis } from '../../model/time.ts';
import type { Written } from './series-days.ts';
import { firstFrom, floored } from './time-of-day.ts';

/** A section with its moment, epoch ms. */
interface WithTime<Section extends Written> {
  readonly section: Section;
  readonly at: Millis;
  readonly written: Millis;
}

/**
 * How many of the first sections are not as old as a dated one below. Of the same minute as that, the same is true of an
 * end, of a later status, and of what stands in a file that a machine began.
 * @param known the times that are known, epoch ms
 * @param soonest what has no date is not before this
 */
export function wrongEndOf(
  sections: readonly Written[],
  known: readonly (Millis | null)[],
  soonest: Millis,
  isMachines: boolean,
): number {
  let oldest = Number.POSITIVE_INFINITY;
  let oldestOne: Written | undefined;
  let count = 0;
  for (let index = sections.length - 1; index >= 0; index--) {
    const section = sections[index]!;
    const own = section.dated ? section.time : firstFrom(section.time, floored(soonest, section));
    const at = known[index] ?? own;
    const isWithin = oldestOne !== undefined && at < oldest && at === floored(oldest, section);
    const isLater = isWithin && (isMachines || saysMore(section, oldestOne!));
    // To the minute, both may be of the same moment.
    const mayBeAsOld = oldestOne !== undefined && floored(at, oldestOne) === oldest;
    const isAsOld = at <= oldest || (mayBeAsOld && !saysMore(section, oldestOne!));
    if (isAsOld && !isLater) count = index;
    const isKnown = section.dated && known[index] != null;
    if (isKnown && (at < oldest || mayBeAsOld)) [oldest, oldestOne] = [at, section];
  }
  return count;
}

/** Whether the status of a section follows that of the other. */
function saysMore({ status: one }: Written, { status: other }: Written): boolean {
  if (isFinal(one)) return !isFinal(other);
  const stages: readonly (UpdateStatus | null)[] = INCIDENT_STATUSES;
  return other !== null && stages.indexOf(one) > stages.indexOf(other);
}

/**
 * A section that follows the newest this soon was added after it; one that stands this shortly before it, before it.
 */
const SOON = 9 * HOUR;
const SHORTLY = 6 * HOUR;

/**
 * Gives the first `count` moments, which were added at the wrong end, their days: after the newest, as people write; or
 * after their neighbour, where people wrote that, too, and only programs write at the other end. Within their minute they
 * come after all others.
 * @param ending when it was over, epoch ms; null: it is not, or nobody knows
 * @param latest nothing without a date is later than this
 */
export function appended<Section extends Written>(
  moments: WithTime<Section>[],
  count: number,
  known: readonly (Millis | null)[],
  ending: Millis | null,
  latest: Millis,
): void {
  if (count === 0) return;
  const others = moments.slice(count);
  const times = [...others.map(({ at }) => at), ...known.slice(0, count).flatMap(one => one ?? [])];
  let previous = others[0]?.at ?? 0;
  const oldest = previous;
  let newest = Math.max(previous, ...times.filter(at => at < (ending ?? Number.POSITIVE_INFINITY)));
  const isGiven = moments.slice(0, count).map(({ section }, index) => known[index] !== null || section.dated);
  for (let index = count - 1; index >= 0; index--) {
    const { section, at: own } = moments[index]!;
    const added = count - index;
    const inMinute = (written: Millis) => {
      const same = others.filter(({ at }) => floored(at, section) === written);
      return { section, written, at: Math.max(written, ...same.map(({ at }) => at)), added };
    };
    // A date is never another day, however wrong it is.
    if (isGiven[index]) {
      moments[index] = inMinute(own);
      continue;
    }
    const soonest = firstFrom(section.time, floored(previous, section));
    const after = firstFrom(section.time, floored(newest, section));
    const before = after - DAY;
    const isAfter = after <= latest && after - newest <= SOON;
    const isTooOld = before < floored(oldest, section);
    let at = isAfter || isTooOld ? after : before;
    let isSure = isAfter || after > latest || isTooOld || newest - before <= SHORTLY;
    const isOfOldest = soonest === floored(previous, section);
    if (others[0]?.section.dated === false || isOfOldest) {
      isSure = !isAfter || soonest === after || isOfOldest;
      at = soonest;
    }
    const doubt = isSure ? {} : { doubt: [at === after ? before : at, after] as const };
    moments[index] = { ...inMinute(at), ...doubt };
    previous = at;
    newest = Math.max(newest, at);
  }
}
