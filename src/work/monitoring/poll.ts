// Poll: starts the checks that are due, a bounded number at once, and hands on what they saw.
import type { CheckResult, Probe } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { type Clock, MINUTE, type Millis } from '../../core/model/time.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import { type Alarm, makeAlarm } from './cron.ts';
import type { Witness } from './own-network.ts';

export interface PollDeps {
  readonly components: () => readonly Component[];
  readonly probe: Probe;
  readonly believe: Witness['believe'];
  /** Stores a result; returns when to look again before the schedule does, or null. */
  readonly record: (component: Component, result: CheckResult) => Promise<Millis | null>;
  /** Told how long after it was due a check began, and what came of it. */
  readonly told: (component: Component, lateness: Millis, result: CheckResult) => void;
  /** Told that a look of the component has ended, and how long it took: its result is recorded, whatever it was. */
  readonly ended: (component: Component, took: Millis, result: CheckResult) => void;
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** The same, and stands still while the process does. */
  readonly awake: Clock;
  readonly log: Log;
}

export interface Poll {
  /** Starts every check that fell due since the last call; returns without waiting for them. */
  startDue(now: Millis): void;
  /** Has everything looked at once, as at a start. */
  lookAnew(): void;
  /** Resolves when no check is running or waiting. */
  settled(): Promise<void>;
  /** Abandons what is running; nothing of it is stored. */
  close(): Promise<void>;
}

/** Enough for 2,000 checks a minute that all hang for ten seconds: slow ones delay no other. */
const AT_ONCE = 400;

/** A look that takes so much longer than twice its timeout will never end: asking the reference takes seconds. */
const HUNG: Millis = MINUTE;

interface Due {
  readonly component: Component;
  readonly due: Millis;
}

/** A look under way. */
interface Look extends Due {
  readonly began: Millis;
  readonly ending: AbortController;
  /** Resolves when nothing of it is under way any more. */
  readonly done: Promise<void>;
  /** Resolves then, or when it is given up. */
  readonly left: Promise<unknown>;
}

export function makePoll(deps: PollDeps): Poll {
  const { components, probe, believe, record, told, ended, clock, monotonic, awake, log } = deps;
  const offsets = new Map<string, { readonly schedule: string; readonly offset: Millis }>();
  /** By the clock that only grows: a step of the other must not put them off. */
  const rechecks = new Map<string, Millis>();
  /** Of each component that was looked at. */
  const alarms = new Map<string, Alarm>();
  const running = new Map<string, Look>();
  const waiting = new Map<string, Due>();
  /** Whose last look was cut short by a pause of our own: the next one at once, and no more. */
  const excused = new Set<string>();
  let closing = false;
  let last: Millis | null = null;

  const run = async ({ component, due }: Due, { signal }: AbortController) => {
    const { id } = component;
    const at = clock();
    const began = monotonic();
    const woke = awake();
    const seen = await probe(component.check, signal);
    if (signal.aborted || seen.seen === 'not configured') return;
    const sighting = await believe(component, seen, signal);
    if (signal.aborted) return;
    log.debug({ component: id, ...sighting }, 'checked');
    const result = { at, took: monotonic() - began, waited: Math.max(0, at - due), ...sighting };
    const asked = await record(component, result);
    // Given up meanwhile, it must not count as a look that ended.
    if (signal.aborted) return;
    ended(component, awake() - woke, result);
    told(component, Math.max(0, at - due), result);
    const again = sighting.paused === true && !excused.has(id);
    if (again) excused.add(id);
    else excused.delete(id);
    if (again) rechecks.set(id, monotonic());
    else if (asked === null) rechecks.delete(id);
    else rechecks.set(id, began + asked - at);
  };

  const start = (due: Due) => {
    const { id } = due.component;
    const ending = new AbortController();
    const given = new Promise(resolve => ending.signal.addEventListener('abort', resolve, { once: true }));
    const done = run(due, ending)
      .catch((error: unknown) => log.error({ component: id, err: error }, 'check failed'))
      .finally(() => {
        if (running.get(id) !== look) return;
        running.delete(id);
        pump();
      });
    const look: Look = { ...due, began: awake(), ending, done, left: Promise.race([done, given]) };
    running.set(id, look);
  };

  const pump = () => {
    for (const [id, due] of waiting) {
      if (running.size >= AT_ONCE || closing) return;
      waiting.delete(id);
      start(due);
    }
  };

  /** Looks that never end must not hold their place for ever. */
  const giveUpHung = () => {
    for (const [id, { component, began, ending }] of running) {
      const timeout = 'timeout' in component.check ? component.check.timeout : 0;
      if (awake() - began <= 2 * timeout + HUNG) continue;
      log.error({ component: id, timeout }, 'gave up on a check that does not end; it is looked at again');
      running.delete(id);
      ending.abort();
    }
  };

  const offsetFor = ({ id, schedule }: Component): Millis => {
    const there = offsets.get(id);
    if (there?.schedule === schedule) return there.offset;
    const offset = offsetOf(id, schedule);
    offsets.set(id, { schedule, offset });
    return offset;
  };

  /** When a component's check fell due, or null while it is not. */
  const dueAt = (component: Component, now: Millis): Millis | null => {
    const known = alarms.get(component.id);
    const alarm = known ?? makeAlarm();
    alarms.set(component.id, alarm);
    const fired = alarm(component.schedule, now, offsetFor(component));
    const late = monotonic() - (rechecks.get(component.id) ?? Number.POSITIVE_INFINITY);
    if (late >= 0) return now - late;
    // A component seen for the first time is looked at at once: a fresh page has facts in seconds.
    return known ? fired : now;
  };

  return {
    startDue(now) {
      // After a gap (asleep, blocked) everything is looked at once: what fired in it was missed.
      if (last !== null && now - last > MINUTE) {
        alarms.clear();
        rechecks.clear();
      }
      giveUpHung();
      for (const component of components()) {
        const { id, check } = component;
        if (check.type === 'heartbeat' || check.type === 'manual') continue;
        const due = dueAt(component, now);
        if (due === null) continue;
        rechecks.delete(id);
        // What is still running, or waits its turn, is not started twice.
        if (!running.has(id) && !waiting.has(id)) waiting.set(id, { component, due });
      }
      last = now;
      pump();
    },
    lookAnew: () => alarms.clear(),
    async settled() {
      while (running.size > 0) await Promise.all([...running.values()].map(({ left }) => left));
    },
    async close() {
      closing = true;
      waiting.clear();
      const left = [...running.values()];
      for (const { ending } of left) ending.abort();
      await Promise.all(left.map(({ done }) => done));
    },
  };
}
