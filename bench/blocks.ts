// How long the event loop was not free: by the clock, and without the time another process held the core.
import { readFileSync } from 'node:fs';

/** What a turn of the loop may take without anybody noticing is counted as this timer, ms. */
const EVERY = 1;

export interface Longest {
  /** ms by the clock. */
  readonly wall: number;
  /** ms in which this thread ran or waited for itself; NaN where the system does not tell. */
  readonly own: number;
}

/** Watches the calling thread until the returned function is called: its longest block since. */
export function longestBlock(): () => Longest {
  let [wall, own] = [0, 0];
  let last = performance.now();
  let waited = waitedForCore();
  const timer = setInterval(() => {
    const [now, waits] = [performance.now(), waitedForCore()];
    wall = Math.max(wall, now - last - EVERY);
    own = Math.max(own, now - last - EVERY - (waits - waited));
    [last, waited] = [now, waits];
  }, EVERY);
  return () => {
    clearInterval(timer);
    return { wall, own };
  };
}

/** How long this thread was ready to run and another had the core, ms so far. */
function waitedForCore(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
