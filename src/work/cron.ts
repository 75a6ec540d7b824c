// Cron: whether an expression fired between two moments, each expression parsed once.
import { createTask, type ScheduledTask } from 'node-cron';
import type { Millis } from '../core/time.ts';
import { firesWithin } from './fires.ts';

/** Whether a cron expression (UTC) fires in (after, now]. */
export type FiresWithin = (expression: string, after: Millis, now: Millis) => boolean;

export function makeCron(): FiresWithin {
  const tasks = new Map<string, ScheduledTask>();
  return (expression, after, now) => {
    const task = tasks.get(expression) ?? createTask(expression, () => undefined, { timezone: 'UTC' });
    tasks.set(expression, task);
    return firesWithin(task, after, now);
  };
}
