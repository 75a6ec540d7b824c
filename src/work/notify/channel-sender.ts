// Sends the messages that are due. Each channel has its own queue and pauses, so that a dead channel delays no other.
// The queue survives a crash, and news is sent in order.
import type { ChannelMessage, ChannelSent, ChannelTarget } from '../../core/model/notification-channel.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { NotificationChannel } from '../../core/notify/channel-health.ts';
import type { ChannelDelivery } from '../../core/notify/delivery.ts';
import { isDead, pausesChannel, retryMessageAt } from '../../core/notify/retry.ts';
import { noteHealth } from '../../store/notify/channels.ts';
import { dueChannels, nextMessage } from '../../store/notify/outbox.ts';
import { confirmSubscriber } from '../../store/notify/subscribers.ts';
import type { ComposeMessage } from './channel-texts.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import type { SomeNotificationParts } from './parts.ts';

export interface ChannelSenderParts extends SomeNotificationParts<'db' | 'sendToChannel' | 'clock' | 'log'> {
  readonly record: DeliveryRecord;
  readonly compose: ComposeMessage;
  /** Where a channel's messages go; null if nothing may be sent there now. */
  readonly targetOf: (channel: NotificationChannel) => ChannelTarget | null;
}

/** The health of a channel that accepted a message. */
const WELL = { strikes: 0, failingSince: null, pausedUntil: null, error: null, dead: false } as const;

/** How many of the visitors' channels are called at once. The operator's channels are not limited. */
const AT_ONCE = 30;

export class ChannelSender {
  readonly #parts: ChannelSenderParts;
  readonly #running = new Map<string, Promise<void>>();
  #visitors = 0;
  #closing = false;

  constructor(parts: ChannelSenderParts) {
    this.#parts = parts;
  }

  /** Starts the queues of all channels with a message due; does not wait for them. */
  async startDue(): Promise<void> {
    const { db, clock } = this.#parts;
    for (const { id, owner } of await dueChannels(db, clock())) {
      if (this.#running.has(id)) continue;
      const isVisitor = owner === 'visitor';
      if (isVisitor && this.#visitors >= AT_ONCE) continue;
      if (isVisitor) this.#visitors++;
      const queue = this.#sendAll(id).finally(() => {
        this.#running.delete(id);
        if (isVisitor) this.#visitors--;
      });
      this.#running.set(id, queue);
    }
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Waits for messages in progress; starts no more. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#running.values());
  }

  async #sendAll(channelId: string): Promise<void> {
    const { db, clock, log } = this.#parts;
    try {
      while (!this.#closing) {
        // If the subscriber left meanwhile, their messages are gone.
        const message = await nextMessage(db, channelId, clock());
        if (!message || !(await this.#deliver(message))) return;
      }
    } catch (error) {
      // The storage problem is reported elsewhere, once.
      if (error instanceof StorageFault) return;
      log.error(
        { channel: channelId, err: error },
        'messages could not be sent (a bug: please report it); they are tried again',
      );
    }
  }

  /** Delivers one message. Returns false if the queue must stop here. */
  async #deliver(delivery: ChannelDelivery): Promise<boolean> {
    const { db, record, compose, targetOf, sendToChannel, clock, log } = this.#parts;
    const { id, kind, channel } = delivery;
    const target = channel.state === 'dead' ? null : targetOf(channel);
    if (!target) return false;
    let message: ChannelMessage | null;
    let sent: ChannelSent;
    try {
      message = await compose(delivery);
      if (!message) {
        await record.failed(delivery, 'its update no longer exists', null);
        return true;
      }
      sent = await sendToChannel(target, message, clock());
    } catch (error) {
      if (error instanceof StorageFault) throw error;
      const failed = { ...delivery, attempts: delivery.attempts + 1 };
      const again = retryMessageAt({ ...failed, failure: 'broken', wait: null }, clock(), Math.random());
      await record.uncomposed('message', failed, error, again);
      return true;
    }
    if (!sent.ok) return this.#failed(delivery, sent);
    if (channel.failingSince !== null || channel.strikes > 0)
      await record.insist(() => noteHealth(db, channel.id, WELL));
    if (kind === 'confirm' && message.challenge !== null && target.type === 'webhook')
      await record.insist(() => confirmSubscriber(db, channel.id, clock()));
    // Must come last: a crash before this repeats the message, and a repeated message does no harm.
    await record.sent(delivery);
    log.debug({ channel: channel.id, message: id }, 'message sent');
    return true;
  }

  async #failed(delivery: ChannelDelivery, sent: ChannelSent & { ok: false }): Promise<boolean> {
    const { db, record, clock, log } = this.#parts;
    const { id, channel } = delivery;
    const { failure, error } = sent;
    const now = clock();
    const attempts = delivery.attempts + 1;
    const again = retryMessageAt({ ...delivery, ...sent, attempts }, now, Math.random());
    await record.failed({ id, attempts }, error, again);
    const strikes = channel.strikes + (again === null ? 1 : 0);
    const failingSince = channel.failingSince ?? now;
    const dead = isDead(channel.owner, failure, strikes, failingSince, now);
    const pausedUntil = again !== null && pausesChannel(failure) ? again : null;
    const health = { strikes, failingSince, pausedUntil, error, dead };
    await record.insist(() => noteHealth(db, channel.id, health));
    const fields = { channel: channel.id, message: id, attempt: attempts, failure, error };
    log.warn({ ...fields, retry: again !== null }, 'message not sent');
    if (dead) log.error({ channel: channel.id, error }, 'channel disabled: it no longer accepts messages');
    return !dead && pausedUntil === null;
  }
}
