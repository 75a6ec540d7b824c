// Rate: how many emails may leave now, when the provider allows so many a second.
import { type Millis, SECOND } from '../../core/model/time.ts';

/** Tells how many emails may leave at `now`; `take` says that one does. */
export interface Rate {
  allowed(now: Millis, perSecond: number | null): number;
  take(): void;
}

/** A bucket that fills with `perSecond` emails a second and holds one second's worth (at least one). */
export function makeRate(): Rate {
  let tokens = 0;
  let filledAt: Millis | null = null;
  return {
    allowed(now, perSecond) {
      if (perSecond === null) return Number.POSITIVE_INFINITY;
      const most = Math.max(1, perSecond);
      // At first, and when the clock went back, the bucket is full.
      const passed = filledAt === null || now < filledAt ? SECOND : now - filledAt;
      tokens = Math.min(most, filledAt === null ? most : tokens + (passed / SECOND) * perSecond);
      filledAt = now;
      return Math.floor(tokens + 1e-9);
    },
    take() {
      tokens -= 1;
    },
  };
}
