// Deliver: due letters are rendered, sent, and marked; failures are put off or given up, never lost.
import type { Incident, IncidentUpdate } from '../core/incident.ts';
import type { Log } from '../core/log.ts';
import type { SendMail } from '../core/mail.ts';
import { retryAt } from '../core/notification.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Subscriber } from '../core/subscriber.ts';
import type { Clock, Millis } from '../core/time.ts';
import { makeLetter } from './envelope.ts';
import type { Letters } from './letters.ts';

export interface Due {
  readonly id: number;
  readonly kind: 'update' | 'confirm' | 'leave';
  readonly ref: string;
  readonly attempts: number;
  readonly subscriber: Subscriber;
}

export interface DeliverDeps {
  readonly due: (now: Millis, limit: number) => Promise<readonly Due[]>;
  readonly isStillOwed: (id: number) => Promise<boolean>;
  readonly frozen: (ref: string) => Promise<{ incident: Incident; update: IncidentUpdate } | null>;
  readonly markSent: (due: Due, now: Millis) => Promise<void>;
  readonly markFailed: (due: Due, error: string, dueAt: Millis | null) => Promise<void>;
  readonly countRefusal: (subscriberId: string) => Promise<boolean>;
  readonly send: SendMail;
  readonly letters: Letters;
  readonly snapshot: () => Snapshot;
  readonly secret: string;
  readonly mailFrom: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Deliver {
  /** Sends what is due; resolves when nothing that is due now is left. */
  round(now: Millis): Promise<void>;
  /** Lets letters being sent finish, starts no more. */
  close(): Promise<void>;
}

const BATCH = 50;

export function makeDeliver(deps: DeliverDeps): Deliver {
  let closing = false;
  let running: Promise<void> = Promise.resolve();
  /** An unreachable server pauses the whole channel, not each letter. */
  let pausedUntil = 0;

  const one = async (due: Due) => {
    if (closing || deps.clock() < pausedUntil || !(await deps.isStillOwed(due.id))) return;
    const mail = await makeLetter(due, deps);
    if (!mail) return deps.markFailed(due, 'the update it was about is gone', null);
    const sent = await deps.send(mail);
    const now = deps.clock();
    const fields = { delivery: due.id, kind: due.kind, attempt: due.attempts + 1 };
    if (sent.ok) {
      await deps.markSent(due, now);
      deps.log.info(fields, 'letter sent');
      return;
    }
    const next = retryAt(sent.failure, due.attempts + 1, now);
    if (sent.failure === 'unreachable' && next !== null) pausedUntil = Math.max(pausedUntil, next);
    await deps.markFailed(due, sent.error, next);
    deps.log.warn({ ...fields, error: sent.error, retry: next !== null }, 'letter not sent');
    if (sent.failure === 'refused' && (await deps.countRefusal(due.subscriber.id))) {
      deps.log.warn({ delivery: due.id }, 'address refused for good; its subscription is removed');
    }
  };

  const all = async (now: Millis) => {
    while (!closing && deps.clock() >= pausedUntil) {
      const due = await deps.due(now, BATCH);
      if (due.length === 0) return;
      await Promise.all(due.map(one));
    }
  };

  return {
    round(now) {
      running = running.then(() => all(now));
      const done = running;
      // A failed round is its caller's to hear of; the next one starts clean.
      running = running.catch(() => undefined);
      return done;
    },
    async close() {
      closing = true;
      await running;
    },
  };
}
