// The detector's state of a component, and the result of a judgement.
import type { Component, Severity } from '../model/component.ts';
import { latencySource, probedBy, probeSource } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import type { Transition } from '../model/transition.ts';

/** Results of one kind in a row. */
export interface Streak {
  readonly good: boolean;
  readonly count: number;
  /** When its first run began, and when its last ended, epoch ms. */
  readonly since: Millis;
  readonly last: Millis;
  readonly firstSeen: string;
}

/** The detector's state of a component; stored as JSON after each result. */
export interface DetectorState {
  /** When the last result's run began (or the heartbeat arrived), epoch ms; null before any. */
  readonly lastAt: Millis | null;
  /** The last confirmed state; `unseen` before the first. */
  readonly confirmed: 'unseen' | 'up' | 'degraded' | 'down';
  /** No whole streak has confirmed anything yet: an outage from a lost database may still be open. */
  readonly fresh?: true;
  readonly streak: Streak | null;
  /** The open outage: since when, by the clock at the time, and its severity. */
  readonly down: { readonly at: Millis; readonly severity: Severity } | null;
  readonly slow: { readonly at: Millis } | null;
  /** Response times that the latency rule may still need, oldest first. */
  readonly samples: readonly { readonly at: Millis; readonly ms: Millis }[];
  /** Unknown results in a row. */
  readonly unknowns: number;
  /** The confirmed state is too old, and there was no good result since. */
  readonly doubt?: true;
  /** The check of the last result (`checkKey`): results of another target do not count. */
  readonly check?: string;
  /** Heartbeat: from when its silence counts after a pause, epoch ms; see `putOff`. */
  readonly renewed?: Millis;
  /** Heartbeat: the token of its last report, hashed as in `Listening.token`. */
  readonly token?: string;
  /** Heartbeat: the new token, if it changed, and since when, epoch ms. */
  readonly awaited?: { readonly token: string; readonly since: Millis };
  /** How a heartbeat is judged, ms, and since when where that changed after its newest report, epoch ms. */
  readonly rule?: { readonly period: Millis; readonly grace: Millis; readonly since?: Millis };
}

/** The result of a judgement: the new state, the transitions, and when to check again. */
export interface Judgement {
  readonly state: DetectorState;
  readonly transitions: Transition[];
  /** The first good result of a check. It only ends an outage in a file whose database was lost. */
  readonly first?: Transition;
  /** Epoch ms; null: by the schedule. Heartbeats: when to judge next. */
  readonly recheckAt: Millis | null;
  /**
   * For a heartbeat that is not down: when its last report becomes older than period + grace, even if no report could
   * be received, and when that report came, epoch ms. From then on the job is in doubt. With a new token that is at
   * once.
   */
  readonly overdue?: { readonly at: Millis; readonly since: Millis; readonly hasNewToken?: true } | null;
}

/** After so many unknown results in a row, nothing is known of a component. */
export const UNKNOWNS = 3;

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

/** How long the run that began at `at` (epoch ms) took, ms; 0 when unknown. */
export function tookOf({ streak }: DetectorState, at: Millis | null): Millis {
  return streak === null || at === null ? 0 : Math.max(0, streak.last - at);
}

/**
 * Whether the state belongs to another kind of check, because status.yaml changed it to or from a heartbeat: measuring
 * checks have a streak or unknown results, heartbeats do not.
 */
export function isOfOtherKind({ check }: Pick<Component, 'check'>, state: DetectorState): boolean {
  const isMeasured = state.streak !== null || state.unknowns > 0;
  if (check.type === 'heartbeat') return isMeasured;
  return check.type !== 'manual' && state.confirmed !== 'unseen' && !isMeasured;
}

/** A check's state after its outage (`probe:`) or slowness (`latency:`) was ended for it. */
export function forgotten(state: DetectorState, source: string): DetectorState {
  if (probedBy(source) === null) return { ...state, slow: null, samples: [] };
  return { ...initialState(), slow: state.slow };
}

type OutageChange = Pick<Transition, 'kind' | 'at' | 'severity' | 'message' | 'facts'>;

/** The transition of a check's outage or slowness. Judging the same facts again gives the same key. */
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

/** `first` of a judgement: well since `at`. Without facts, as the length of the outage is unknown. */
export function firstWell(component: Component, at: Millis, message: string): Transition {
  return transitionOf(component, 'probe', { kind: 'up', at, severity: component.detect.severity, message });
}
