// When a cron schedule fired, asked again and again as time goes on; each firing is looked for once.
import { nextFiring } from '../../core/model/checks/cron.ts';
import type { Millis } from '../../core/model/time.ts';

/**
 * Says when the schedule, moved by `offset`, last fell due since the call before (epoch ms); null when it did not.
 * Firings missed since are one, and cost no more. After the clock was set back it falls due at once: nobody can
 * say what fired. The first call, and the first with another expression, only set it.
 */
export type Alarm = (expression: string, now: Millis, offset?: Millis) => Millis | null;

export function makeAlarm(): Alarm {
  let set: { readonly expression: string; readonly at: Millis; asked: Millis } | null = null;
  return (expression, now, offset = 0) => {
    const before = set?.expression === expression ? set : null;
    if (before && before.asked <= now && now < before.at) {
      before.asked = now;
      return null;
    }
    const next = nextFiring(expression, now - offset);
    set = { expression, at: next === null ? Number.POSITIVE_INFINITY : next + offset, asked: now };
    if (before === null) return null;
    return now < before.asked ? now : before.at;
  };
}
