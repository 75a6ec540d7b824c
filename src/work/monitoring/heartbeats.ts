// Heartbeats: receives the reports of jobs, and judges jobs that do not report.
import type { Component } from '../../core/model/component.ts';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import { deriveSecret, digestOf, shortId } from '../../core/model/token.ts';
import { afterStep, type Listening, putOff } from '../../core/monitoring/heartbeat.ts';
import { offsetOf } from '../../core/monitoring/schedule-jitter.ts';
import { listeningAt } from '../../store/monitoring/measurements.ts';
import type { Monitoring } from './monitoring.ts';
import { type Recorder, type RunOutcome, unlessFull } from './recorder.ts';
import type { RunEnd, Watchdog } from './watchdog.ts';

interface HeartbeatParts extends Omit<Monitoring, 'awake'> {
  readonly recorder: Pick<Recorder, 'heartbeat'>;
  readonly watchdog: Pick<Watchdog, 'ended'>;
  readonly secret: string;
  /** When this process began to listen, epoch ms. */
  readonly startedAt: Millis;
  /** The total time for which this process was paused so far, ms. */
  readonly paused: () => Millis;
  /** Checks for a step of the clock since the last tick, because a report may arrive before the next one. */
  readonly noticeSteps: () => void;
}

/** After a pause, reports may wait in their sockets for this long, because timers run first. */
const UNREAD: Millis = SECOND;

/** A judgement that takes longer no longer blocks the others. It is tried again a minute after it began. */
const HUNG: Millis = 10 * SECOND;

/** When a heartbeat is judged next, and for which version of the component. */
interface NextJudgement {
  readonly component: Component;
  readonly at: Millis;
  /** It was due right after a pause, and has waited once for reports of that time. */
  readonly hasWaited?: true;
  readonly overdue?: RunOutcome['overdue'];
  readonly recheckAt?: RunOutcome['recheckAt'];
}

export class Heartbeats {
  readonly #parts: HeartbeatParts;
  #byToken: { readonly of: readonly Component[]; readonly byHash: ReadonlyMap<string, Component> } | null =
    null;
  /**
   * Only this process judges heartbeats. An entry is valid until a report, an edit of status.yaml or a clock step.
   * Empty at start.
   */
  readonly #next = new Map<string, NextJudgement>();
  /** When judgements in progress began, by `monotonic`. */
  readonly #judging = new Map<string, Millis>();
  /** Components that have reported. The others share `#silent`. */
  readonly #heard: Map<string, Listening>;
  #silent: Listening;
  /** The value of `paused()` at the last call, ms. */
  #paused: Millis;
  /** When a pause was last noticed, by `monotonic`. */
  #pausedAt = Number.NEGATIVE_INFINITY;

  private constructor(parts: HeartbeatParts, heard: ReadonlyMap<string, Listening>) {
    this.#parts = parts;
    this.#paused = parts.paused();
    this.#heard = new Map(heard);
    this.#silent = { since: parts.startedAt, renewed: false };
  }

  static async open(parts: HeartbeatParts): Promise<Heartbeats> {
    const heard = await listeningAt(parts.db, parts.startedAt).catch(unlessFull);
    return new Heartbeats(parts, heard ?? new Map());
  }

  tokenOf(id: string): string {
    const { site, secret } = this.#parts;
    const component = site().components.find(component => component.id === id);
    return component ? heartbeatToken(component, secret) : derivedToken(id, secret);
  }

  /** Takes a report. Returns false if no component has this token. */
  async report(token: string, ok: boolean, message: string): Promise<boolean> {
    const component = this.#find(token);
    if (!component) return false;
    const { recorder, watchdog, noticeSteps, ring, clock } = this.#parts;
    noticeSteps();
    this.#noticePauses();
    const at = clock();
    // Right after a pause, the report may have waited in its socket although it was in time.
    const before = this.#listening(component);
    const listening = this.#isUnread() ? { ...before, since: at } : before;
    this.#heard.set(component.id, { since: at, renewed: false, reported: at });
    const judged = await recorder.heartbeat(component, { at, ok, message }, at, listening);
    watchdog.ended(component, 0, seenOf(judged, at));
    this.#note(component, judged, at);
    ring();
    return true;
  }

  /** Judges the heartbeats that are due; the others cost nothing. */
  async judgeAll(now: Millis): Promise<void> {
    const { watchdog, ring } = this.#parts;
    this.#noticePauses();
    const isUnread = this.#isUnread();
    let hasChanged = false;
    for (const component of this.#components()) {
      const { id } = component;
      const last = this.#next.get(id);
      // After an edit of status.yaml, components are new objects.
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
      // If a report arrived meanwhile, it is newer than this judgement.
      if (this.#next.get(id) === last) this.#note(component, judged, now);
      hasChanged ||= judged.transitions.length > 0;
    }
    if (hasChanged) ring();
  }

  /** Moves the deadlines after a clock step of `by` ms: a step is not silence. */
  clockStepped(by: Millis): void {
    // Clock set back: every deadline is too late. Clock set forward or machine asleep: we missed reports.
    this.#next.clear();
    const now = this.#parts.clock();
    this.#listenAnew(of => afterStep(of, by, now));
  }

  #components(): Component[] {
    return this.#parts.site().components.filter(({ check }) => check.type === 'heartbeat');
  }

  /** Finds the component by the hash of the token: a guess costs one hash, and its timing reveals nothing. */
  #find(token: string): Component | undefined {
    const { site, secret } = this.#parts;
    const of = site().components;
    if (this.#byToken?.of !== of) {
      // If two components have the same token, the first one wins.
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
    // Heartbeats due by the old time are judged once without effect, and get a new time.
    this.#listenAnew(of => putOff(of, by, now));
  }

  #isUnread(): boolean {
    return this.#parts.monotonic() - this.#pausedAt < UNREAD;
  }

  #note(component: Component, { recheckAt, overdue = null }: RunOutcome, now: Millis): void {
    // Silence is an observation too, and is recorded once a minute.
    const at = Math.min(recheckAt ?? Number.POSITIVE_INFINITY, ownSecond(component.id, now));
    this.#next.set(component.id, { component, at, overdue, recheckAt });
  }

  /** Returns null if the judgement does not end in time. */
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
      log.error({ component: id, err: error }, 'a slow heartbeat evaluation failed'),
    );
    log.error({ component: id }, 'a heartbeat evaluation does not finish; the server tries again');
    return null;
  }
}

/**
 * How a job's run ended. While its report is overdue but not yet an outage, the state is unknown. A job that is down is
 * "bad" until it reports, even if the page does not show the outage yet.
 */
function seenOf(
  { overdue, recheckAt = null }: Pick<RunOutcome, 'overdue'> & Partial<RunOutcome>,
  now: Millis,
): RunEnd {
  if (overdue && now >= overdue.at)
    return { silentSince: overdue.since, ...(overdue.hasNewToken ? { hasNewToken: true } : {}) };
  return recheckAt === null ? 'bad' : 'well';
}

/** The next time a heartbeat is judged: each has its own second of the minute, to spread the load. */
function ownSecond(id: string, now: Millis): Millis {
  const own = offsetOf(id, '* * * * *');
  return now + (MINUTE - ((((now - own) % MINUTE) + MINUTE) % MINUTE));
}

/** The token in a component's heartbeat address: its own, or one derived from the secret. */
export function heartbeatToken({ id, check }: Component, secret: string): string {
  return (check.type === 'heartbeat' && check.token) || derivedToken(id, secret);
}

function derivedToken(id: string, secret: string): string {
  return deriveSecret(secret, `heartbeat:${id}`);
}
