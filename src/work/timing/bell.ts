// Serial rounds and the bell: events only ring, the round re-reads the facts.
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { SECOND } from '../../core/model/time.ts';

/** Runs a job one at a time; a call made meanwhile runs after it, so that it sees what is new. */
export function serially(job: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
}

export interface Bell {
  ring(): void;
  /** Waits for the round that is running; rings after it are not heard. */
  close(): Promise<void>;
}

/** Rung at rest, the job runs at once; rung while it runs, it runs once more a second later. */
export function makeBell(job: () => Promise<void>, log: Log): Bell {
  let state: 'idle' | 'busy' | 'closed' = 'idle';
  let again = false;
  let done: Promise<void> = Promise.resolve();
  let pause: NodeJS.Timeout | undefined;

  const run = async () => {
    again = false;
    await job().catch((error: unknown) => {
      // Said once, by storage.ts.
      if (!(error instanceof StorageFault)) log.error({ err: error }, 'round failed');
    });
  };
  const rest = () => {
    if (state === 'closed') return;
    state = 'idle';
    if (again) ring();
  };
  const ring = () => {
    again = true;
    if (state !== 'idle') return;
    state = 'busy';
    done = run();
    pause = setTimeout(() => void done.then(rest), SECOND);
    pause.unref();
  };
  return {
    ring,
    async close() {
      state = 'closed';
      clearTimeout(pause);
      await done;
    },
  };
}
