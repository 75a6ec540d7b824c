// After a pause of the process, the page is judged again before any request is answered, because it may be outdated.
import type { RequestListener } from 'node:http';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

/** The page is judged each second. Without a judgement for this long, the process was paused, ms. */
const PAUSE: Millis = 5 * SECOND;
/** The longest a request waits for the judgement, ms: a page that is late is better than none. */
const MAX_WAIT: Millis = 2 * SECOND;

/** Wraps `handle`: requests that waited during a pause are answered after `judge` has run. */
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
      // Errors are logged by the job that judges each second.
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
          // Also after a timeout: the next requests do not wait again.
          judgedAt = monotonic();
          handle(req, res);
        });
    },
  };
}
