// Notifications: news is announced, deliveries are enqueued and sent by email and to channels, visitors enrolled.
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
import { allChannels, removeOtherChannels, syncChannels } from '../../store/notify/channels.ts';
import { makeAllDue, outboxDepth, pruneOutbox, uncomposed } from '../../store/notify/outbox.ts';
import { pruneRequests } from '../../store/notify/request-quota.ts';
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

/** Emails that wait or were given up, and what keeps them back; the same of channels. */
export interface OutboxReport extends Depth {
  readonly stopped: DeliveryPause | null;
  readonly channels: readonly ChannelReport[];
  /** Channels that take nothing, and what cannot be composed. */
  readonly problems: readonly Problem[];
}

/** A channel that status.yaml has not had for so long is not coming back. */
const GONE_FOR: Millis = 10 * MINUTE;

export class Notifications {
  readonly enrolment: Enrolment;
  /** Reminds the operators, once a minute. */
  readonly remind: (now: Millis) => Promise<void>;
  readonly #parts: NotificationParts;
  readonly #announcer: Announcer;
  readonly #verified: Promise<void>;
  readonly #record: DeliveryRecord;
  readonly #emails: EmailSender;
  readonly #messages: ChannelSender;
  /** The channels of status.yaml as last taken over, and since when they are so, epoch ms. */
  #synced: unknown = null;
  #syncedAt: Millis = 0;
  #latest: Millis = 0;

  private constructor(parts: NotificationParts, announcer: Announcer, verified: Promise<void>) {
    this.#parts = parts;
    this.#announcer = announcer;
    this.#verified = verified;
    const record = new DeliveryRecord(parts);
    this.#record = record;
    this.#emails = new EmailSender({ ...parts, record, composer: new EmailComposer(parts) });
    const targetOf = (channel: NotificationChannel) => this.#targetOf(channel);
    this.#messages = new ChannelSender({ ...parts, record, compose: messageComposer(parts), targetOf });
    const failing = async () => this.#failing(await this.#channels(), (await outboxDepth(parts.db)).channels);
    this.remind = makeRemind({ ...parts, failing });
    this.enrolment = new Enrolment({ ...parts, forget: id => this.#emails.forget(id) });
  }

  /** At start everything unfinished is due. */
  static async open(parts: NotificationParts): Promise<Notifications> {
    const { mail, log } = parts;
    // Said at the start, in words; emails wait in the outbox until it is mended.
    const verified = mail.verify().then(wrong => {
      if (wrong !== null) log.warn({ why: wrong }, `mail cannot leave: ${wrong}`);
    });
    await ignoreStorageFault(makeAllDue(parts.db, parts.clock()));
    return new Notifications(parts, await Announcer.open(parts), verified);
  }

  /** Takes over the channels of status.yaml when they changed, and notes what is news. */
  readonly note = async (): Promise<void> => {
    const { db, snapshot, clock } = this.#parts;
    const { channels } = snapshot().site.notify;
    if (channels !== this.#synced) {
      await syncChannels(db, channels, clock());
      this.#synced = channels;
      this.#syncedAt = clock();
    }
    await this.#announcer.note(snapshot());
  };

  /** Enqueues what was promised. */
  readonly enqueue = serially(() => this.#announcer.enqueue(this.#parts.snapshot()));

  /** Sends the emails that are due. */
  readonly send = async (): Promise<void> => {
    if (await this.#maySend()) await this.#emails.round();
  };

  /** Starts on the messages to channels that are due, waiting for none of them. */
  readonly dispatch = async (): Promise<void> => {
    if (await this.#maySend()) await this.#messages.startDue();
  };

  /** Resolves when no message to a channel is under way. */
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
      problems: outboxProblems(this.#failing(all, channels), await uncomposed(db)),
    };
  };

  async prune(): Promise<void> {
    const { db, snapshot, clock } = this.#parts;
    // A file saved by halves, or a slip of the keyboard, must cost no message: what is gone may come back.
    if (Math.abs(clock() - this.#syncedAt) >= GONE_FOR)
      await removeOtherChannels(db, snapshot().site.notify.channels);
    await pruneSubscribers(db, clock());
    await pruneRequests(db, clock());
    await pruneOutbox(db, clock());
  }

  /** Lets what is being sent finish, then closes the mail transport. */
  async close(): Promise<void> {
    this.#record.close();
    await Promise.all([this.#emails.close(), this.#messages.close()]);
    this.#parts.mail.close();
    await this.#verified;
  }

  /** Visitors' channels and those of status.yaml. */
  async #channels(): Promise<NotificationChannel[]> {
    const { db, snapshot } = this.#parts;
    const ids = new Set(snapshot().site.notify.channels.map(({ id }) => id));
    return (await allChannels(db)).filter(({ id, owner }) => owner === 'visitor' || ids.has(id));
  }

  #failing(all: readonly NotificationChannel[], depths: ReadonlyMap<string, Depth>): FailingChannel[] {
    const { snapshot, clock } = this.#parts;
    return failingChannels(all, depths, snapshot().site.notify.channels, clock());
  }

  /** When the clock went back, what waits for a moment of the old time would wait for long. */
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

  /** Where a channel's messages go; null when nothing may be sent there now. */
  #targetOf({ id, owner, type, url, secret }: NotificationChannel): ChannelTarget | null {
    const { channels, visitors } = this.#parts.snapshot().site.notify;
    if (owner === 'visitor') {
      // Switched off meanwhile, what waits stays where it is.
      if (url === null || !visitors.channels.includes(type)) return null;
      return { type, url, secret, guarded: !visitors.private || type !== 'webhook' };
    }
    const set = channels.find(one => one.id === id);
    // To where the operator says, private networks included.
    return set ? { type: set.type, url: set.url, secret: set.secret, guarded: false } : null;
  }
}
