// After a pause of the process the page is judged again before anything is answered: what was well may not be known now.
import type { RequestListener } from 'node:http';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

/** The page is judged each second; after so long without, ms, the process stood still. */
const PAUSE: Millis = 5 * SECOND;
/** So long a request waits for the judgement at most, ms: a page that is late is better than none. */
const MAX_WAIT: Millis = 2 * SECOND;

/** `handle` and `judge` in one: requests that waited in their sockets are answered by what `judge` makes of the page. */
export function judgeAfterPause(
  handle: RequestListener,
  judge: () => Promise<void>,
  monotonic: Clock,
): { readonly handle: RequestListener; readonly judge: () => Promise<void> } {
  let judgedAt = monotonic();
  let judging: Promise<void> | null = null;
  const judgeOnce = (): Promise<void> => {
    judging ??= judge().finally(() => {
      judging = null;
      judgedAt = monotonic();
    });
    return judging;
  };
  const waitForJudgement = () =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, MAX_WAIT);
      // What goes wrong is logged by the job that judges each second.
      judgeOnce()
        .then(resolve, () => resolve())
        .finally(() => clearTimeout(timer));
    });
  return {
    judge: judgeOnce,
    handle(req, res) {
      if (monotonic() - judgedAt < PAUSE) handle(req, res);
      else
        void waitForJudgement().then(() => {
          // Also when it took too long: the next requests do not wait for it again.
          judgedAt = monotonic();
          handle(req, res);
        });
    },
  };
}
