// When a cron expression fires: the timetable of checks and of the static copy.
import type { ScheduledTask } from 'node-cron';
import { MINUTE, type Millis, SECOND } from '../core/time.ts';

/** Whether the schedule fires in (after, now]. A gap of more than a minute is one missed firing, not many. */
export function firesWithin(task: ScheduledTask, after: Millis, now: Millis): boolean {
  const first = Math.max(after, now - MINUTE);
  for (let second = Math.floor(first / SECOND) + 1; second <= Math.floor(now / SECOND); second++) {
    if (task.match(new Date(second * SECOND))) return true;
  }
  return false;
}
