// Channels besides mail, wired: the operator's of status.yaml and visitors' in the database, one outbox.

import { type ChannelTarget, channelName } from '../core/model/notification-channel.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Choice, Subscriber } from '../core/model/subscriber.ts';
import type { Clock, Millis } from '../core/model/time.ts';
import { type FailingChannel, isFailing } from '../core/notify/failing-channels.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import { makeChannels } from '../outside/channels.ts';
import type { Db } from '../store/db/database.ts';
import * as books from '../store/notify/announcements.ts';
import * as messages from '../store/notify/channel-outbox.ts';
import * as channels from '../store/notify/channels.ts';
import * as asked from '../store/notify/request-quota.ts';
import * as members from '../store/notify/visitor-channels.ts';
import { webhookPayload } from '../web/statuspage/webhook.ts';
import type { AnnounceDeps } from '../work/notify/announce.ts';
import { type Dispatch, isVisitors, makeDispatch } from '../work/notify/channel-delivery.ts';
import { makeNotices } from '../work/notify/channel-texts.ts';
import { type EnrolChannel, makeEnrolChannel } from '../work/notify/subscribe-channel.ts';
import { ignoreStorageFault } from '../work/timing/storage.ts';

export interface ChannelParts {
  readonly db: Db;
  readonly secret: string;
  readonly snapshot: () => Snapshot;
  /** For tests: where a service stands in place of its own address. */
  readonly dial?: ((url: URL) => URL | null) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What an operator should know of a channel; it is named, its address is not. */
export interface ChannelHealth {
  /** `visitors` for all of theirs together. */
  readonly channel: string;
  /** `resting`: it is tried again after a failure; `failing`: messages were given up, or it took none for a while. */
  readonly state: 'ok' | 'resting' | 'failing' | 'dead';
  readonly pending: number;
  readonly givenUp: number;
  readonly why: string | null;
  /** When it is tried again; null when it is not resting. */
  readonly until: Millis | null;
}

export interface Channels {
  /** Takes over the operator's channels when status.yaml changed. */
  keep(): Promise<void>;
  readonly dispatch: Dispatch;
  /** Enqueues an update's messages; see store/messages.ts. */
  readonly enqueue: AnnounceDeps['enqueueMessages'];
  readonly enrol: EnrolChannel;
  /** Visitors' channels as subscribers. */
  readonly members: {
    byId(id: string): Promise<Subscriber | null>;
    confirm(id: string, now: Millis): Promise<boolean>;
    choose(id: string, choice: Choice): Promise<Subscriber | null>;
    remove(id: string): Promise<boolean>;
  };
  health(): Promise<ChannelHealth[]>;
  /** The operator's channels that take nothing. */
  failing(): Promise<FailingChannel[]>;
  prune(): Promise<void>;
}

/** Opens the channels; at start everything unfinished is due. */
export async function openChannels(parts: ChannelParts, ring: () => void): Promise<Channels> {
  const { db, secret, snapshot, dial, clock, log } = parts;
  await ignoreStorageFault(messages.makeMessagesDue(db, clock()));
  const settings = () => snapshot().site.notify.channels;
  const visitors = () => snapshot().site.notify.visitors;
  let kept: unknown = null;

  const targetOf = (known: channels.KnownChannel): ChannelTarget | null => {
    if (known.owner === 'visitor') {
      // Switched off meanwhile, what waits stays where it is.
      if (!visitors().channels.includes(known.type)) return null;
      const guarded = !visitors().private || known.type !== 'webhook';
      return { type: known.type, url: known.url as string, secret: known.secret, guarded };
    }
    const set = settings().find(({ id }) => id === known.id);
    // To where the operator says, private networks included.
    return set ? { type: set.type, url: set.url, secret: set.secret, guarded: false } : null;
  };
  const reach = async (id: string) => {
    const known = await channels.channelById(db, id);
    const target = known && known.state !== 'dead' ? targetOf(known) : null;
    return known && target && { ...known, target };
  };
  const dispatch = makeDispatch({
    due: now => messages.channelsDue(db, now),
    next: (id, now) => messages.nextMessage(db, id, now),
    reach,
    make: makeNotices({
      frozen: ref => books.frozenUpdate(db, ref),
      snapshot,
      payload: webhookPayload,
      reader: id => channels.channelById(db, id),
      secret,
      clock,
    }),
    send: makeChannels(dial ? { dial } : {}),
    markSent: (id, now) => messages.markMessageSent(db, id, now),
    markFailed: (message, error, dueAt) => messages.markMessageFailed(db, message, error, dueAt),
    noteHealth: (id, health) => channels.noteHealth(db, id, health),
    confirmed: async id => void (await members.confirmChannel(db, id, clock())),
    makeAllDue: now => messages.makeMessagesDue(db, now),
    clock,
    log,
  });

  return {
    dispatch,
    enqueue: (ref, after, most, chosen) =>
      messages.enqueueMessages(db, ref, after, most, chosen, visitors().channels, clock()),
    enrol: makeEnrolChannel({
      transaction: work =>
        db.transaction().execute(trx =>
          work({
            exhausted: now => asked.asksExhausted(trx, now, snapshot().site.mail.confirmations),
            mayAsk: (hash, now) => asked.mayAskEmail(trx, hash, now),
            mayAskHost: (hash, now) => asked.mayAskHost(trx, hash, now),
            keyOf: id => members.urlKeyById(trx, id),
            save: channel => members.savePendingChannel(trx, channel),
            enqueue: (id, now) => messages.enqueueConfirmation(trx, id, now),
          }),
        ),
      async pending(id) {
        const known = await channels.channelById(db, id);
        return known?.owner === 'visitor' && known.state === 'pending' ? known.type : null;
      },
      site: () => snapshot().site,
      ring,
      secret,
      clock,
    }),
    members: {
      byId: id => members.memberById(db, id),
      confirm: (id, now) => members.confirmChannel(db, id, now),
      choose: (id, choice) => members.chooseForChannel(db, id, choice),
      remove: id => members.removeChannel(db, id),
    },
    async keep() {
      const now = settings();
      if (now === kept) return;
      await channels.keepChannels(db, now, clock());
      kept = now;
    },
    async health() {
      const depth = await messages.messageDepth(db);
      const now = clock();
      const none = { pending: 0, givenUp: 0 };
      const all = await channels.allChannels(db);
      const known = all.filter(({ owner }) => owner === 'operator');
      const own = known.map((one): ChannelHealth => {
        const { id, state, error, failingSince, restingUntil } = one;
        const until = restingUntil !== null && now < restingUntil ? restingUntil : null;
        const well = until === null && failingSince === null ? 'ok' : 'resting';
        const how = isFailing(one, now) ? 'failing' : well;
        return {
          channel: id,
          state: state === 'dead' ? 'dead' : how,
          ...(depth.get(id) ?? none),
          // Of one that takes what comes now, too: what it took last was refused.
          why: error,
          until,
        };
      });
      const theirs = { ...none };
      for (const [id, { pending, givenUp }] of depth) {
        if (!isVisitors(id)) continue;
        theirs.pending += pending;
        theirs.givenUp += givenUp;
      }
      const lost = all.filter(({ owner, state }) => owner === 'visitor' && state === 'dead').length;
      const why = lost === 0 ? null : `${lost} channels of visitors took nothing any more and are disabled`;
      return [...own, { channel: 'visitors', state: 'ok', ...theirs, why, until: null }];
    },
    async failing() {
      const failed = (await channels.allChannels(db)).filter(
        one => one.owner === 'operator' && isFailing(one, clock()),
      );
      if (failed.length === 0) return [];
      const depth = await messages.messageDepth(db);
      return failed.map(({ id, type, state, error, failingSince, createdAt }) => ({
        id,
        name: channelName({ type, id }, settings().find(one => one.id === id)?.url ?? ''),
        error: error ?? 'it takes nothing',
        since: failingSince ?? createdAt,
        givenUp: Number(depth.get(id)?.givenUp ?? 0),
        waiting: Number(depth.get(id)?.pending ?? 0),
        dead: state === 'dead',
      }));
    },
    async prune() {
      await messages.pruneMessages(db, clock());
      await members.pruneChannels(db, clock());
    },
  };
}
