// Records the results of deliveries, and retries while the database cannot be written.
import { StorageFault } from '../../core/model/ports/storage.ts';
import { HOUR, type Millis, SECOND } from '../../core/model/time.ts';
import { UNCOMPOSED } from '../../core/notify/channel-health.ts';
import type { ChannelDelivery, Delivery, EmailDelivery } from '../../core/notify/delivery.ts';
import { markFailed, markSent } from '../../store/notify/outbox.ts';
import type { SomeNotificationParts } from './parts.ts';

/** A delivery that was accepted but cannot be recorded is recorded later and never sent again. */
const RECORD_AGAIN: Millis = SECOND / 4;
const RECORD_FOR = HOUR;

interface PendingRecord {
  readonly delivery: EmailDelivery | ChannelDelivery;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class DeliveryRecord {
  readonly #parts: SomeNotificationParts<'db' | 'clock' | 'log'>;
  #waiting: PendingRecord[] = [];
  #triesLeft = Number.POSITIVE_INFINITY;

  constructor(parts: SomeNotificationParts<'db' | 'clock' | 'log'>) {
    this.#parts = parts;
  }

  /** Records a delivery as sent. All deliveries of one turn of the event loop share one transaction. */
  sent(delivery: PendingRecord['delivery']): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ delivery, resolve, reject }) === 1) setImmediate(() => this.#flush());
    });
  }

  /** @param dueAt when to try again, epoch ms; null gives the delivery up */
  failed(delivery: Pick<Delivery, 'id' | 'attempts'>, error: string, dueAt: Millis | null): Promise<void> {
    return this.insist(() => markFailed(this.#parts.db, delivery, error, dueAt));
  }

  /** A delivery that cannot be composed fails alone: an edit of its text may fix it, and others continue. */
  async uncomposed(
    what: 'email' | 'message',
    { id, kind, ref, attempts }: Delivery,
    error: unknown,
    dueAt: Millis | null,
  ): Promise<void> {
    const words = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    await this.failed({ id, attempts }, `${UNCOMPOSED}${words}`, dueAt);
    const fields = { delivery: id, kind, ref, attempt: attempts, err: error, retry: dueAt !== null };
    this.#parts.log.error(fields, `${what} could not be composed`);
  }

  /** Repeats a write until it succeeds. */
  async insist<T>(write: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await write();
      } catch (error) {
        const forNow = error instanceof StorageFault || tries * RECORD_AGAIN <= RECORD_FOR;
        if (!forNow || --this.#triesLeft < 0) throw error;
        if (tries === 1) this.#parts.log.error({ err: error }, 'the outbox cannot be written; trying again');
        await new Promise(resolve => setTimeout(resolve, RECORD_AGAIN));
      }
    }
  }

  /** While stopping, waits only some seconds for a locked database. */
  close(): void {
    this.#triesLeft = 8;
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    const deliveries = batch.map(({ delivery }) => delivery);
    this.insist(() => markSent(this.#parts.db, deliveries, this.#parts.clock())).then(
      () => {
        for (const { resolve } of batch) resolve();
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
