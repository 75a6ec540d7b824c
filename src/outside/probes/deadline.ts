// The deadline of a check: its timeout, without the time for which this process was paused.
import { setMaxListeners } from 'node:events';
import { type Millis, SECOND } from '../../core/model/time.ts';
import { PAUSE } from '../pulse.ts';
import { explain, type ProbeFinding, timedOut } from './failure.ts';
import type { Note } from './network.ts';

/**
 * Runs a check for at most `timeout` ms, not counting pauses. The signal given to `run` is always aborted at the end,
 * which closes the sockets.
 * @param pausedFor how long the process was paused so far, ms
 */
export async function withDeadline(
  timeout: Millis,
  signal: AbortSignal,
  pausedFor: () => Millis,
  run: (ending: AbortSignal, note: Note) => Promise<ProbeFinding>,
): Promise<ProbeFinding> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let cancel = () => {};
  let soFar: string | null = null;
  const note: Note = words => {
    soFar = words;
  };
  const deadline = new Promise<ProbeFinding>(resolve => {
    const began = performance.now();
    const wait = (known: Millis) => {
      const paused = pausedFor();
      // Add the time of the pause, within limits.
      const most = timeout / 4;
      const owed = paused > PAUSE ? timeout + Math.min(paused, most) + began - performance.now() : 0;
      // After a pause a response may wait unread, because timers run first.
      const unread = paused - known > PAUSE && known < most ? UNREAD : 0;
      const left = Math.max(owed, unread);
      if (left > 0) timer = setTimeout(wait, left, paused);
      else resolve(timedOut(timeout, soFar));
    };
    timer = setTimeout(wait, timeout, 0);
    cancel = () => resolve({ outcome: 'unknown', latency: null, seen: 'not checked' });
  });
  // The poller gives one signal to all running checks, which Node would report as a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    // `async` turns a synchronous throw into a rejection.
    const result = (async () => run(ending.signal, note))().catch(explain);
    return await Promise.race([result, deadline]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    ending.abort(ENDED);
  }
}

/** One for all checks: Node writes out the stack of each new error that closes a socket. */
export const ENDED = new Error('the check has ended');

/** How long to wait for a response that arrived during a pause. */
const UNREAD: Millis = SECOND;
