// Heartbeats: jobs that report by themselves, and the judgement of those that fell silent.
import type { Component } from '../../core/model/component.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { deriveSecret, digestOf, shortId } from '../../core/model/token.ts';
import { afterStep, type Listening, putOff } from '../../core/monitoring/heartbeat.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import { listeningAt } from '../../store/monitoring/measurements.ts';
import type { Monitoring } from './monitoring.ts';
import { type Recorder, type RunOutcome, unlessFull } from './recorder.ts';
import type { RunEnd, Watchdog } from './watchdog.ts';

interface Parts extends Omit<Monitoring, 'awake'> {
  readonly recorder: Pick<Recorder, 'heartbeat'>;
  readonly watchdog: Pick<Watchdog, 'ended'>;
  readonly secret: string;
  /** Since when this process listens, epoch ms. */
  readonly startedAt: Millis;
  /** How long the process has stood still so far, ms. */
  readonly paused: () => Millis;
  /** Looks whether the clock stepped since the last turn: a report may come before the next one. */
  readonly noticeSteps: () => void;
}

/** So long after a pause reports may still wait in their sockets: timers come before them. */
const UNREAD: Millis = SECOND;

/** A judgement that takes longer holds up the others no more, and is tried again a minute after it began. */
const HUNG: Millis = 10 * SECOND;

/** When a heartbeat is looked at again, and as which component it was judged. */
interface NextJudgement {
  readonly component: Component;
  readonly at: Millis;
  /** It was due right after a pause, and once has waited for the reports of that time. */
  readonly hasWaited?: true;
  readonly overdue?: RunOutcome['overdue'];
  readonly recheckAt?: RunOutcome['recheckAt'];
}

export class Heartbeats {
  readonly #parts: Parts;
  #byToken: { readonly of: readonly Component[]; readonly byHash: ReadonlyMap<string, Component> } | null =
    null;
  /**
   * Only this process judges: its memory is right until a report, an edit of status.yaml or the clock says otherwise,
   * and begins empty.
   */
  readonly #next = new Map<string, NextJudgement>();
  /** When judgements under way began, by `monotonic`. */
  readonly #judging = new Map<string, Millis>();
  /** Of those that ever reported; of the others, `silent`. */
  readonly #heard: Map<string, Listening>;
  #silent: Listening;
  /** How long the process had stood still when that was last looked at, ms. */
  #paused: Millis;
  /** When a pause was last noticed, by `monotonic`. */
  #pausedAt = Number.NEGATIVE_INFINITY;

  private constructor(parts: Parts, heard: ReadonlyMap<string, Listening>) {
    this.#parts = parts;
    this.#paused = parts.paused();
    this.#heard = new Map(heard);
    this.#silent = { since: parts.startedAt, renewed: false };
  }

  static async open(parts: Parts): Promise<Heartbeats> {
    const heard = await listeningAt(parts.db, parts.startedAt).catch(unlessFull);
    return new Heartbeats(parts, heard ?? new Map());
  }

  /** The token in a component's heartbeat address. */
  tokenOf(id: string): string {
    const { site, secret } = this.#parts;
    const component = site().components.find(component => component.id === id);
    return component ? heartbeatToken(component, secret) : derivedToken(id, secret);
  }

  /** Takes a report; false when no component has this token. */
  async report(token: string, ok: boolean, message: string): Promise<boolean> {
    const component = this.#find(token);
    if (!component) return false;
    const { recorder, watchdog, noticeSteps, ring, clock } = this.#parts;
    noticeSteps();
    this.#noticePauses();
    const at = clock();
    // Right after a pause it may have waited in its socket, and was in time.
    const before = this.#listening(component);
    const listening = this.#isUnread() ? { ...before, since: at } : before;
    this.#heard.set(component.id, { since: at, renewed: false, reported: at });
    const judged = await recorder.heartbeat(component, { at, ok, message }, at, listening);
    watchdog.ended(component, 0, seenOf(judged, at));
    this.#note(component, judged, at);
    ring();
    return true;
  }

  /** Judges those whose moment has come; any other costs nothing. */
  async judgeAll(now: Millis): Promise<void> {
    const { watchdog, ring } = this.#parts;
    this.#noticePauses();
    const isUnread = this.#isUnread();
    let hasChanged = false;
    for (const component of this.#components()) {
      const { id } = component;
      const last = this.#next.get(id);
      // After an edit of status.yaml components are other objects.
      if (last?.component === component && now < last.at) {
        watchdog.ended(component, 0, seenOf(last, now));
        continue;
      }
      if (isUnread && !last?.hasWaited) {
        this.#next.set(id, { component, at: now, hasWaited: true });
        continue;
      }
      const judged = await this.#judgeSoon(component, now);
      if (!judged) continue;
      watchdog.ended(component, 0, seenOf(judged, now));
      // A report that came meanwhile knows better.
      if (this.#next.get(id) === last) this.#note(component, judged, now);
      hasChanged ||= judged.transitions.length > 0;
    }
    if (hasChanged) ring();
  }

  /** A clock that stepped by so many ms is no silence. */
  clockStepped(by: Millis): void {
    // Set back, every deadline lies too far ahead; set forward or asleep, reports were missed by us.
    this.#next.clear();
    const now = this.#parts.clock();
    this.#listenAnew(of => afterStep(of, by, now));
  }

  #components(): Component[] {
    return this.#parts.site().components.filter(({ check }) => check.type === 'heartbeat');
  }

  /** Found by the hash of the token: a stranger's guess costs one hash, and its time reveals nothing. */
  #find(token: string): Component | undefined {
    const { site, secret } = this.#parts;
    const of = site().components;
    if (this.#byToken?.of !== of) {
      // The first of two with one token is meant.
      const entries = this.#components().reverse();
      const byHash = new Map(entries.map(each => [digestOf(heartbeatToken(each, secret)), each]));
      this.#byToken = { of, byHash };
    }
    return this.#byToken.byHash.get(digestOf(token));
  }

  #listening(component: Component): Listening {
    const token = shortId(heartbeatToken(component, this.#parts.secret));
    return { ...(this.#heard.get(component.id) ?? this.#silent), token };
  }

  #listenAnew(next: (of: Listening) => Listening): void {
    for (const [id, of] of this.#heard) this.#heard.set(id, next(of));
    this.#silent = next(this.#silent);
  }

  #noticePauses(): void {
    const paused = this.#parts.paused();
    const by = paused - this.#paused;
    if (by <= 0) return;
    this.#paused = paused;
    this.#pausedAt = this.#parts.monotonic();
    const now = this.#parts.clock();
    // What is due by the old time is judged in vain, and noted anew.
    this.#listenAnew(of => putOff(of, by, now));
  }

  #isUnread(): boolean {
    return this.#parts.monotonic() - this.#pausedAt < UNREAD;
  }

  #note(component: Component, { recheckAt, overdue = null }: RunOutcome, now: Millis): void {
    // Silence is observation too, and is written down once in its own minute.
    const at = Math.min(recheckAt ?? Number.POSITIVE_INFINITY, ownSecond(component.id, now));
    this.#next.set(component.id, { component, at, overdue, recheckAt });
  }

  /** Null while the judgement does not end. */
  async #judgeSoon(component: Component, now: Millis): Promise<RunOutcome | null> {
    const { recorder, monotonic, log } = this.#parts;
    const { id } = component;
    const began = monotonic();
    if (began - (this.#judging.get(id) ?? Number.NEGATIVE_INFINITY) < MINUTE) return null;
    this.#judging.set(id, began);
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<null>(resolve => {
      timer = setTimeout(resolve, HUNG, null);
    });
    const judgement = recorder.heartbeat(component, null, now, this.#listening(component)).finally(() => {
      if (this.#judging.get(id) === began) this.#judging.delete(id);
    });
    const judged = await Promise.race([judgement, hung]).finally(() => clearTimeout(timer));
    if (judged) return judged;
    judgement.catch((error: unknown) =>
      log.error({ component: id, err: error }, 'a heartbeat was judged late'),
    );
    log.error({ component: id }, 'the judgement of a heartbeat does not end; it is tried again');
    return null;
  }
}

/**
 * What is known of a job: while its report is overdue and silence is no outage yet, nothing. One that is down is not well
 * before it reports, though the page may not show the outage yet.
 */
function seenOf(
  { overdue, recheckAt = null }: Pick<RunOutcome, 'overdue'> & Partial<RunOutcome>,
  now: Millis,
): RunEnd {
  if (overdue && now >= overdue.at)
    return { silentSince: overdue.since, ...(overdue.hasNewToken ? { hasNewToken: true } : {}) };
  return recheckAt === null ? 'bad' : 'well';
}

/** The next moment of a heartbeat's own second in the minute: not all of them are looked at in one. */
function ownSecond(id: string, now: Millis): Millis {
  const own = offsetOf(id, '* * * * *');
  return now + (MINUTE - ((((now - own) % MINUTE) + MINUTE) % MINUTE));
}

/** The token in a heartbeat component's address: its own, or one derived from the secret. */
export function heartbeatToken({ id, check }: Component, secret: string): string {
  return (check.type === 'heartbeat' && check.token) || derivedToken(id, secret);
}

function derivedToken(id: string, secret: string): string {
  return deriveSecret(secret, `heartbeat:${id}`);
}
