// What the detector remembers of a component, and what a judgement makes.
import type { Component, Severity } from '../model/component.ts';
import { latencySource, probedBy, probeSource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';

/** Results of one kind, one after another. */
export interface Streak {
  readonly good: boolean;
  readonly count: number;
  /** When its first check began, and when its newest ended, epoch ms. */
  readonly since: Millis;
  readonly last: Millis;
  readonly firstSeen: string;
}

/** All the detector remembers of a component; stored as JSON after each result. */
export interface DetectorState {
  /** When the newest judged result began (or heartbeat arrived), epoch ms; null before any. */
  readonly lastAt: Millis | null;
  /** The newest confirmed answer to "does it work"; `unseen` until there is one. */
  readonly confirmed: 'unseen' | 'up' | 'degraded' | 'down';
  /** Nothing is confirmed yet by a whole streak: a database before this one may have left an outage open. */
  readonly fresh?: true;
  readonly streak: Streak | null;
  /** The open outage: since when, by the clock of then, and how bad the rule called it. */
  readonly down: { readonly at: Millis; readonly severity: Severity } | null;
  readonly slow: { readonly at: Millis } | null;
  /** Good answers that the latency rule may still need, oldest first. */
  readonly samples: readonly { readonly at: Millis; readonly ms: Millis }[];
  /** Results in a row that were no measurement. */
  readonly unknowns: number;
  /** What was confirmed is too old to go by, and no good answer has come since. */
  readonly doubt?: true;
  /** The check of the newest result (`checkKey`): what another target said is nothing of this one. */
  readonly check?: string;
  /** Of a heartbeat: from when its silence counts since it was given its time anew, epoch ms; see `putOff`. */
  readonly renewed?: Millis;
  /** Of a heartbeat: the token of its newest report, as `Listening.token` names it. */
  readonly token?: string;
  /** Of a heartbeat: the token it has now where that is another one, and since when, epoch ms. */
  readonly awaited?: { readonly token: string; readonly since: Millis };
  /** Of a heartbeat: by what it is judged, ms, and since when where that changed after its newest report, epoch ms. */
  readonly rule?: { readonly period: Millis; readonly grace: Millis; readonly since?: Millis };
}

/** What one judgement makes: the state to keep, what changed, and when to check again ahead of schedule. */
export interface Judgement {
  readonly state: DetectorState;
  readonly transitions: Transition[];
  /**
   * That a check is well, the first time anything is known of it. It ends an outage that is open in a file though the
   * database that knew of it is lost, and nothing else: no change of state.
   */
  readonly first?: Transition;
  /** Epoch ms; null when the schedule is soon enough. Heartbeats: when to judge next. */
  readonly recheckAt: Millis | null;
  /**
   * Of a heartbeat that is not down: when its last report is older than its period and grace, whoever was there to
   * receive one, and when that report came, epoch ms. From then on nobody knows whether the job is well. By another token
   * than its last report's it is so at once.
   */
  readonly overdue?: { readonly at: Millis; readonly since: Millis; readonly hasNewToken?: true } | null;
}

export function initialState(): DetectorState {
  return {
    lastAt: null,
    confirmed: 'unseen',
    streak: null,
    down: null,
    slow: null,
    samples: [],
    unknowns: 0,
  };
}

/** How long the measured run that began at `at` (epoch ms) took, ms; 0 where nobody noted it. */
export function tookOf({ streak }: DetectorState, at: Millis | null): Millis {
  return streak === null || at === null ? 0 : Math.max(0, streak.last - at);
}

/**
 * Whether a state is not one that this component's check keeps, as status.yaml changed it to or from a heartbeat:
 * what measures has a streak, or unknown results; a heartbeat has neither.
 */
export function isOfOtherKind({ check }: Pick<Component, 'check'>, state: DetectorState): boolean {
  const isMeasured = state.streak !== null || state.unknowns > 0;
  if (check.type === 'heartbeat') return isMeasured;
  return check.type !== 'manual' && state.confirmed !== 'unseen' && !isMeasured;
}

/** A check's state once its outage (`probe:`) or slowness (`latency:`) was ended for it: should it come back, it begins anew. */
export function forgotten(state: DetectorState, source: string): DetectorState {
  if (probedBy(source) === null) return { ...state, slow: null, samples: [] };
  return { ...initialState(), slow: state.slow };
}

type OutageChange = Pick<Transition, 'kind' | 'at' | 'severity' | 'message' | 'facts'>;

/**
 * The transition of a check's outage (`probe`), or of its slowness (`latency`). Its key is the same whenever the same
 * facts are judged again.
 */
export function transitionOf(
  { id, name }: Pick<Component, 'id' | 'name'>,
  rule: 'probe' | 'latency',
  change: OutageChange,
): Transition {
  const [source, title, slug] =
    rule === 'probe'
      ? [probeSource(id), `${name} Down`, `${id}-down`]
      : [latencySource(id), `High ${name} Latency`, `${id}-latency`];
  return { key: `${source}@${change.at}:${change.kind}`, source, title, slug, components: [id], ...change };
}

/**
 * `first` of a judgement: the check has been well since `at`. A template cannot say it: nobody remembers how long the
 * outage was.
 */
export function firstWell(component: Component, at: Millis, message: string): Transition {
  return transitionOf(component, 'probe', { kind: 'up', at, severity: component.detect.severity, message });
}
