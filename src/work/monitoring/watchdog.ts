// The watchdog: sees by clocks that only grow whether looks and rounds still end. It needs none of them to run.
import { type Check, isConfigured } from '../../core/model/checks/check.ts';
import { nextFiring, roughPeriod } from '../../core/model/checks/cron.ts';
import type { Component } from '../../core/model/component.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { type Clock, iso, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import type { ComponentView, Snapshot, Stall } from '../../core/page/snapshot.ts';
import { withStalls } from '../../core/page/stalled.ts';

export interface WatchdogDeps {
  readonly clock: Clock;
  /** Only grows, whatever is done to the wall clock. */
  readonly monotonic: Clock;
  /** The same, and stands still while the process does. */
  readonly awake: Clock;
  /** Told when a look ended of what was in doubt. */
  readonly ring: () => void;
  readonly log: Log;
}

export interface Watchdog {
  /**
   * A look of the component has ended; it took so long, ms, while the process was awake. What was in doubt is so until
   * one ends that answered well.
   */
  ended(component: Component, took: Millis, isWell: boolean): void;
  /** The wall clock went forward by so many ms: the machine may have slept, and what was seen is older by as much. */
  stepped(by: Millis): void;
  /** Whether what is known of the component is too old to go by. */
  doubts(component: Component): boolean;
  /** The Snapshot has been brought up to date. */
  rounded(): void;
  /** The Snapshot as it may be shown now; says in the log what stopped and what goes on. */
  judged(snapshot: Snapshot): Snapshot;
}

/** A look may take this much longer than the last one: asking whether our own network is down, and writing down. */
const SLACK: Millis = 10 * SECOND;
/** Clocks differ by less from one process to the next. */
const AHEAD: Millis = SECOND;
/** Rounds run each second; one over ten thousand files on a slow disk takes its time. */
const ROUND: Millis = MINUTE;

interface Seen {
  readonly schedule: string;
  /** When the last look ended: by the wall clock, by what only grows, and from when on the process has been awake. */
  readonly at: Millis;
  readonly ended: Millis;
  readonly awake: Millis;
  /** How long it took; null when that is not known. */
  readonly took: Millis | null;
  /** Whether it ended here, not before this process began. */
  readonly isOurs: boolean;
  /** Whether the state was in doubt when it ended, and the look did not renew it. */
  readonly doubted: boolean;
  /** When it began as the database says; absent when the database was not asked. */
  readonly lookedAt?: Millis | undefined;
  /** How old it may be at least; and how old indeed, once that had to be asked of the schedule itself. */
  least?: Millis;
  limit?: Millis;
}

export function makeWatchdog({ clock, monotonic, awake, ring, log }: WatchdogDeps): Watchdog {
  const seen = new Map<string, Seen>();
  let stalls = new Map<string, Stall>();
  let round = { at: clock(), awake: awake() };
  let page: Millis | null = null;

  /** The last look of a component; one nobody here has seen end is as old as the database says. */
  const seenOf = ({ component, looked }: ComponentView): Seen => {
    const { id, schedule } = component;
    const known = seen.get(id);
    const isRead = !known?.isOurs && looked !== undefined && looked.at !== known?.lookedAt;
    if (known && known.schedule === schedule && !isRead) return known;
    const now = clock();
    const end = isRead ? looked.at + looked.took : now;
    const first = {
      schedule,
      at: Math.min(end, now),
      ended: monotonic() - Math.max(0, now - end),
      awake: known?.isOurs === false ? known.awake : awake(),
      took: isRead ? looked.took : null,
      isOurs: known?.isOurs ?? false,
      // A look that lies ahead tells of a clock that was set: how old it is nobody knows.
      doubted: isRead ? end > now + AHEAD : known !== undefined && isDoubted(component, known),
      lookedAt: looked?.at,
    };
    seen.set(id, first);
    return first;
  };

  const isOld = (component: Component, last: Seen): boolean => {
    const age = monotonic() - last.ended;
    last.least ??= leastLimit(component, last.took);
    if (age <= last.least) return false;
    last.limit ??= limitOf(component, last.at, last.took);
    return age > last.limit;
  };
  /** By the schedule of then. */
  const isDoubted = (component: Component, last: Seen): boolean =>
    last.doubted || isOld({ ...component, schedule: last.schedule }, last);

  const stallOf = (view: ComponentView): Stall | null => {
    const { component } = view;
    if (component.check.type === 'manual' || !isConfigured(component.check)) return null;
    const last = seenOf(view);
    const isTooOld = isOld(component, last);
    if (!isTooOld && !last.doubted) return null;
    // How long the first look of this process takes, nobody has seen.
    const patience = (last.limit ?? 0) + (last.isOurs || last.took === null ? 0 : timeoutOf(component.check));
    // What was said to be interrupted is so until a look tells: /api/v2 has no other word for what is not known.
    const isUntold = view.health === 'operational' || view.health === 'no_data';
    const stays = last.doubted && isUntold && stalls.get(component.id)?.told === true;
    return { since: last.at, told: stays || (isTooOld && awake() - last.awake > patience) };
  };

  const doubts = (component: Component): boolean => {
    const last = seen.get(component.id);
    return last !== undefined && isDoubted(component, last);
  };

  const tell = (next: ReadonlyMap<string, Stall>, components: readonly Component[]) => {
    for (const { id, name } of components) {
      const [before, now] = [stalls.get(id), next.get(id)];
      if (now?.told && !before?.told)
        log.error(
          { component: id },
          `monitoring of ${name} is interrupted: no look has ended since ${iso(now.since)}`,
        );
      if (before?.told && !now?.told) log.info({ component: id }, `monitoring of ${name} goes on`);
    }
  };

  return {
    doubts,
    ended(component, took, isWell) {
      const { id, schedule } = component;
      const doubted = !isWell && doubts(component);
      seen.set(id, {
        schedule,
        at: clock(),
        ended: monotonic(),
        awake: awake(),
        took,
        isOurs: true,
        doubted,
      });
      if (stalls.has(id)) ring();
    },
    stepped(by) {
      if (by > 0) for (const [id, last] of seen) seen.set(id, { ...last, ended: last.ended - by });
    },
    rounded() {
      round = { at: clock(), awake: awake() };
    },
    judged(snapshot) {
      const next = new Map<string, Stall>();
      for (const view of snapshot.components) {
        const stall = stallOf(view);
        if (stall) next.set(view.component.id, stall);
      }
      tell(next, snapshot.site.components);
      stalls = next;
      const isStale = awake() - round.awake > ROUND;
      if (isStale && page === null)
        log.error({}, `the page is interrupted: it has not been brought up to date since ${iso(round.at)}`);
      if (!isStale && page !== null) log.info({}, 'the page is brought up to date again');
      page = isStale ? round.at : null;
      return withStalls(snapshot, { components: stalls, page });
    },
  };
}

/**
 * How old a component's last look may be at least, whatever its schedule's pauses: two periods, or two looks as long as
 * the last one. The timeout says nothing: it may be minutes where looks take milliseconds. Only before the first look
 * has ended nothing else is known.
 */
function leastLimit({ check, schedule }: Component, took: Millis | null): Millis {
  // Heartbeats are judged each minute, whatever their own period.
  if (check.type === 'heartbeat') return 2 * MINUTE + SLACK;
  const period = roughPeriod(schedule);
  if (took === null) return 2 * period + timeoutOf(check) + SLACK;
  return 2 * Math.max(period, took) + SLACK;
}

/** The same for a look that ended at `at`: until the second firing after it, however far that is (nights, weekends). */
function limitOf(component: Component, at: Millis, took: Millis | null): Millis {
  const { id, schedule, check } = component;
  const least = leastLimit(component, took);
  if (check.type === 'heartbeat') return least;
  const offset = offsetOf(id, schedule);
  const first = nextFiring(schedule, at - offset);
  const second = first && nextFiring(schedule, first);
  if (!second) return Number.POSITIVE_INFINITY;
  const end = took === null ? second + timeoutOf(check) : Math.max(second, first + took);
  return Math.max(least, end + offset - at + SLACK);
}

function timeoutOf(check: Check): Millis {
  return 'timeout' in check ? check.timeout : 0;
}
