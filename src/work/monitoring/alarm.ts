// When a cron schedule fired, asked again and again as time goes on; each firing is looked for once.
import { nextFiring } from '../../core/model/checks/cron.ts';
import type { Millis } from '../../core/model/time.ts';

/**
 * When the schedule last fell due since the call before, epoch ms; null when it did not. Firings missed since are one,
 * and cost no more. After the clock was set back it falls due at once: nobody can say what fired. The first call, and
 * the first with another expression, only set it.
 */
export type Alarm = (expression: string, now: Millis) => Millis | null;

/** `offsetOf` an expression: by how much its firings are moved, ms. */
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
