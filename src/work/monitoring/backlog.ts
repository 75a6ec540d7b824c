// The backlog: what checks and heartbeats say while the database does not take it. Kept in memory and judged
// there, so that the page goes on telling the truth; written down in the order it came as soon as it can be.
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component, Measured } from '../../core/model/component.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import {
  type Beat,
  type DetectorState,
  healthOf,
  initialState,
  type Judgement,
  judge,
  judgeHeartbeat,
} from '../../core/monitoring/detector.ts';
import { tookOf } from '../../core/monitoring/detector-state.ts';

type Recorded = Pick<Judgement, 'transitions' | 'recheckAt' | 'isOverdue'>;

/** `began` is when the look began or the beat came, by `monotonic`, however late it is written down. */
export interface BacklogDeps {
  readonly recordResult: (
    component: Component,
    result: CheckResult,
    now: Millis,
    began: Millis,
  ) => Promise<Recorded>;
  readonly recordBeat: (
    component: Component,
    beat: Beat,
    listeningSince: Millis,
    began: Millis,
  ) => Promise<Recorded>;
  readonly judgeSilence: (
    component: Component,
    now: Millis,
    listeningSince: Millis,
    began: Millis,
  ) => Promise<Recorded>;
  /** What the database last knew of a component; null when it knew nothing. */
  readonly stateOf: (id: string) => Promise<DetectorState | null>;
  /** Told when a state changed. */
  readonly ring: () => void;
  readonly monotonic: Clock;
  readonly log: Log;
}

export interface Backlog {
  /** Takes a result as soon as its look has ended. */
  result(component: Component, result: CheckResult, now: Millis): Promise<Recorded>;
  /** Judges a beat, and the silence before it; before `listeningSince` nobody could have heard one. */
  beat(component: Component, beat: Beat, listeningSince: Millis): Promise<Recorded>;
  /** Judges the silence up to `now`. */
  silence(component: Component, now: Millis, listeningSince: Millis): Promise<Recorded>;
  /** Writes down what waits, as far as it goes; each as if it came in time. */
  drain(): Promise<void>;
  /** What is known of every component, with what waits. */
  over(measured: ReadonlyMap<string, Measured>): ReadonlyMap<string, Measured>;
}

/** Some ten megabytes: hours of a large site, a week of a small one. */
const MOST = 50_000;

interface Known {
  state: DetectorState;
  since: Millis | null;
  checkedAt: Millis | null;
  seen: string | null;
}

export function makeBacklog(deps: BacklogDeps): Backlog {
  const waiting: (() => Promise<Recorded>)[] = [];
  /** Of each component that was judged in memory. */
  const known = new Map<string, Known>();
  let draining = false;
  let dropped = 0;

  /** The database takes it, or `false`. Nothing overtakes what waits. */
  const taken = async ({ id }: Component, write: () => Promise<Recorded>): Promise<Recorded | false> => {
    if (waiting.length > 0) return false;
    try {
      const done = await write();
      known.delete(id);
      return done;
    } catch (error) {
      if (error instanceof StorageFault) return false;
      throw error;
    }
  };

  const wait = (write: () => Promise<Recorded>) => {
    waiting.push(write);
    if (waiting.length <= MOST) return;
    waiting.shift();
    if (dropped++ === 0)
      deps.log.error(
        { kept: MOST },
        'the database takes nothing for too long: the oldest checks are forgotten',
      );
  };

  const knownOf = async ({ id }: Component): Promise<Known> => {
    const there = known.get(id);
    if (there) return there;
    const state = await deps.stateOf(id).catch(unreadable);
    const fresh = { state: state ?? initialState(), since: null, checkedAt: null, seen: null };
    known.set(id, fresh);
    return fresh;
  };

  const judged = async (
    component: Component,
    at: Millis,
    seen: string | null,
    by: (state: DetectorState) => Judgement,
  ) => {
    const before = await knownOf(component);
    const judgement = by(before.state);
    const changed = healthOf(before.state) !== healthOf(judgement.state);
    const began = Math.min(at, ...judgement.transitions.map(transition => transition.at));
    known.set(component.id, {
      state: judgement.state,
      since: changed ? began : before.since,
      checkedAt: seen === null ? before.checkedAt : at,
      seen: seen ?? before.seen,
    });
    if (changed) deps.ring();
    // Transitions are told when they are written down.
    const { recheckAt, isOverdue = false } = judgement;
    return { transitions: [], recheckAt, isOverdue };
  };

  return {
    async result(component, result, now) {
      const began = deps.monotonic() - (result.took ?? 0);
      const write = () => deps.recordResult(component, result, now, began);
      const done = await taken(component, write);
      if (done) return done;
      wait(write);
      return judged(component, result.at, result.seen, state => judge(component, state, result));
    },
    async beat(component, beat, listeningSince) {
      const came = deps.monotonic();
      const write = () => deps.recordBeat(component, beat, listeningSince, came);
      const done = await taken(component, write);
      if (done) return done;
      wait(write);
      const seen = beat.ok ? 'reported in' : 'reported a failure';
      return judged(component, beat.at, seen, state =>
        judgeHeartbeat(component, state, beat, beat.at, listeningSince),
      );
    },
    async silence(component, now, listeningSince) {
      const began = deps.monotonic();
      const done = await taken(component, () => deps.judgeSilence(component, now, listeningSince, began));
      if (done) return done;
      const { transitions, isOverdue = false } = await judged(component, now, null, state =>
        judgeHeartbeat(component, state, null, now, listeningSince),
      );
      // Silence is judged again by the clock, each second until the database takes it.
      return { transitions, recheckAt: now, isOverdue };
    },
    async drain() {
      if (draining || waiting.length === 0) return;
      draining = true;
      const count = waiting.length;
      try {
        for (let write = waiting[0]; write; write = waiting[0]) {
          const { transitions } = await write();
          waiting.shift();
          if (transitions.length > 0) deps.ring();
        }
        known.clear();
        deps.log.info({ checks: count, dropped }, 'checks kept in memory are written down');
        dropped = 0;
        deps.ring();
      } catch (error) {
        if (!(error instanceof StorageFault)) {
          // One that can never be written must not hold up the others.
          waiting.shift();
          throw error;
        }
      } finally {
        draining = false;
      }
    },
    over(measured) {
      if (known.size === 0) return measured;
      const all = new Map(measured);
      for (const [id, { state, since, checkedAt, seen }] of known) {
        const before = measured.get(id);
        if (!before) continue;
        all.set(id, {
          ...before,
          health: healthOf(state),
          since: since ?? before.since,
          checkedAt: checkedAt ?? before.checkedAt,
          took: tookOf(state, checkedAt ?? before.checkedAt),
          seen: seen ?? before.seen,
        });
      }
      return all;
    },
  };
}

function unreadable(error: unknown): null {
  if (error instanceof StorageFault) return null;
  throw error;
}
