// Deliver: due emails are rendered, sent, and marked; failures are put off or given up, never lost.

import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { MailLimits } from '../../core/model/site.ts';
import type { Subscriber } from '../../core/model/subscriber.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';
import type { Due } from '../../core/notify/due-email.ts';
import { UNCOMPOSED } from '../../core/notify/failing-channels.ts';
import type { OutgoingMail, SendMail, Sent } from '../../core/notify/mail.ts';
import { counts, pauseFor, retryAt } from '../../core/notify/retry.ts';
import type { MakeEmail } from './email.ts';
import { makeMarker } from './mark-sent.ts';
import { makeRate } from './send-rate.ts';

export interface DeliverDeps {
  readonly due: (now: Millis, limit: number, heldAfter: Millis | null) => Promise<readonly Due[]>;
  readonly markSent: (due: readonly Due[], now: Millis) => Promise<void>;
  readonly markFailed: (
    due: { readonly id: number; readonly attempts: number },
    error: string,
    dueAt: Millis | null,
  ) => Promise<void>;
  readonly countRefusal: (subscriberId: string) => Promise<boolean>;
  readonly suppress: (subscriber: Subscriber) => Promise<void>;
  readonly makeAllDue: (now: Millis) => Promise<void>;
  /** How many emails enqueued after `from` were sent in the hour before `now`. */
  readonly sentLately: (now: Millis, from: Millis) => Promise<number>;
  /** Until when what was enqueued is released by the operator, epoch ms; 0 for never. */
  readonly releasedUntil: () => Promise<Millis>;
  readonly send: SendMail;
  readonly makeEmail: MakeEmail;
  readonly limits: () => MailLimits;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Deliver {
  /** Sends what is due; resolves when nothing that may leave now is left. */
  round(now: Millis): Promise<void>;
  /** Nothing more goes to a subscriber who has just left. */
  forget(subscriberId: string): void;
  /** What keeps emails back, for /readyz; null when nothing does. */
  stopped(): Stopped | null;
  /** Lets emails being sent finish, starts no more. */
  close(): Promise<void>;
}

export interface Stopped {
  /** `storm`: more emails an hour than allowed, released by `status outbox release`. */
  readonly by: 'storm' | 'server';
  readonly why: string;
  /** When it is tried again, epoch ms; null when somebody must act. */
  readonly until: Millis | null;
}

/** So few are read at once that what another process removes is hardly sent any more. */
const BATCH = 50;

export function makeDeliver(deps: DeliverDeps): Deliver {
  const { clock, log } = deps;
  const rate = makeRate();
  const mark = makeMarker(deps);
  let closing = false;
  let running: Promise<void> = Promise.resolve();
  let paused: { until: Millis; why: string } | null = null;
  let storm: string | null = null;
  /** Failures in a row with no email sent between. */
  let streak = 0;
  let latest: Millis = 0;
  /** Who left while emails to them were read already. */
  const gone = new Set<string>();

  const isPaused = () => paused !== null && clock() < paused.until;

  const fail = async (due: Due, sent: Sent & { ok: false }) => {
    const now = clock();
    const { failure, error } = sent;
    const attempts = due.attempts + (counts(failure) ? 1 : 0);
    const next = retryAt(failure, attempts, now, Math.random());
    await mark.failed({ id: due.id, attempts }, error, next);
    const rest = pauseFor(failure, ++streak, deps.limits().connections);
    if (rest > 0) {
      if (!isPaused()) log.warn({ failure, error, seconds: rest / SECOND }, 'email delivery paused');
      paused = { until: now + rest, why: error };
    }
    const fields = { delivery: due.id, kind: due.kind, attempt: attempts, failure, error };
    log.warn({ ...fields, retry: next !== null }, 'email not sent');
    if (failure === 'refused' && (await deps.countRefusal(due.subscriber.id))) {
      await deps.suppress(due.subscriber);
      log.warn({ delivery: due.id }, 'address refused for good; it is suppressed');
    }
  };

  /** An email that cannot be composed is that one's failure: an edit of its text may mend it. */
  const spoiled = async (due: Due, error: unknown) => {
    const attempts = due.attempts + 1;
    const next = retryAt('later', attempts, clock(), Math.random());
    const words = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    await mark.failed({ id: due.id, attempts }, `${UNCOMPOSED}${words}`, next);
    const fields = { delivery: due.id, kind: due.kind, ref: due.ref, attempt: attempts, err: error };
    log.error({ ...fields, retry: next !== null }, 'email could not be composed');
  };

  const one = async (due: Due) => {
    // Its subscriber may have left since it was read from the outbox.
    if (gone.has(due.subscriber.id)) return;
    let sent: Sent;
    try {
      const mail: OutgoingMail | null = await deps.makeEmail(due);
      if (!mail) return mark.failed(due, 'the update it was about is gone', null);
      rate.take();
      sent = await deps.send(mail);
    } catch (error) {
      if (error instanceof StorageFault) throw error;
      return spoiled(due, error);
    }
    if (!sent.ok) return fail(due, sent);
    streak = 0;
    paused = null;
    // Before the line takes its next email: a crash repeats at most one email a connection.
    await mark.sent(due);
    log.debug({ delivery: due.id, kind: due.kind, attempt: due.attempts + 1 }, 'email sent');
  };

  /** How many emails may leave and, of incident emails, only those enqueued until when (null: all). */
  const guarded = async (now: Millis, underWay: number): Promise<{ room: number; until: Millis | null }> => {
    const most = deps.limits().storm;
    const was = storm;
    storm = null;
    if (most === null) return { room: BATCH, until: null };
    const released = await deps.releasedUntil();
    const sent = await deps.sentLately(now, released);
    if (sent < most) return { room: most - sent - underWay, until: null };
    storm = `${sent} emails went out within the hour, ${most} are allowed`;
    if (was === null)
      log.error({ sent, most }, 'emails are held back: release them with `status outbox release`');
    return { room: BATCH, until: released };
  };

  const all = async () => {
    const limits = deps.limits();
    const queue: Due[] = [];
    const taken = new Set<number>();
    let refilling: Promise<void> | null = null;

    const refill = async () => {
      const now = clock();
      const guard = await guarded(now, taken.size);
      const room = Math.min(BATCH, rate.allowed(now, limits.rate), guard.room);
      if (room < 1) return;
      const found = await deps.due(now, room + taken.size, guard.until);
      for (const due of found) {
        if (taken.has(due.id) || queue.length >= room) continue;
        taken.add(due.id);
        queue.push(due);
      }
    };
    const next = async (): Promise<Due | undefined> => {
      if (closing || isPaused()) return undefined;
      if (queue.length === 0) {
        refilling ??= refill().finally(() => {
          refilling = null;
        });
        await refilling;
      }
      return closing || isPaused() ? undefined : queue.shift();
    };
    const line = async () => {
      for (let due = await next(); due; due = await next()) {
        try {
          await one(due);
        } finally {
          taken.delete(due.id);
        }
      }
    };
    const lines = await Promise.allSettled(Array.from({ length: limits.connections }, line));
    const broken = lines.find(({ status }) => status === 'rejected');
    if (broken) throw (broken as PromiseRejectedResult).reason;
  };

  return {
    round(now) {
      running = running.then(async () => {
        if (now < latest - SECOND) {
          // The clock went back: what waits for a moment of the old time would wait for long.
          paused = null;
          await deps.makeAllDue(now);
        }
        latest = now;
        if (!isPaused()) await all();
        gone.clear();
      });
      const done = running;
      // A failed round is its caller's to hear of; the next one starts clean.
      running = running.catch(() => undefined);
      return done;
    },
    forget(subscriberId) {
      gone.add(subscriberId);
    },
    stopped() {
      if (storm !== null) return { by: 'storm', why: storm, until: null };
      return paused !== null && isPaused() ? { by: 'server', ...paused } : null;
    },
    async close() {
      closing = true;
      mark.close();
      await running;
    },
  };
}
