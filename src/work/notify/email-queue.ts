// The queue of emails due in one round, read in batches and shared by several connections, and the send rate.
import type { MailLimits } from '../../core/model/site.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import type { EmailDelivery } from '../../core/notify/delivery.ts';
import { dueEmails } from '../../store/notify/outbox.ts';
import type { SomeNotificationParts } from './parts.ts';
import type { StormGuard } from './storm-guard.ts';

/** A small batch, so that an email removed by another process is rarely sent. */
const BATCH = 50;

interface EmailQueueParts extends SomeNotificationParts<'db' | 'clock'> {
  readonly rate: SendRate;
  readonly storm: StormGuard;
  readonly limits: MailLimits;
}

export class EmailQueue {
  readonly #parts: EmailQueueParts;
  readonly #ready: EmailDelivery[] = [];
  /** Ids of emails that are in the queue or being sent. */
  readonly #taken = new Set<number>();
  #refilling: Promise<void> | null = null;

  constructor(parts: EmailQueueParts) {
    this.#parts = parts;
  }

  /** The next email that may be sent now; undefined if there is none. */
  async next(): Promise<EmailDelivery | undefined> {
    if (this.#ready.length === 0) {
      this.#refilling ??= this.#refill().finally(() => {
        this.#refilling = null;
      });
      await this.#refilling;
    }
    return this.#ready.shift();
  }

  /** Call this when the email was sent or failed, and that is recorded. */
  done({ id }: EmailDelivery): void {
    this.#taken.delete(id);
  }

  async #refill(): Promise<void> {
    const { db, rate, storm, limits, clock } = this.#parts;
    const now = clock();
    const underWay = this.#taken.size;
    const guard = await storm.allowed(limits.storm, now, underWay);
    const room = Math.min(BATCH, rate.allowed(now, limits.rate), guard.room);
    if (room < 1) return;
    for (const email of await dueEmails(db, now, room + underWay, guard.until)) {
      if (this.#taken.has(email.id) || this.#ready.length >= room) continue;
      this.#taken.add(email.id);
      this.#ready.push(email);
    }
  }
}

/**
 * The limit `mail.rate`: a token bucket that gains `perSecond` tokens a second and holds one second's worth (at least
 * one).
 */
export class SendRate {
  #tokens = 0;
  #filledAt: Millis | null = null;

  /** How many emails may be sent at `now`; `perSecond` null means no limit. */
  allowed(now: Millis, perSecond: number | null): number {
    if (perSecond === null) return Number.POSITIVE_INFINITY;
    const most = Math.max(1, perSecond);
    // The bucket is full at first, and after the clock went back.
    const passed = this.#filledAt === null || now < this.#filledAt ? SECOND : now - this.#filledAt;
    const before = this.#filledAt === null ? most : this.#tokens;
    this.#tokens = Math.min(most, before + (passed / SECOND) * perSecond);
    this.#filledAt = now;
    return Math.floor(this.#tokens + 1e-9);
  }

  take(): void {
    this.#tokens -= 1;
  }
}
