// Poll: starts the checks that are due, a bounded number at once, and hands on what they saw.
import { createTask, type ScheduledTask } from 'node-cron';
import type { CheckResult, Probe } from '../core/check.ts';
import type { Component } from '../core/component.ts';
import type { Log } from '../core/log.ts';
import type { Clock, Millis } from '../core/time.ts';
import { firesWithin } from './fires.ts';

export interface PollDeps {
  readonly components: () => readonly Component[];
  readonly probe: Probe;
  /** Stores a result; returns when to look again before the schedule does, or null. */
  readonly record: (component: Component, result: CheckResult) => Promise<Millis | null>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Poll {
  /** Starts every check that fell due since the last call; returns without waiting for them. */
  startDue(now: Millis): void;
  /** Resolves when no check is running or waiting. */
  settled(): Promise<void>;
  /** Abandons what is running; nothing of it is stored. */
  close(): Promise<void>;
}

const AT_ONCE = 50;

export function makePoll({ components, probe, record, clock, log }: PollDeps): Poll {
  const matchers = new Map<string, ScheduledTask>();
  const rechecks = new Map<string, Millis>();
  const known = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const waiting: Component[] = [];
  const closing = new AbortController();
  let last: Millis | null = null;

  const run = async (component: Component) => {
    const at = clock();
    const sighting = await probe(component.check, closing.signal);
    if (closing.signal.aborted) return;
    if (sighting.seen === 'not configured') return;
    log.debug({ component: component.id, ...sighting }, 'checked');
    const recheckAt = await record(component, { at, ...sighting });
    if (recheckAt === null) rechecks.delete(component.id);
    else rechecks.set(component.id, recheckAt);
  };

  const pump = () => {
    while (running.size < AT_ONCE && waiting.length > 0 && !closing.signal.aborted) {
      const component = waiting.shift() as Component;
      const done = run(component)
        .catch((error: unknown) => log.error({ component: component.id, err: error }, 'check failed'))
        .finally(() => {
          running.delete(component.id);
          pump();
        });
      running.set(component.id, done);
    }
  };

  const isDue = (component: Component, now: Millis): boolean => {
    const recheck = rechecks.get(component.id);
    if (recheck !== undefined && recheck <= now) return true;
    // A component seen for the first time is looked at at once: a fresh page has facts in seconds.
    if (!known.has(component.id)) return true;
    return firesWithin(matcher(matchers, component.schedule), last ?? now, now);
  };

  return {
    startDue(now) {
      for (const component of components()) {
        if (component.check.type === 'heartbeat' || component.check.type === 'manual') continue;
        if (!isDue(component, now)) continue;
        known.add(component.id);
        rechecks.delete(component.id);
        const busy = running.has(component.id) || waiting.some(({ id }) => id === component.id);
        if (!busy) waiting.push(component);
      }
      last = now;
      pump();
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
    },
    async close() {
      closing.abort();
      waiting.length = 0;
      await Promise.all(running.values());
    },
  };
}

function matcher(matchers: Map<string, ScheduledTask>, expression: string): ScheduledTask {
  const there = matchers.get(expression) ?? createTask(expression, () => undefined, { timezone: 'UTC' });
  matchers.set(expression, there);
  return there;
}
