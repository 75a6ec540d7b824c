// Poll: starts the checks that are due, a bounded number at once, and hands on what they saw.
import type { CheckResult, Probe } from '../core/check.ts';
import type { Component } from '../core/component.ts';
import type { Log } from '../core/log.ts';
import { offsetOf } from '../core/spread.ts';
import { type Clock, MINUTE, type Millis } from '../core/time.ts';
import { type Alarm, makeAlarm } from './alarm.ts';
import type { Witness } from './witness.ts';

export interface PollDeps {
  readonly components: () => readonly Component[];
  readonly probe: Probe;
  readonly believe: Witness['believe'];
  /** Stores a result; returns when to look again before the schedule does, or null. */
  readonly record: (component: Component, result: CheckResult) => Promise<Millis | null>;
  /** Told how long after it was due a check began, and what came of it. */
  readonly told: (component: Component, lateness: Millis, result: CheckResult) => void;
  readonly clock: Clock;
  readonly monotonic: Clock;
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

interface Due {
  readonly component: Component;
  readonly due: Millis;
}

export function makePoll(deps: PollDeps): Poll {
  const { components, probe, believe, record, told, clock, monotonic, log } = deps;
  const offsets = new Map<string, { readonly schedule: string; readonly offset: Millis }>();
  /** By the clock that only grows: a step of the other must not put them off. */
  const rechecks = new Map<string, Millis>();
  /** Of each component that was looked at. */
  const alarms = new Map<string, Alarm>();
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Due>();
  const closing = new AbortController();
  let last: Millis | null = null;

  const run = async ({ component, due }: Due) => {
    const at = clock();
    const began = monotonic();
    const seen = await probe(component.check, closing.signal);
    if (closing.signal.aborted || seen.seen === 'not configured') return;
    const sighting = await believe(component, seen, closing.signal);
    if (closing.signal.aborted) return;
    log.debug({ component: component.id, ...sighting }, 'checked');
    const result = { at, ...sighting };
    const recheckAt = await record(component, result);
    told(component, Math.max(0, at - due), result);
    if (recheckAt === null) rechecks.delete(component.id);
    else rechecks.set(component.id, began + recheckAt - at);
  };

  const pump = () => {
    for (const [id, due] of waiting) {
      if (running.size >= AT_ONCE || closing.signal.aborted) return;
      waiting.delete(id);
      const done = run(due)
        .catch((error: unknown) => log.error({ component: id, err: error }, 'check failed'))
        .finally(() => {
          running.delete(id);
          pump();
        });
      running.set(id, done);
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
      if (last !== null && now - last > MINUTE) alarms.clear();
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
      while (running.size > 0) await Promise.all(running.values());
    },
    async close() {
      closing.abort();
      waiting.clear();
      await Promise.all(running.values());
    },
  };
}
