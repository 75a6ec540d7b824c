// The deadline of a check: its own timeout, and not the time in which this process stood still.
import { setMaxListeners } from 'node:events';
import { type Millis, SECOND } from '../../core/model/time.ts';
import { PAUSE } from '../pulse.ts';
import { explain, type Seen, timedOut } from './failure.ts';
import type { Note } from './network.ts';

/**
 * Runs a check for at most `timeout` ms, not counting the time that `stood` (ms so far) says the process stood still. The
 * signal handed to `run` aborts in the end, whatever happened: that is what frees the sockets.
 */
export async function withDeadline(
  timeout: Millis,
  signal: AbortSignal,
  stood: () => Millis,
  run: (ending: AbortSignal, note: Note) => Promise<Seen>,
): Promise<Seen> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let cancel = () => {};
  let soFar: string | null = null;
  const note: Note = words => {
    soFar = words;
  };
  const deadline = new Promise<Seen>(resolve => {
    const began = performance.now();
    const wait = (known: Millis) => {
      const paused = stood();
      // The time it stood still is given anew, within bounds.
      const most = timeout / 4;
      const owed = paused > PAUSE ? timeout + Math.min(paused, most) + began - performance.now() : 0;
      // After a pause an answer may lie here unread: timers come before it.
      const unread = paused - known > PAUSE && known < most ? UNREAD : 0;
      const left = Math.max(owed, unread);
      if (left > 0) timer = setTimeout(wait, left, paused);
      else resolve(timedOut(timeout, soFar));
    };
    timer = setTimeout(wait, timeout, 0);
    cancel = () => resolve({ outcome: 'unknown', latency: null, seen: 'not checked' });
  });
  // The poller hands one signal to every check under way; Node would take that for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    // `async` turns a synchronous throw into a rejection.
    const result = (async () => run(ending.signal, note))().catch(explain);
    return await Promise.race([result, deadline]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    ending.abort();
  }
}

/** How long what came during a pause is waited for. */
const UNREAD: Millis = SECOND;
