// Poll: starts the checks that are due, a bounded number at once, and hands on what they saw.
import { type Check, type CheckResult, isSameCheck, type Probe } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import { MINUTE, type Millis } from '../../core/model/time.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import { type Alarm, makeAlarm } from './alarm.ts';
import type { Monitoring } from './monitoring.ts';
import type { OwnNetwork } from './own-network.ts';
import type { Recorder } from './recorder.ts';
import type { Warnings } from './warnings.ts';
import type { Watchdog } from './watchdog.ts';

interface Parts extends Omit<Monitoring, 'db'> {
  readonly probe: Probe;
  readonly network: Pick<OwnNetwork, 'believe'>;
  readonly recorder: Pick<Recorder, 'result'>;
  readonly warnings: Pick<Warnings, 'ofCheck'>;
  readonly watchdog: Pick<Watchdog, 'doubts' | 'ended'>;
  readonly count: Count;
}

/** Counts a check, with how long after it was due it began, ms. */
export type Count = (component: Component, lateness: Millis, result: CheckResult) => void;

/** Enough for 2,000 checks a minute that all hang for ten seconds: slow ones delay no other. */
const MAX_AT_ONCE = 400;

/** A run that takes so much longer than twice its timeout will never end: asking the reference takes seconds. */
const HUNG: Millis = MINUTE;

interface Due {
  readonly component: Component;
  readonly due: Millis;
}

interface Run extends Due {
  /** By `awake`. */
  readonly began: Millis;
  readonly ending: AbortController;
  /** Resolves when nothing of it is under way any more. */
  readonly done: Promise<void>;
  /** Resolves then, or when it is given up. */
  readonly left: Promise<unknown>;
}

export class Poll {
  readonly #parts: Parts;
  /** When to check again before the schedule does, by the clock that only grows: a step of the other must not put it off. */
  readonly #rechecks = new Map<string, Millis>();
  /** Of each component that was looked at. */
  readonly #alarms = new Map<string, Alarm>();
  /** What each of them was last looked at by: another target is looked at at once. */
  readonly #checks = new Map<string, Check>();
  readonly #running = new Map<string, Run>();
  readonly #waiting = new Map<string, Due>();
  /** Whose last run was cut short by a pause of our own: the next one at once, and no more. */
  readonly #excused = new Set<string>();
  #isClosing = false;
  #last: Millis | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts every check that fell due since the last call; does not wait for them. */
  startDue(now: Millis): void {
    // After a gap (asleep, blocked) everything is looked at once: what fired in it was missed.
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
      // What it says of a target that is no longer meant is of no use.
      if (run && !isSameCheck(run.component.check, check)) this.#giveUp(id, run);
      // What is still running, or waits its turn, is not started twice.
      if (!this.#running.has(id)) this.#waiting.set(id, { component, due });
    }
    this.#last = now;
    this.#startWaiting();
  }

  /** Has everything looked at once, as at a start. */
  checkAllNow(): void {
    this.#alarms.clear();
  }

  /** Resolves when no check is running or waiting. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ left }) => left));
  }

  /** Abandons what is running; nothing of it is stored. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#waiting.clear();
    const left = [...this.#running.values()];
    for (const { ending } of left) ending.abort();
    await Promise.all(left.map(({ done }) => done));
  }

  /** When a component's check fell due, epoch ms; null while it is not. */
  #dueAt(component: Component, now: Millis): Millis | null {
    const known = this.#alarms.get(component.id);
    const alarm = known ?? makeAlarm(schedule => offsetOf(component.id, schedule));
    this.#alarms.set(component.id, alarm);
    const fired = alarm(component.schedule, now);
    const late = this.#parts.monotonic() - (this.#rechecks.get(component.id) ?? Number.POSITIVE_INFINITY);
    if (late >= 0) return now - late;
    // A component, or a target, seen for the first time is looked at at once: a fresh page has facts in seconds.
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
      .catch((error: unknown) => this.#parts.log.error({ component: id, err: error }, 'check failed'))
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
    const [at, began, woke] = [clock(), monotonic(), awake()];
    const seen = await probe(component.check, signal);
    if (signal.aborted || seen.seen === 'not configured') return;
    const believed = await network.believe(component, seen, signal);
    if (signal.aborted) return;
    log.debug({ component: id, ...believed }, 'checked');
    const result = { at, took: monotonic() - began, waited: Math.max(0, at - due), ...believed };
    const recheckAt = await this.#record(component, result);
    // Given up meanwhile, it must not count as a run that ended.
    if (signal.aborted) return;
    const isWell = result.outcome === 'up' || result.outcome === 'degraded';
    watchdog.ended(component, awake() - woke, isWell ? 'well' : 'bad');
    count(component, result.waited, result);
    const isExcused = believed.paused === true && !this.#excused.has(id);
    if (isExcused) this.#excused.add(id);
    else this.#excused.delete(id);
    if (isExcused) this.#rechecks.set(id, monotonic());
    else if (recheckAt === null) this.#rechecks.delete(id);
    else this.#rechecks.set(id, began + recheckAt - at);
  }

  /** When to check again before the schedule does, epoch ms; else null. */
  async #record(component: Component, result: CheckResult): Promise<Millis | null> {
    const { site, recorder, warnings, watchdog, ring } = this.#parts;
    // Taken away, or judged by other rules, while it was being looked at.
    const check = site().components.find(({ id }) => id === component.id)?.check;
    if (!check || !isSameCheck(check, component.check)) return null;
    const inDoubt = watchdog.doubts(component);
    const { transitions, recheckAt } = await recorder.result(component, { ...result, inDoubt });
    await warnings.ofCheck(component, result);
    if (transitions.length > 0) ring();
    return recheckAt;
  }

  /** Runs that never end must not hold their place for ever. */
  #giveUpHung(): void {
    for (const [id, run] of this.#running) {
      const { component, began } = run;
      const timeout = 'timeout' in component.check ? component.check.timeout : 0;
      if (this.#parts.awake() - began <= 2 * timeout + HUNG) continue;
      this.#parts.log.error(
        { component: id, timeout },
        'gave up on a check that does not end; it is checked again',
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
