// Finds out when a cron schedule fired since the last call; each firing counts once.
import { nextFiring } from '../../core/model/checks/cron.ts';
import type { Millis } from '../../core/model/time.ts';

/**
 * Returns when the schedule last fired since the call before, epoch ms; null if it did not.
 * Several missed firings count as one. After the clock is set back it fires at once, because it is unknown what fired.
 * The first call, and the first call with another expression, only start it.
 */
export type Alarm = (expression: string, now: Millis) => Millis | null;

/** @param offsetOf by how much the firings of an expression are moved, ms */
export function makeAlarm(offsetOf: (expression: string) => Millis = () => 0): Alarm {
  let set: {
    readonly expression: string;
    readonly offset: Millis;
    readonly at: Millis;
    asked: Millis;
  } | null = null;
  return (expression, now) => {
    const before = set?.expression === expression ? set : null;
    if (before && before.asked <= now && now < before.at) {
      before.asked = now;
      return null;
    }
    const offset = before?.offset ?? offsetOf(expression);
    const next = nextFiring(expression, now - offset);
    set = {
      expression,
      offset,
      at: next === null ? Number.POSITIVE_INFINITY : next + offset,
      asked: now,
    };
    if (before === null) return null;
    return now < before.asked ? now : before.at;
  };
}
