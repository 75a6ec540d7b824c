// Dispatch: due messages go to their channels, each channel with a queue and a rest of its own, so that a
// dead one delays nobody. What is claimed, sent and marked survives a crash; news keep their order.

import type {
  ChannelMessage,
  ChannelSent,
  ChannelTarget,
  SendToChannel,
} from '../../core/model/notification-channel.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';
import { isDead, restsChannel, tryAgainAt } from '../../core/notify/channel-retry.ts';
import { UNCOMPOSED } from '../../core/notify/failing-channels.ts';

export interface Message {
  readonly id: number;
  readonly kind: 'update' | 'confirm';
  readonly ref: string;
  readonly channelId: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly createdAt: Millis;
}

/** A channel messages can be sent to now. */
export interface Reached {
  readonly owner: 'operator' | 'visitor';
  readonly target: ChannelTarget;
  readonly strikes: number;
  readonly failingSince: Millis | null;
  /** Nothing is tried before; null while all is well. */
  readonly restingUntil: Millis | null;
}

export interface DispatchDeps {
  /** The channels with a message due. */
  readonly due: (now: Millis) => Promise<readonly string[]>;
  readonly next: (channelId: string, now: Millis) => Promise<Message | null>;
  /** Null when nothing may be sent there any more. */
  readonly reach: (channelId: string) => Promise<Reached | null>;
  /** Null when what it was about is gone. */
  readonly make: (message: Message) => Promise<ChannelMessage | null>;
  readonly send: SendToChannel;
  readonly markSent: (id: number, now: Millis) => Promise<void>;
  readonly markFailed: (
    message: { readonly id: number; readonly attempts: number },
    error: string,
    dueAt: Millis | null,
  ) => Promise<void>;
  readonly noteHealth: (
    channelId: string,
    health: {
      strikes: number;
      failingSince: Millis | null;
      restingUntil: Millis | null;
      error: string | null;
      dead: boolean;
    },
  ) => Promise<void>;
  /** A webhook answered its challenge. */
  readonly confirmed: (channelId: string) => Promise<void>;
  readonly makeAllDue: (now: Millis) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Dispatch {
  /** Starts the queues of channels with something due; waits for none of them. */
  startDue(now: Millis): Promise<void>;
  /** Resolves when no queue is running. */
  settled(): Promise<void>;
  /** Lets messages under way finish, starts no more. */
  close(): Promise<void>;
}

/** A channel that took a message. */
const WELL = { strikes: 0, failingSince: null, restingUntil: null, error: null, dead: false } as const;

/** A database that cannot be written must not make us ask the other side each second. */
const HURT_FOR = 10 * SECOND;

/** So many visitors' channels are called at once; the operator's own wait for none of them. */
const AT_ONCE = 30;

export function makeDispatch(deps: DispatchDeps): Dispatch {
  const { clock, log } = deps;
  const running = new Map<string, Promise<void>>();
  /** Taken by the other side, and not written down yet: recorded later, never sent again. */
  const unrecorded = new Set<number>();
  /** Channels that could not be served by a fault of ours, and until when they wait. */
  const hurt = new Map<string, Millis>();
  let latest: Millis = 0;
  let closing = false;
  let visitors = 0;

  /** False when the queue has to stop here. */
  const one = async (message: Message, reached: Reached): Promise<boolean> => {
    const { channelId } = message;
    if (unrecorded.has(message.id)) {
      await record(message);
      return true;
    }
    let said: ChannelMessage | null;
    let sent: ChannelSent;
    try {
      said = await deps.make(message);
      if (!said) {
        await deps.markFailed(message, 'the update it was about is gone', null);
        return true;
      }
      sent = await deps.send(reached.target, said, clock());
    } catch (error) {
      if (error instanceof StorageFault) throw error;
      return spoiled(message, error);
    }
    if (!sent.ok) return fail(message, reached, sent);
    const answered =
      message.kind === 'confirm' && said.challenge !== null && reached.target.type === 'webhook';
    // A challenge may be repeated: better that than an answer to it that nobody noted.
    if (!answered) unrecorded.add(message.id);
    if (reached.failingSince !== null || reached.strikes > 0) {
      await deps.noteHealth(channelId, WELL);
    }
    if (answered) await deps.confirmed(channelId);
    // Last: what a crash undoes before is done again, and once more is no harm.
    await record(message);
    log.debug({ channel: channelId, message: message.id }, 'message sent');
    return true;
  };

  /** What cannot be composed is one message's failure: an edit of its text may mend it, and others go on. */
  const spoiled = async (message: Message, error: unknown) => {
    const now = clock();
    const attempts = message.attempts + 1;
    const { kind, createdAt, channelId } = message;
    const again = tryAgainAt(
      { kind, failure: 'broken', attempts, createdAt, wait: null },
      now,
      Math.random(),
    );
    await deps.markFailed({ id: message.id, attempts }, `${UNCOMPOSED}${wordsOf(error)}`, again);
    const fields = {
      channel: channelId,
      message: message.id,
      ref: message.ref,
      attempt: attempts,
      err: error,
    };
    log.error({ ...fields, retry: again !== null }, 'message could not be composed');
    return true;
  };

  const record = async ({ id }: Message) => {
    await deps.markSent(id, clock());
    unrecorded.delete(id);
  };

  const fail = async (message: Message, reached: Reached, sent: ChannelSent & { ok: false }) => {
    const { channelId, kind, createdAt } = message;
    const { failure, error, wait } = sent;
    const now = clock();
    const attempts = message.attempts + 1;
    const again = tryAgainAt({ kind, failure, attempts, createdAt, wait }, now, Math.random());
    await deps.markFailed({ id: message.id, attempts }, error, again);
    const strikes = reached.strikes + (again === null ? 1 : 0);
    const failingSince = reached.failingSince ?? now;
    const dead = isOver(reached, failure, strikes, failingSince, now);
    const restingUntil = again !== null && restsChannel(failure) ? again : null;
    await deps.noteHealth(channelId, { strikes, failingSince, restingUntil, error, dead });
    const fields = { channel: channelId, message: message.id, attempt: attempts, failure, error };
    log.warn({ ...fields, retry: again !== null }, 'message not sent');
    if (dead) log.error({ channel: channelId, error }, 'channel disabled: it takes no messages any more');
    return !dead && restingUntil === null;
  };

  const queue = async (channelId: string) => {
    while (!closing) {
      const message = await deps.next(channelId, clock());
      // Whoever left meanwhile took their messages along.
      const reached = message && (await deps.reach(channelId));
      if (!message || !reached || !(await one(message, reached))) return;
    }
  };

  return {
    async startDue(now) {
      if (now < latest - SECOND) {
        // The clock went back: what waits for a moment of the old time would wait for long.
        hurt.clear();
        await deps.makeAllDue(now);
      }
      latest = now;
      if (closing) return;
      for (const id of await deps.due(now)) {
        if (running.has(id) || now < (hurt.get(id) ?? 0)) continue;
        hurt.delete(id);
        const isVisitor = isVisitors(id);
        if (isVisitor && visitors >= AT_ONCE) continue;
        if (isVisitor) visitors++;
        const run = queue(id)
          .catch((error: unknown) => {
            hurt.set(id, now + HURT_FOR);
            // That the disk does not take it is said elsewhere, once.
            if (error instanceof StorageFault) return;
            log.error({ channel: id, err: error }, 'messages could not be sent');
          })
          .finally(() => {
            running.delete(id);
            if (isVisitor) visitors--;
          });
        running.set(id, run);
      }
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
    },
    async close() {
      closing = true;
      await Promise.all(running.values());
    },
  };
}

/** The operator's channel is only given up when it says so itself; a stranger's also when it wastes our time. */
function isOver(
  { owner }: Reached,
  failure: (ChannelSent & { ok: false })['failure'],
  strikes: number,
  failingSince: Millis,
  now: Millis,
): boolean {
  return owner === 'operator' ? failure === 'gone' : isDead(failure, strikes, failingSince, now);
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}

/** What the ids of visitors' channels begin with; no id of an operator's does. */
export const VISITOR = 'channel_';

export function isVisitors(id: string): boolean {
  return id.startsWith(VISITOR);
}
