// Firings: at which seconds a cron expression fires, asked once per second and expression.
import { createTask, type ScheduledTask } from 'node-cron';
import { type Millis, SECOND } from '../core/time.ts';

/** Whether a cron expression (5 or 6 fields, UTC) fires at a whole second, epoch ms. */
export type FiresAt = (expression: string, second: Millis) => boolean;

/** Answers are kept for a quarter of an hour of seconds: offsets look back ten minutes. */
const MOST = 900;

export function makeFirings(): FiresAt {
  const tasks = new Map<string, { readonly task: ScheduledTask; readonly known: Map<Millis, boolean> }>();
  return (expression, second) => {
    let entry = tasks.get(expression);
    if (!entry) {
      const task = createTask(expression, () => undefined, { timezone: 'UTC' });
      entry = { task, known: new Map() };
      tasks.set(expression, entry);
    }
    const told = entry.known.get(second);
    if (told !== undefined) return told;
    const fires = entry.task.match(new Date(second));
    if (entry.known.size >= MOST) entry.known.delete(entry.known.keys().next().value as Millis);
    entry.known.set(second, fires);
    return fires;
  };
}

/**
 * The newest second in (after, now] at which an expression moved by `offset` fires, epoch ms, or null.
 * Of a gap of more than a minute only the last minute is looked at: one missed check, not many.
 */
export function newestFiring(
  firesAt: FiresAt,
  expression: string,
  offset: Millis,
  after: Millis,
  now: Millis,
): Millis | null {
  const first = Math.floor(Math.max(after, now - 60 * SECOND) / SECOND) + 1;
  for (let second = Math.floor(now / SECOND); second >= first; second--) {
    if (firesAt(expression, second * SECOND - offset)) return second * SECOND;
  }
  return null;
}
