// The watchdog: notices when checks or rounds no longer end. It works when none of them runs, and measures their age by
// clocks that only grow.
import { type Check, checkKey, isConfigured, isSameCheck } from '../../core/model/checks/check.ts';
import { nextFiring, roughPeriod } from '../../core/model/checks/cron.ts';
import type { Component } from '../../core/model/component.ts';
import { iso, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import type { ComponentView, Snapshot, Stall } from '../../core/page/snapshot.ts';
import { withStalls } from '../../core/page/stalled.ts';
import type { Monitoring } from './monitoring.ts';

/** How much longer than the last run a slow check may take, for the own-network check and for recording. */
const SLACK: Millis = 10 * SECOND;
/** The shortest limit. Ticks come each second, so with a shorter limit a busy machine would look stalled. */
const SHORTEST: Millis = 10 * SECOND;
/** The clocks of two processes differ by less than this. */
const AHEAD: Millis = SECOND;
/** How long a round may take. Rounds run each second; one over ten thousand files on a slow disk takes long. */
const ROUND: Millis = MINUTE;

/**
 * How a run of a check ended. `silentSince` (epoch ms): the state is unknown because a job's report is overdue; it may
 * have come while this process was not listening.
 */
export type RunEnd = 'well' | 'bad' | { readonly silentSince: Millis; readonly hasNewToken?: true };

interface LastRun {
  readonly check: Check;
  readonly schedule: string;
  /** When the run ended: by the wall clock, by `monotonic`, and by `awake`. */
  readonly at: Millis;
  readonly ended: Millis;
  readonly awake: Millis;
  /** How long it took, ms; null if unknown. */
  readonly took: Millis | null;
  /** Whether the run ended in this process, not in an earlier one. */
  readonly isOurs: boolean;
  /** Whether the state was in doubt when the run ended, and the run did not end that. */
  readonly isDoubted: boolean;
  /** If a job is in doubt because its report is overdue: since when, epoch ms; `from` is the same moment by `awake`. */
  readonly silent?: { readonly since: Millis; readonly from: Millis; readonly by: Stall['silent'] };
  /** When the run began according to the database; absent if the database was not asked. */
  readonly recordedAt?: Millis | undefined;
  /**
   * The maximum age of the run, ms: the least it can be, and the exact value once it was computed from the schedule.
   */
  least?: Millis;
  limit?: Millis;
}

export class Watchdog {
  readonly #on: Omit<Monitoring, 'db' | 'site'>;
  readonly #runs = new Map<string, LastRun>();
  #stalls = new Map<string, Stall>();
  #round: { readonly at: Millis; readonly awake: Millis };
  /** Since when the page has not been brought up to date, epoch ms; null while it is. */
  #stalePage: Millis | null = null;

  constructor(on: Omit<Monitoring, 'db' | 'site'>) {
    this.#on = on;
    this.#round = { at: on.clock(), awake: on.awake() };
  }

  /**
   * Notes that a run of a check has ended. `took` is its duration while the process was awake, ms. A component in doubt
   * stays in doubt until a run ends well.
   */
  ended(component: Component, took: Millis, end: RunEnd): void {
    const { clock, monotonic, awake, ring } = this.#on;
    const { id, schedule, check } = component;
    const from = this.#runs.get(id)?.silent?.from ?? awake();
    const silence =
      typeof end === 'object'
        ? { silent: { since: end.silentSince, from, by: end.hasNewToken ? 'new token' : 'overdue' } as const }
        : {};
    const isDoubted = typeof end === 'object' || (end === 'bad' && this.doubts(component));
    const [at, ended] = [clock(), monotonic()];
    const run = { check, schedule, at, ended, awake: awake(), took, isOurs: true, isDoubted };
    this.#runs.set(id, { ...run, ...silence });
    if (this.#stalls.has(id)) ring();
  }

  /**
   * Handles a forward step of the wall clock by `by` ms: the machine may have slept, so all results are older by that
   * time.
   */
  stepped(by: Millis): void {
    if (by > 0) for (const [id, last] of this.#runs) this.#runs.set(id, { ...last, ended: last.ended - by });
  }

  /** When the newest run ended, epoch ms; null before the first. */
  newestRun(): Millis | null {
    const runs = [...this.#runs.values()].filter(({ isOurs }) => isOurs).map(({ at }) => at);
    return runs.length === 0 ? null : Math.max(...runs);
  }

  /** Whether the component's last result is too old to rely on. */
  doubts(component: Component): boolean {
    const last = this.#runs.get(component.id);
    return last !== undefined && this.#isDoubted(component, last);
  }

  rounded(): void {
    this.#round = { at: this.#on.clock(), awake: this.#on.awake() };
  }

  /** Whether the page already names the component, because its checks do not end or do not end well. */
  isNamed(id: string): boolean {
    return this.#stalls.get(id)?.isInterrupted === true;
  }

  /** Returns the Snapshot as it may be shown now, and logs what stopped and what resumed. */
  judged(snapshot: Snapshot): Snapshot {
    const next = new Map<string, Stall>();
    for (const view of snapshot.components) {
      const stall = this.#stallOf(view);
      if (stall) next.set(view.component.id, stall);
    }
    this.#logChanges(next, snapshot.site.components);
    this.#stalls = next;
    const { awake, log } = this.#on;
    const { at, awake: since } = this.#round;
    const isStale = awake() - since > ROUND;
    if (isStale && this.#stalePage === null)
      log.error({}, `the page is interrupted: it has not been updated since ${iso(at)}`);
    if (!isStale && this.#stalePage !== null) log.info({}, 'the page is updated again');
    this.#stalePage = isStale ? at : null;
    return withStalls(snapshot, { components: next, page: this.#stalePage });
  }

  #stallOf(view: ComponentView): Stall | null {
    const { component } = view;
    if (component.check.type === 'manual' || !isConfigured(component.check)) return null;
    const last = this.#lastRun(view);
    const isTooOld = this.#isOld(component, last);
    if (!isTooOld && !last.isDoubted) return null;
    // At start, this process checks everything at once, so the schedule's pauses do not count.
    const limit = (last.isOurs ? last.limit : last.least) ?? 0;
    // An interrupted component stays interrupted until a check ends well: /api/v2 has no other word for "unknown".
    const isUnknown = view.health === 'operational' || view.health === 'no_data';
    const stays = last.isDoubted && isUnknown && this.#stalls.get(component.id)?.isInterrupted === true;
    if (last.silent) {
      const isLong = this.#on.awake() - last.silent.from > leastLimit(component, last.took);
      return { since: last.silent.since, isInterrupted: isUnknown && isLong, silent: last.silent.by };
    }
    return { since: last.at, isInterrupted: stays || (isTooOld && this.#on.awake() - last.awake > limit) };
  }

  /** If no run ended in this process, use the last run of the database. */
  #lastRun({ component, lastRun }: ComponentView): LastRun {
    const { clock, monotonic, awake } = this.#on;
    const { id, schedule } = component;
    const known = this.#runs.get(id);
    const isRead = !known?.isOurs && lastRun !== undefined && lastRun.at !== known?.recordedAt;
    const isSame = known !== undefined && isSameCheck(known.check, component.check);
    if (known && isSame && known.schedule === schedule && !isRead) return known;
    const now = clock();
    const end = isRead ? lastRun.at + lastRun.took : now;
    const shown = this.#stalls.get(id);
    if (known && !isRead && (known.isDoubted || shown?.isInterrupted)) {
      // Nothing was known before this edit either: what was said of it, and since when, stays.
      const { least: _, limit: __, silent, ...same } = known;
      const kept = silent && component.check.type === 'heartbeat' ? { silent } : {};
      const at = shown?.isInterrupted ? shown.since : known.at;
      const run = { ...same, ...kept, check: component.check, schedule, at, isDoubted: true };
      this.#runs.set(id, run);
      return run;
    }
    const run: LastRun = {
      check: component.check,
      schedule,
      at: Math.min(end, now),
      ended: monotonic() - Math.max(0, now - end),
      awake: known?.isOurs === false ? known.awake : awake(),
      took: isRead ? lastRun.took : null,
      isOurs: known?.isOurs ?? false,
      // A run in the future shows that the clock was set: its age is unknown.
      isDoubted: isRead
        ? end > now + AHEAD || (lastRun.check !== undefined && lastRun.check !== checkKey(component.check))
        : // Of another target nothing is known before a check of it has ended.
          known !== undefined && (!isSame || this.#isDoubted(component, known)),
      recordedAt: lastRun?.at,
    };
    this.#runs.set(id, run);
    return run;
  }

  /** Uses the schedule that was set when the run ended. */
  #isDoubted(component: Component, last: LastRun): boolean {
    return last.isDoubted || this.#isOld({ ...component, schedule: last.schedule }, last);
  }

  #isOld(component: Component, last: LastRun): boolean {
    const age = this.#on.monotonic() - last.ended;
    last.least ??= leastLimit(component, last.took);
    if (age <= last.least) return false;
    last.limit ??= limitOf(component, last.at, last.took);
    return age > last.limit;
  }

  #logChanges(next: ReadonlyMap<string, Stall>, components: readonly Component[]): void {
    const { log } = this.#on;
    for (const { id: component, name } of components) {
      const [before, now] = [this.#stalls.get(component), next.get(component)];
      if (now?.isInterrupted && !before?.isInterrupted) {
        const what = `monitoring of ${name} is interrupted`;
        if (now.silent) log.warn({ component }, `${what}: it has not reported since ${iso(now.since)}`);
        else log.error({ component }, `${what}: no check has finished since ${iso(now.since)}`);
      }
      if (before?.isInterrupted && !now?.isInterrupted)
        log.info({ component }, `monitoring of ${name} works again`);
    }
  }
}

/**
 * The least value of the maximum age of a component's last run, ms, without the schedule's pauses: two periods; after a
 * slow run, the time to the next run plus the duration of one. The timeout is not used: it may be minutes where checks
 * take milliseconds.
 */
function leastLimit({ check, schedule }: Component, took: Millis | null): Millis {
  // Heartbeats are judged each minute, whatever their own period is.
  const period = check.type === 'heartbeat' ? MINUTE : roughPeriod(schedule);
  return Math.max(2 * period, period + slowness(took, period), SHORTEST);
}

/**
 * The exact maximum age of a run that ended at `at`, ms: up to the second firing after it, with pauses (nights,
 * weekends).
 */
function limitOf(component: Component, at: Millis, took: Millis | null): Millis {
  const { id, schedule, check } = component;
  const least = leastLimit(component, took);
  if (check.type === 'heartbeat') return least;
  const offset = offsetOf(id, schedule);
  const first = nextFiring(schedule, at - offset);
  const second = first && nextFiring(schedule, first);
  if (!second) return Number.POSITIVE_INFINITY;
  const end = Math.max(second, first + slowness(took, second - first));
  return Math.max(least, end + offset - at);
}

/**
 * How long the run after one that took `took` may take, ms; 0 after a quick run, because the next one ends within a
 * period.
 */
function slowness(took: Millis | null, period: Millis): Millis {
  return took !== null && 2 * took > period ? took + SLACK : 0;
}
