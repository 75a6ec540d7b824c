// Sends the messages that are due, each channel with a queue and a pause of its own, so that a dead one delays
// nobody. What is read, sent and recorded survives a crash; news keeps its order.
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
import type { Parts } from './parts.ts';

export interface ChannelSenderParts extends Parts<'db' | 'sendToChannel' | 'clock' | 'log'> {
  readonly record: DeliveryRecord;
  readonly compose: ComposeMessage;
  /** Where a channel's messages go; null when nothing may be sent there now. */
  readonly targetOf: (channel: NotificationChannel) => ChannelTarget | null;
}

/** A channel that took a message. */
const WELL = { strikes: 0, failingSince: null, pausedUntil: null, error: null, dead: false } as const;

/** So many visitors' channels are called at once; the operator's own wait for none of them. */
const AT_ONCE = 30;

export class ChannelSender {
  readonly #parts: ChannelSenderParts;
  readonly #running = new Map<string, Promise<void>>();
  #visitors = 0;
  #closing = false;

  constructor(parts: ChannelSenderParts) {
    this.#parts = parts;
  }

  /** Starts the queues of channels with something due; waits for none of them. */
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

  /** Resolves when no queue is running. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Lets messages under way finish, starts no more. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#running.values());
  }

  async #sendAll(channelId: string): Promise<void> {
    const { db, clock, log } = this.#parts;
    try {
      while (!this.#closing) {
        // Whoever left meanwhile took their messages along.
        const message = await nextMessage(db, channelId, clock());
        if (!message || !(await this.#deliver(message))) return;
      }
    } catch (error) {
      // That the disk does not take it is said elsewhere, once.
      if (error instanceof StorageFault) return;
      log.error({ channel: channelId, err: error }, 'messages could not be sent');
    }
  }

  /** False when the queue has to stop here. */
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
        await record.failed(delivery, 'the update it was about is gone', null);
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
    // Last: what a crash undoes before is done again, and once more is no harm.
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
    if (dead) log.error({ channel: channel.id, error }, 'channel disabled: it takes no messages any more');
    return !dead && pausedUntil === null;
  }
}
