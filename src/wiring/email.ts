// The post: announcing, delivering and enrolling, each handed what it needs of store and channels.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Render } from '../core/model/ports/render.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import type { Clock } from '../core/model/time.ts';
import { type FailingChannel, outboxProblems } from '../core/notify/failing-channels.ts';
import type { MailChannel, SendMail } from '../core/notify/mail.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import { openMailFolder } from '../outside/mail/folder.ts';
import { openSmtp } from '../outside/mail/smtp.ts';
import type { Db } from '../store/db/database.ts';
import * as books from '../store/notify/announcements.ts';
import * as outbox from '../store/notify/email-outbox.ts';
import * as asked from '../store/notify/request-quota.ts';
import * as subscribers from '../store/notify/subscribers.ts';
import { uncomposed } from '../store/notify/uncomposed.ts';
import { type Announce, openAnnounce } from '../work/notify/announce.ts';
import { isVisitors } from '../work/notify/channel-delivery.ts';
import { makeDeliver, type Stopped } from '../work/notify/deliver.ts';
import { makeEnvelopes } from '../work/notify/email.ts';
import { makeEmails } from '../work/notify/email-texts.ts';
import { addressHash, type Enrol, makeEnrol } from '../work/notify/subscribe.ts';
import type { EnrolChannel } from '../work/notify/subscribe-channel.ts';
import { serially } from '../work/timing/bell.ts';
import { ignoreStorageFault } from '../work/timing/storage.ts';
import { type ChannelHealth, openChannels } from './channels.ts';

export interface PostDeps {
  readonly db: Db;
  readonly env: Environment;
  readonly secret: string;
  readonly snapshot: () => Snapshot;
  readonly render: Render;
  /** Whether the database takes what it is given: what cannot be recorded is not sent. */
  readonly writable: () => boolean;
  /** For tests: where a chat service stands in place of its own address. */
  readonly dial?: ((url: URL) => URL | null) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the webhook of a mail provider needs. */
interface Bounces {
  readonly secret: string;
  suppress(address: string, reason: 'bounced' | 'complained'): Promise<void>;
}

export interface Post {
  /** Writes news to the books. */
  note(): Promise<void>;
  /** Enqueues what was promised. */
  enqueue(): Promise<void>;
  /** Sends the emails that are due. */
  send(): Promise<void>;
  /** Starts on the messages to channels that are due, waiting for none of them. */
  dispatch(): Promise<void>;
  /** Resolves when no message is under way. */
  settled(): Promise<void>;
  readonly enrol: Enrol;
  readonly enrolChannel: EnrolChannel;
  /** The way out for emails that have no subscriber; the channels that take nothing are told of there. */
  readonly mail: {
    readonly send: SendMail;
    readonly mailFrom: () => string;
    failing(): Promise<readonly FailingChannel[]>;
  };
  /** Null where RESEND_WEBHOOK_SECRET is not set. */
  readonly bounces: Bounces | null;
  /** How many emails wait or were given up, and what keeps them back; the same of channels. */
  depth(): Promise<{
    pending: number;
    givenUp: number;
    stopped: Stopped | null;
    channels: readonly ChannelHealth[];
    /** What of it somebody must mend. */
    problems: readonly Problem[];
  }>;
  prune(): Promise<void>;
  /** Lets emails under way finish, then closes the channel. */
  close(): Promise<void>;
}

/** Opens the post; `ring` asks for a round soon. */
export async function openPost(deps: PostDeps, ring: () => void): Promise<Post> {
  const { db, env, secret, snapshot, clock, log } = deps;
  await ignoreStorageFault(outbox.makeAllDue(db, clock()));
  const mailFrom = () => env.mailFrom ?? defaultSender(snapshot().site);
  const mail = openMail(env, mailFrom, log);
  // Said at the start, in words; emails wait in the outbox until it is mended.
  const checked = mail.verify().then(wrong => {
    if (wrong !== null) log.warn({ why: wrong }, `mail cannot leave: ${wrong}`);
  });
  const channels = await openChannels(deps, ring);
  const { members } = channels;
  const announce: Announce = await openAnnounce({
    seen: () => books.seenUpdates(db),
    isFirstRound: () => books.isFirstRound(db),
    book: (news, now, dueAt) => books.bookAnnouncements(db, news, now, dueAt),
    owed: (now, grace) => books.owedUpdates(db, now, grace),
    frozen: ref => books.frozenUpdate(db, ref),
    enqueueSome: (ref, most, chosen) => books.enqueueSome(db, ref, most, chosen, clock()),
    enqueueMessages: channels.enqueue,
    withdraw: ref => books.withdraw(db, ref),
    log,
  });
  const suppress = async (address: string, reason: subscribers.Suppression) => {
    const known = await subscribers.subscriberByAddress(db, address);
    if (known) deliver.forget(known.id);
    await subscribers.suppress(db, address, addressHash(secret, address), reason, clock());
  };
  const deliver = makeDeliver({
    due: (now, limit, until) => outbox.dueDeliveries(db, now, limit, until),
    markSent: (dues, now) => outbox.markSent(db, dues, now),
    markFailed: (due, error, dueAt) => outbox.markFailed(db, due, error, dueAt),
    countRefusal: id => outbox.countRefusal(db, id),
    suppress: ({ address }) => suppress(address, 'refused'),
    makeAllDue: now => outbox.makeAllDue(db, now),
    sentLately: (now, from) => outbox.sentLately(db, now, from),
    releasedUntil: () => outbox.releasedUntil(db),
    send: mail.send,
    makeEmail: makeEnvelopes({
      frozen: ref => books.frozenUpdate(db, ref),
      rootOf: id => books.firstAnnounced(db, id),
      emails: makeEmails(deps.render),
      snapshot,
      secret,
      mailFrom,
      clock,
    }),
    limits: () => snapshot().site.mail,
    clock,
    log,
  });
  const enrol = makeEnrol({
    transaction: work =>
      db.transaction().execute(trx =>
        work({
          exhausted: now => asked.asksExhausted(trx, now, snapshot().site.mail.confirmations),
          byAddress: address => subscribers.subscriberByAddress(trx, address),
          isSuppressed: hash => subscribers.isSuppressed(trx, hash),
          savePending: subscriber => subscribers.savePending(trx, subscriber),
          mayAsk: (hash, now) => asked.mayAskEmail(trx, hash, now),
          enqueue: (kind, ref, id, now) => outbox.enqueue(trx, kind, ref, id, now),
          note: now => asked.noteAsk(trx, now),
        }),
      ),
    // Links speak of a subscriber by id, whichever way their news go.
    byId: id => (isVisitors(id) ? members.byId(id) : subscribers.subscriberById(db, id)),
    confirm: (id, now) =>
      isVisitors(id) ? members.confirm(id, now) : subscribers.confirmSubscriber(db, id, now),
    choose: (id, choice) =>
      isVisitors(id) ? members.choose(id, choice) : subscribers.chooseFor(db, id, choice),
    async remove(id) {
      if (isVisitors(id)) return members.remove(id);
      deliver.forget(id);
      return subscribers.removeSubscriber(db, id);
    },
    ring,
    secret,
    clock,
  });
  return {
    async note() {
      await channels.keep();
      await announce.note(snapshot(), clock());
    },
    enqueue: serially(async () => {
      await announce.enqueue(snapshot(), clock());
    }),
    send: async () => {
      if (deps.writable()) await deliver.round(clock());
    },
    dispatch: async () => {
      if (deps.writable()) await channels.dispatch.startDue(clock());
    },
    settled: channels.dispatch.settled,
    enrol,
    enrolChannel: channels.enrol,
    mail: { send: mail.send, mailFrom, failing: channels.failing },
    bounces: env.resendSecret === null ? null : { secret: env.resendSecret, suppress },
    depth: async () => ({
      ...(await outbox.outboxDepth(db)),
      stopped: deliver.stopped(),
      channels: await channels.health(),
      problems: outboxProblems(await channels.failing(), await uncomposed(db)),
    }),
    async prune() {
      await subscribers.pruneSubscribers(db, clock());
      await asked.pruneAsked(db, clock());
      await outbox.pruneOutbox(db, clock());
      await channels.prune();
    },
    async close() {
      await Promise.all([deliver.close(), channels.dispatch.close()]);
      mail.close();
      await checked;
    },
  };
}

/** The way out for mail: by SMTP_URL, else files in DATA_DIR/mail. */
export function openMail(env: Environment, mailFrom: () => string, log: Log): MailChannel {
  if (env.smtpUrl) return openSmtp(env.smtpUrl, mailFrom, { dkim: env.dkim });
  const folder = path.join(env.dataDir, 'mail');
  log.info({ folder }, 'no SMTP_URL: mail is written as .eml files');
  return openMailFolder(folder, mailFrom);
}

/** Without MAIL_FROM: the site's title at the host of its address. */
export function defaultSender(site: Site): string {
  const { hostname } = new URL(site.url);
  return `"${site.title.replace(/["\\\r\n]/g, '')}" <status@${hostname}>`;
}
