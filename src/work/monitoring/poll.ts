// Starts the checks that are due, up to a maximum at once, and passes their results on.
import {
  type Check,
  type CheckResult,
  isConfigured,
  isSameCheck,
  type Probe,
} from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import { MINUTE, type Millis } from '../../core/model/time.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import { type Alarm, makeAlarm } from './alarm.ts';
import type { Monitoring } from './monitoring.ts';
import type { OwnNetwork } from './own-network.ts';
import type { Recorder } from './recorder.ts';
import type { Warnings } from './warnings.ts';
import type { Watchdog } from './watchdog.ts';

interface PollParts extends Omit<Monitoring, 'db'> {
  readonly probe: Probe;
  readonly network: Pick<OwnNetwork, 'believe'>;
  readonly recorder: Pick<Recorder, 'result'>;
  readonly warnings: Pick<Warnings, 'ofCheck'>;
  readonly watchdog: Pick<Watchdog, 'doubts' | 'ended'>;
  readonly count: Count;
}

/** Counts a check. `lateness` is how long after its due time it began, ms. */
type Count = (component: Component, lateness: Millis, result: CheckResult) => void;

/** Enough for 2,000 checks a minute that all time out after ten seconds: slow checks do not delay others. */
const MAX_AT_ONCE = 400;

/**
 * A run that takes this much longer than twice its timeout will never end. The own-network check takes only seconds.
 */
const HUNG: Millis = MINUTE;

interface Due {
  readonly component: Component;
  readonly due: Millis;
}

interface Run extends Due {
  /** By the clock `awake`. */
  readonly began: Millis;
  readonly ending: AbortController;
  /** Resolves when the run has ended. */
  readonly done: Promise<void>;
  /** Resolves when the run has ended or was given up. */
  readonly left: Promise<unknown>;
}

export class Poll {
  readonly #parts: PollParts;
  /** When to check again before the schedule does, by `monotonic`: a step of the wall clock must not delay it. */
  readonly #rechecks = new Map<string, Millis>();
  /** One for each component that was checked. */
  readonly #alarms = new Map<string, Alarm>();
  /** The check last run for each component: a check with a new target runs at once. */
  readonly #checks = new Map<string, Check>();
  readonly #running = new Map<string, Run>();
  readonly #waiting = new Map<string, Due>();
  /**
   * Components whose last run was cut short by a pause of this process. Their next run starts at once, but only once.
   */
  readonly #excused = new Set<string>();
  #isClosing = false;
  #last: Millis | null = null;

  constructor(parts: PollParts) {
    this.#parts = parts;
  }

  /** Starts every check that is due since the last call; does not wait for the results. */
  startDue(now: Millis): void {
    // After a gap (asleep, blocked), run everything at once: the schedule fired meanwhile.
    if (this.#last !== null && now - this.#last > MINUTE) {
      this.#alarms.clear();
      this.#rechecks.clear();
    }
    this.#giveUpHung();
    for (const component of this.#parts.site().components) {
      const { id, check } = component;
      if (check.type === 'heartbeat' || check.type === 'manual') continue;
      const fired = this.#dueAt(component, now);
      const due = this.#waiting.get(id)?.due ?? fired;
      if (due === null) continue;
      this.#rechecks.delete(id);
      const run = this.#running.get(id);
      // The result of a run of the old target is of no use.
      if (run && !isSameCheck(run.component.check, check)) this.#giveUp(id, run);
      // Do not start a check twice that is running or waiting.
      if (!this.#running.has(id)) this.#waiting.set(id, { component, due });
    }
    this.#last = now;
    this.#startWaiting();
  }

  /** Makes every check due at once, as at start. */
  checkAllNow(): void {
    this.#alarms.clear();
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ left }) => left));
  }

  /** Aborts the running checks; their results are not stored. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#waiting.clear();
    const left = [...this.#running.values()];
    for (const { ending } of left) ending.abort();
    await Promise.all(left.map(({ done }) => done));
  }

  /** When a component's check was due, epoch ms; null if it is not due. */
  #dueAt(component: Component, now: Millis): Millis | null {
    const known = this.#alarms.get(component.id);
    const alarm = known ?? makeAlarm(schedule => offsetOf(component.id, schedule));
    this.#alarms.set(component.id, alarm);
    const fired = alarm(component.schedule, now);
    const late = this.#parts.monotonic() - (this.#rechecks.get(component.id) ?? Number.POSITIVE_INFINITY);
    if (late >= 0) return now - late;
    // A new component or target is checked at once, so that a new page has results within seconds.
    const before = this.#checks.get(component.id);
    return known && (!before || isSameCheck(before, component.check)) ? fired : now;
  }

  #startWaiting(): void {
    for (const [id, due] of this.#waiting) {
      if (this.#running.size >= MAX_AT_ONCE || this.#isClosing) return;
      this.#waiting.delete(id);
      this.#start(due);
    }
  }

  #start(due: Due): void {
    const { id, check } = due.component;
    this.#checks.set(id, check);
    const ending = new AbortController();
    const given = new Promise(resolve => ending.signal.addEventListener('abort', resolve, { once: true }));
    const done = this.#run(due, ending.signal)
      .catch((error: unknown) =>
        this.#parts.log.error(
          { component: id, err: error },
          'a check could not be judged (a bug: please report it); it runs again at its time',
        ),
      )
      .finally(() => {
        if (this.#running.get(id) !== run) return;
        this.#running.delete(id);
        this.#startWaiting();
      });
    const run: Run = {
      ...due,
      began: this.#parts.awake(),
      ending,
      done,
      left: Promise.race([done, given]),
    };
    this.#running.set(id, run);
  }

  async #run({ component, due }: Due, signal: AbortSignal): Promise<void> {
    const { probe, network, watchdog, count, clock, monotonic, awake, log } = this.#parts;
    const { id } = component;
    if (!isConfigured(component.check)) return;
    const [at, began, woke] = [clock(), monotonic(), awake()];
    const seen = await probe(component.check, signal);
    if (signal.aborted) return;
    const believed = await network.believe(component, seen, signal);
    if (signal.aborted) return;
    log.debug({ component: id, ...believed }, 'checked');
    const result = { at, took: monotonic() - began, waited: Math.max(0, at - due), ...believed };
    const recheckAt = await this.#record(component, result);
    // The run was given up meanwhile, so it must not count as ended.
    if (signal.aborted) return;
    const targetAnswered = result.outcome === 'up' || result.outcome === 'degraded';
    watchdog.ended(component, awake() - woke, targetAnswered ? 'well' : 'bad');
    count(component, result.waited, result);
    const isExcused = believed.paused === true && !this.#excused.has(id);
    if (isExcused) this.#excused.add(id);
    else this.#excused.delete(id);
    if (isExcused) this.#rechecks.set(id, monotonic());
    else if (recheckAt === null) this.#rechecks.delete(id);
    else this.#rechecks.set(id, began + recheckAt - at);
  }

  /** Returns when to check again before the schedule does, epoch ms; else null. */
  async #record(component: Component, result: CheckResult): Promise<Millis | null> {
    const { site, recorder, warnings, watchdog, ring } = this.#parts;
    // The component was removed, or its check was changed, during the run.
    const check = site().components.find(({ id }) => id === component.id)?.check;
    if (!check || !isSameCheck(check, component.check)) return null;
    const inDoubt = watchdog.doubts(component);
    const { transitions, recheckAt } = await recorder.result(component, { ...result, inDoubt });
    await warnings.ofCheck(component, result);
    if (transitions.length > 0) ring();
    return recheckAt;
  }

  /** Gives up runs that will never end, to free their places. */
  #giveUpHung(): void {
    for (const [id, run] of this.#running) {
      const { component, began } = run;
      const timeout = 'timeout' in component.check ? component.check.timeout : 0;
      if (this.#parts.awake() - began <= 2 * timeout + HUNG) continue;
      this.#parts.log.error(
        { component: id, timeout },
        'stopped waiting for a check that does not finish; the server checks again',
      );
      this.#giveUp(id, run);
    }
  }

  /** It counts for nothing when it ends after all. */
  #giveUp(id: string, { ending }: Run): void {
    this.#running.delete(id);
    ending.abort();
  }
}
