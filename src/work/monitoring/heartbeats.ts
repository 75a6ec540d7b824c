// Heartbeats: jobs that report by themselves, and the judgement of those that fell silent.
import type { Component } from '../../core/model/component.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { type Clock, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { deriveSecret, digestOf } from '../../core/model/token.ts';
import type { Transition } from '../../core/model/transition.ts';
import { afterPause, type Beat, type Listening } from '../../core/monitoring/detector.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';

export interface HeartbeatsDeps {
  readonly components: () => readonly Component[];
  readonly secret: string;
  /** Judges a beat and the silence before it; before `listeningSince` nobody could have heard one. */
  readonly record: (component: Component, beat: Beat, listeningSince: Millis) => Promise<Judged>;
  /** Judges the silence up to `now`. */
  readonly judge: (component: Component, now: Millis, listeningSince: Millis) => Promise<Judged>;
  /** Told that a component's silence has been judged up to now, and whether its last report is recent. */
  readonly ended: (component: Component, isRecent: boolean) => void;
  readonly ring: () => void;
  /** Since when this process listens, epoch ms. */
  readonly startedAt: Millis;
  /** Looks whether the clock stepped since the last turn: a beat may come before the next one. */
  readonly noticeSteps: () => void;
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** How long the process has stood still so far, ms. */
  readonly paused: () => Millis;
  readonly log: Log;
}

interface Judged {
  readonly transitions: readonly Transition[];
  /** When silence becomes an outage, epoch ms; null while it cannot. */
  readonly recheckAt: Millis | null;
  /** Whether its last report is older than its period and grace. */
  readonly isOverdue?: boolean;
}

export interface Heartbeats {
  /** The token in a component's heartbeat address: its own, or one derived from the secret. */
  tokenOf(id: string): string;
  /** Takes a report; false when no component has this token. */
  beat(token: string, ok: boolean, message: string): Promise<boolean>;
  /** Judges those whose moment has come; any other costs nothing. */
  judgeAll(now: Millis): Promise<void>;
  /** Gives each its time anew: a clock that stepped by so many ms is no silence. */
  clockStepped(by: Millis): void;
}

/** So long after a pause its beats may still wait in their sockets: timers come before them. */
const UNREAD: Millis = SECOND;

/** A judgement that takes longer holds up the others no more, and is tried again a minute after it began. */
const HUNG: Millis = 10 * SECOND;

/** When a heartbeat is looked at again, and as which component it was judged. */
interface Due {
  readonly component: Component;
  readonly at: Millis;
  /** It was due right after a pause, and once has waited for the beats of that time. */
  readonly waited?: true;
  readonly isOverdue?: boolean;
}

export function makeHeartbeats(deps: HeartbeatsDeps): Heartbeats {
  const { components, secret, record, judge, ended, ring, clock, monotonic, log } = deps;
  let known: { readonly of: readonly Component[]; readonly byHash: ReadonlyMap<string, Component> } | null =
    null;
  /** Found by the hash of the token: a stranger's guess costs one hash, and its time tells nothing. */
  const find = (token: string): Component | undefined => {
    const all = components();
    if (known?.of !== all) {
      // The first of two with one token is meant.
      const entries = listening().reverse();
      const byHash = new Map(entries.map(each => [digestOf(heartbeatToken(each, secret)), each]));
      known = { of: all, byHash };
    }
    return known.byHash.get(digestOf(token));
  };
  const listening = () => components().filter(component => component.check.type === 'heartbeat');
  const tokenOf = (id: string): string => {
    const component = components().find(component => component.id === id);
    return component ? heartbeatToken(component, secret) : deriveSecret(secret, `heartbeat:${id}`);
  };
  // Only this process judges: its memory is right until a beat, an edit of status.yaml or the clock
  // says otherwise, and begins empty.
  const due = new Map<string, Due>();
  /** When judgements under way began, by `monotonic`. */
  const judging = new Map<string, Millis>();
  /** Of those that reported to this process; of the others, `silent`. */
  const heard = new Map<string, Listening>();
  let silent: Listening = { since: deps.startedAt, paused: deps.paused(), renewed: false };
  const listeningOf = (id: string) => heard.get(id) ?? silent;
  const eachListening = (next: (of: Listening) => Listening) => {
    for (const [id, of] of heard) heard.set(id, next(of));
    silent = next(silent);
  };
  let pausedBefore = deps.paused();
  /** When a pause was last noticed, by `monotonic`. */
  let pauseAt = Number.NEGATIVE_INFINITY;
  const noticePauses = () => {
    const paused = deps.paused();
    if (paused <= pausedBefore) return;
    pausedBefore = paused;
    pauseAt = monotonic();
    const now = clock();
    // What is due by the old time is judged in vain, and noted anew.
    eachListening(of => afterPause(of, paused, now));
  };
  const isUnread = () => monotonic() - pauseAt < UNREAD;
  const listenAnew = (by: Millis) => {
    // Set back, every deadline lies too far ahead; set forward or asleep, beats were missed by us.
    due.clear();
    const now = clock();
    eachListening(of => ({ ...of, since: by > 0 ? now : Math.min(of.since, now) }));
  };
  const note = (component: Component, { recheckAt, isOverdue = false }: Judged, now: Millis) => {
    // Silence is observation too, and is written down once in its own minute.
    const look = nextLook(component.id, now);
    due.set(component.id, {
      component,
      at: Math.min(recheckAt ?? Number.POSITIVE_INFINITY, look),
      isOverdue,
    });
  };
  /** Null while the judgement does not end. */
  const judgedSoon = async (component: Component, now: Millis): Promise<Judged | null> => {
    const { id } = component;
    const began = monotonic();
    if (began - (judging.get(id) ?? Number.NEGATIVE_INFINITY) < MINUTE) return null;
    judging.set(id, began);
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<null>(resolve => {
      timer = setTimeout(resolve, HUNG, null);
    });
    const judgement = judge(component, now, listeningOf(id).since).finally(() => {
      if (judging.get(id) === began) judging.delete(id);
    });
    const judged = await Promise.race([judgement, hung]).finally(() => clearTimeout(timer));
    if (judged) return judged;
    judgement.catch((error: unknown) =>
      log.error({ component: id, err: error }, 'a heartbeat was judged late'),
    );
    log.error({ component: id }, 'the judgement of a heartbeat does not end; it is tried again');
    return null;
  };
  return {
    tokenOf,
    async beat(token, ok, message) {
      const component = find(token);
      if (!component) return false;
      deps.noticeSteps();
      noticePauses();
      const at = clock();
      // Right after a pause it may have waited in its socket, and was in time.
      const since = isUnread() ? at : listeningOf(component.id).since;
      heard.set(component.id, { since: at, paused: pausedBefore, renewed: false });
      note(component, await record(component, { at, ok, message }, since), at);
      ring();
      return true;
    },
    async judgeAll(now) {
      noticePauses();
      const unread = isUnread();
      let changed = false;
      for (const component of listening()) {
        const last = due.get(component.id);
        // After an edit of status.yaml components are other objects.
        if (last?.component === component && now < last.at) {
          ended(component, !last.isOverdue);
          continue;
        }
        if (unread && !last?.waited) {
          due.set(component.id, { component, at: now, waited: true });
          continue;
        }
        const judged = await judgedSoon(component, now);
        if (!judged) continue;
        ended(component, !judged.isOverdue);
        // A beat that came meanwhile knows better.
        if (due.get(component.id) === last) note(component, judged, now);
        changed ||= judged.transitions.length > 0;
      }
      if (changed) ring();
    },
    clockStepped: listenAnew,
  };
}

/** The next moment of a heartbeat's own second in the minute: not all of them are looked at in one. */
function nextLook(id: string, now: Millis): Millis {
  const own = offsetOf(id, '* * * * *');
  return now + (MINUTE - ((((now - own) % MINUTE) + MINUTE) % MINUTE));
}

/** The token in a heartbeat component's address: its own, or one derived from the secret. */
export function heartbeatToken({ id, check }: Component, secret: string): string {
  return (check.type === 'heartbeat' && check.token) || deriveSecret(secret, `heartbeat:${id}`);
}
