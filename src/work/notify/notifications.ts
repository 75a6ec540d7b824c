// Notifications: announces news, enqueues and sends deliveries by email and to channels, and enrols visitors.
import type { ChannelTarget } from '../../core/model/notification-channel.ts';
import type { Problem } from '../../core/model/problem.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import {
  type ChannelReport,
  channelReports,
  type Depth,
  type FailingChannel,
  failingChannels,
  type NotificationChannel,
  outboxProblems,
} from '../../core/notify/channel-health.ts';
import { emailProblems } from '../../core/notify/email-health.ts';
import { allChannels, removeOtherChannels, syncChannels } from '../../store/notify/channels.ts';
import { makeAllDue, outboxDepth, pruneOutbox, uncomposed } from '../../store/notify/outbox.ts';
import { pruneSubscribeRequests } from '../../store/notify/request-quota.ts';
import { pruneSubscribers, type Suppression } from '../../store/notify/subscribers.ts';
import { serially } from '../timing/bell.ts';
import { ignoreStorageFault } from '../timing/storage.ts';
import { Announcer } from './announce.ts';
import { ChannelSender } from './channel-sender.ts';
import { messageComposer } from './channel-texts.ts';
import { DeliveryRecord } from './delivery-record.ts';
import { EmailComposer } from './email-composer.ts';
import { type DeliveryPause, EmailSender } from './email-sender.ts';
import { Enrolment } from './enrolment.ts';
import type { NotificationParts } from './parts.ts';
import { makeRemind } from './remind.ts';

/** Waiting and given-up emails, why emails are held back, and the same for channels. */
export interface OutboxReport extends Depth {
  readonly stopped: DeliveryPause | null;
  readonly channels: readonly ChannelReport[];
  /** A mail server or channels that accept nothing, and updates that cannot be composed. */
  readonly problems: readonly Problem[];
}

/** A channel missing in status.yaml for this long is removed. */
const GONE_FOR: Millis = 10 * MINUTE;

export class Notifications {
  readonly enrolment: Enrolment;
  /** Sends reminders to the operators, once a minute. */
  readonly remind: (now: Millis) => Promise<void>;
  readonly #parts: NotificationParts;
  readonly #announcer: Announcer;
  #verified: Promise<void> = Promise.resolve();
  readonly #record: DeliveryRecord;
  readonly #emails: EmailSender;
  readonly #messages: ChannelSender;
  /** The channels of status.yaml as last stored, and when they were, epoch ms. */
  #synced: unknown = null;
  #syncedAt: Millis = 0;
  #latest: Millis = 0;

  private constructor(parts: NotificationParts, announcer: Announcer) {
    this.#parts = parts;
    this.#announcer = announcer;
    const record = new DeliveryRecord(parts);
    this.#record = record;
    this.#emails = new EmailSender({ ...parts, record, composer: new EmailComposer(parts) });
    const targetOf = (channel: NotificationChannel) => this.#targetOf(channel);
    this.#messages = new ChannelSender({ ...parts, record, compose: messageComposer(parts), targetOf });
    const failing = async () => this.#failing(await this.#channels(), (await outboxDepth(parts.db)).channels);
    const remind = makeRemind({ ...parts, failing });
    this.remind = async now => {
      // Of a server that failed the check at the start, no email tells that it is well.
      if (this.#emails.trouble()?.addresses.size === 0) await this.#emails.verify();
      await remind(now);
    };
    this.enrolment = new Enrolment({ ...parts, forget: id => this.#emails.forget(id) });
  }

  /** At start, everything unfinished is due. */
  static async open(parts: NotificationParts): Promise<Notifications> {
    await ignoreStorageFault(makeAllDue(parts.db, parts.clock()));
    const all = new Notifications(parts, await Announcer.open(parts));
    // Log the problem once at start. Emails wait in the outbox until it is fixed.
    all.#verified = all.#emails.verify().then(wrong => {
      if (wrong !== null) parts.log.warn({ why: wrong }, `email cannot be sent: ${wrong}`);
    });
    return all;
  }

  /**
   * Stores the channels of status.yaml if they changed, and records what is news.
   * @param now when the Snapshot was composed: what the clock brings later is told with the next one, which shows it
   */
  readonly note = async (now: Millis): Promise<void> => {
    const { db, snapshot, clock } = this.#parts;
    const { channels } = snapshot().site.notify;
    if (channels !== this.#synced) {
      await syncChannels(db, channels, clock());
      this.#synced = channels;
      this.#syncedAt = clock();
    }
    await this.#announcer.note(snapshot(), now);
  };

  readonly enqueue = serially(() => this.#announcer.enqueue(this.#parts.snapshot()));

  readonly send = async (): Promise<void> => {
    if (await this.#maySend()) await this.#emails.round();
  };

  /** Starts sending the messages that are due; does not wait for them. */
  readonly dispatch = async (): Promise<void> => {
    if (await this.#maySend()) await this.#messages.startDue();
  };

  readonly settled = (): Promise<void> => this.#messages.settled();

  readonly suppress = (address: string, reason: Suppression): Promise<void> =>
    this.#emails.suppress(address, reason);

  readonly depth = async (): Promise<OutboxReport> => {
    const { db, clock } = this.#parts;
    const [all, { email, channels }] = [await this.#channels(), await outboxDepth(db)];
    return {
      ...email,
      stopped: this.#emails.stopped(),
      channels: channelReports(all, channels, clock()),
      problems: [
        ...emailProblems(this.#emails.trouble(), email, clock()),
        ...outboxProblems(this.#failing(all, channels), await uncomposed(db)),
      ],
    };
  };

  async prune(): Promise<void> {
    const { db, snapshot, clock } = this.#parts;
    // A half-saved file or a typo must not cost messages: a removed channel may come back.
    if (Math.abs(clock() - this.#syncedAt) >= GONE_FOR)
      await removeOtherChannels(db, snapshot().site.notify.channels);
    await pruneSubscribers(db, clock());
    await pruneSubscribeRequests(db, clock());
    await pruneOutbox(db, clock());
  }

  /** Waits for what is being sent, then closes the mail transport. */
  async close(): Promise<void> {
    this.#record.close();
    await Promise.all([this.#emails.close(), this.#messages.close()]);
    this.#parts.mail.close();
    await this.#verified;
  }

  async #channels(): Promise<NotificationChannel[]> {
    const { db, snapshot } = this.#parts;
    const ids = new Set(snapshot().site.notify.channels.map(({ id }) => id));
    return (await allChannels(db)).filter(({ id, owner }) => owner === 'visitor' || ids.has(id));
  }

  #failing(all: readonly NotificationChannel[], depths: ReadonlyMap<string, Depth>): FailingChannel[] {
    const { snapshot, clock } = this.#parts;
    return failingChannels(all, depths, snapshot().site.notify.channels, clock());
  }

  /**
   * Returns whether to send now. After the clock went back, makes everything due, or it would wait for the old time.
   */
  async #maySend(): Promise<boolean> {
    const { db, writable, clock } = this.#parts;
    if (!writable()) return false;
    const now = clock();
    const wentBack = now < this.#latest - SECOND;
    this.#latest = now;
    if (wentBack) {
      this.#emails.resume();
      await makeAllDue(db, now);
    }
    return true;
  }

  /** Where a channel's messages go; null if nothing may be sent there now. */
  #targetOf({ id, owner, type, url, secret }: NotificationChannel): ChannelTarget | null {
    const { channels, visitors } = this.#parts.snapshot().site.notify;
    if (owner === 'visitor') {
      // If visitors' channels were switched off meanwhile, their messages stay in the outbox.
      if (url === null || !visitors.channels.includes(type)) return null;
      return { type, url, secret, guarded: !visitors.private || type !== 'webhook' };
    }
    const set = channels.find(one => one.id === id);
    // The operator's addresses may be in private networks.
    return set ? { type: set.type, url: set.url, secret: set.secret, guarded: false } : null;
  }
}
