// Sends the emails that are due. Failures are tried again or given up, never lost.
import { StorageFault } from '../../core/model/ports/storage.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import type { EmailDelivery } from '../../core/notify/delivery.ts';
import { type EmailTrouble, isOurs, troubleAfter } from '../../core/notify/email-health.ts';
import type { Sent } from '../../core/notify/mail.ts';
import { counts, type EmailFailure, MAX_REFUSALS, pauseFor, retryEmailAt } from '../../core/notify/retry.ts';
import {
  countRefusal,
  type Suppression,
  subscriberByAddress,
  suppress,
} from '../../store/notify/subscribers.ts';
import { serially } from '../timing/bell.ts';

import type { DeliveryRecord } from './delivery-record.ts';
import type { EmailComposer } from './email-composer.ts';
import { EmailQueue, SendRate } from './email-queue.ts';
import { addressHash } from './enrolment.ts';
import type { SomeNotificationParts } from './parts.ts';
import { StormGuard } from './storm-guard.ts';

interface EmailSenderParts
  extends SomeNotificationParts<'db' | 'mail' | 'snapshot' | 'secret' | 'writable' | 'clock' | 'log'> {
  readonly record: DeliveryRecord;
  readonly composer: EmailComposer;
}

export interface DeliveryPause {
  /** `storm`: more incident emails in an hour than allowed, until `outbox release`. */
  readonly by: 'storm' | 'server';
  readonly why: string;
  /** When sending is tried again, epoch ms; null if an operator must act. */
  readonly until: Millis | null;
}

export class EmailSender {
  readonly #parts: EmailSenderParts;
  readonly #rate = new SendRate();
  readonly #storm: StormGuard;
  readonly #pause = new Pause();
  /** Subscribers who left while emails to them were already read from the outbox. */
  readonly #gone = new Set<string>();
  /** The refusals while no email is accepted, by subscriber: they count once one is, as a wrong setting must not empty the list. */
  readonly #refused = new Map<string, EmailDelivery>();
  #closing = false;

  constructor(parts: EmailSenderParts) {
    this.#parts = parts;
    this.#storm = new StormGuard(parts);
  }

  /** Sends what is due; resolves when no email that may be sent now is left. */
  readonly round = serially(async () => {
    if (!this.#isHalted()) await this.#sendAll();
    this.#gone.clear();
  });

  /** Lifts the pause after the clock went back; otherwise it would last until the old time comes again. */
  resume(): void {
    this.#pause.lift();
  }

  /** Stops all emails to a subscriber who has just left. */
  forget(subscriberId: string): void {
    this.#gone.add(subscriberId);
  }

  /** Removes the subscriber with this address, and suppresses the address. */
  async suppress(address: string, reason: Suppression): Promise<void> {
    const { db, secret, clock } = this.#parts;
    const known = await subscriberByAddress(db, address);
    if (known) this.forget(known.id);
    await suppress(db, address, addressHash(secret, address), reason, clock());
  }

  /** For /readyz: why emails are held back; null if they are not. */
  stopped(): DeliveryPause | null {
    if (this.#storm.blockedBecause !== null)
      return { by: 'storm', why: this.#storm.blockedBecause, until: null };
    const paused = this.#pause.at(this.#parts.clock());
    return paused && { by: 'server', ...paused };
  }

  /** Since when no email was accepted; null if the last one was. */
  trouble(): EmailTrouble | null {
    return this.#pause.trouble;
  }

  /** Asks the mail server, without an email, whether it would accept one; what is wrong, else null. */
  async verify(): Promise<string | null> {
    const wrong = await this.#parts.mail.verify();
    this.#pause.verified(wrong, this.#parts.clock());
    return wrong;
  }

  /** Waits for emails in progress; starts no more. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.round();
  }

  #isHalted(): boolean {
    const { writable, clock } = this.#parts;
    return this.#closing || !writable() || this.#pause.at(clock()) !== null;
  }

  async #sendAll(): Promise<void> {
    const limits = this.#parts.snapshot().site.mail;
    const queue = new EmailQueue({ ...this.#parts, rate: this.#rate, storm: this.#storm, limits });
    const connection = async () => {
      while (!this.#isHalted()) {
        const email = await queue.next();
        if (!email || this.#isHalted()) return;
        await this.#deliver(email).finally(() => queue.done(email));
      }
    };
    const all = await Promise.allSettled(Array.from({ length: limits.connections }, connection));
    const broken = all.find(({ status }) => status === 'rejected');
    if (broken) throw (broken as PromiseRejectedResult).reason;
  }

  async #deliver(email: EmailDelivery): Promise<void> {
    const { record, composer, mail, clock, log } = this.#parts;
    // The subscriber may have left since the email was read from the outbox.
    if (this.#gone.has(email.subscriber.id)) return;
    let sent: Sent;
    try {
      const composed = await composer.compose(email);
      if (!composed) return await record.failed(email, 'its update no longer exists', null);
      this.#rate.take();
      sent = await mail.send(composed);
    } catch (error) {
      if (error instanceof StorageFault) throw error;
      const attempts = email.attempts + 1;
      const again = retryEmailAt('later', attempts, clock(), Math.random());
      return record.uncomposed('email', { ...email, attempts }, error, again);
    }
    if (!sent.ok) return this.#failed(email, sent);
    this.#pause.end();
    // Must come before the connection takes its next email: then a crash repeats at most one email per connection.
    await record.sent(email);
    this.#refused.delete(email.subscriber.id);
    const refused = [...this.#refused.values()];
    this.#refused.clear();
    for (const one of refused) await this.#countRefusal(one);
    log.debug({ delivery: email.id, kind: email.kind, attempt: email.attempts + 1 }, 'email sent');
  }

  async #failed(email: EmailDelivery, { failure, error }: Sent & { ok: false }): Promise<void> {
    const { record, snapshot, clock, log } = this.#parts;
    const now = clock();
    const attempts = email.attempts + (counts(failure) ? 1 : 0);
    const again = retryEmailAt(failure, attempts, now, Math.random());
    await record.failed({ id: email.id, attempts }, error, again);
    const wasPaused = this.#pause.at(now) !== null;
    const { connections } = snapshot().site.mail;
    const rest = this.#pause.failed(failure, error, email.subscriber.address, connections, now);
    if (rest > 0 && !wasPaused) log.warn({ failure, error, seconds: rest / SECOND }, 'email delivery paused');
    const fields = { delivery: email.id, kind: email.kind, attempt: attempts, failure, error };
    log.warn({ ...fields, retry: again !== null }, 'email not sent');
    if (failure !== 'refused') return;
    if (isOurs(this.#pause.trouble)) this.#refused.set(email.subscriber.id, email);
    else await this.#countRefusal(email);
  }

  async #countRefusal({ id, subscriber }: EmailDelivery): Promise<void> {
    const { db, log } = this.#parts;
    if ((await countRefusal(db, subscriber.id)) < MAX_REFUSALS) return;
    await this.suppress(subscriber.address, 'refused');
    log.warn({ delivery: id }, 'address permanently refused; it is suppressed');
  }
}

/** Pauses email delivery while the mail server refuses or is down, and knows since when none was accepted. */
class Pause {
  trouble: EmailTrouble | null = null;
  /** Failures in a row without a sent email between them. */
  #streak = 0;
  #paused: { readonly until: Millis; readonly why: string } | null = null;

  at(now: Millis): { readonly until: Millis; readonly why: string } | null {
    return this.#paused && now < this.#paused.until ? this.#paused : null;
  }

  /** Returns for how long delivery pauses, ms; 0 for no pause. */
  failed(failure: EmailFailure, why: string, address: string, connections: number, now: Millis): Millis {
    this.trouble = troubleAfter(this.trouble, failure, why, address, now);
    const rest = pauseFor(failure, ++this.#streak, connections);
    if (rest > 0) this.#paused = { until: now + rest, why };
    return rest;
  }

  lift(): void {
    this.#paused = null;
  }

  /** Success says nothing about a sender or text that the server refuses. */
  verified(wrong: string | null, now: Millis): void {
    if (wrong !== null) this.trouble = troubleAfter(this.trouble, 'unreachable', wrong, null, now);
    else if (this.trouble?.addresses.size === 0) this.trouble = null;
  }

  end(): void {
    this.#streak = 0;
    this.trouble = null;
    this.lift();
  }
}
