// The watching half of the system: checks, heartbeats, what they measured, and how long it is kept.
import type { Probe } from '../core/model/checks/check.ts';
import type { Component } from '../core/model/component.ts';
import type { Log } from '../core/model/ports/log.ts';
import { StorageFault } from '../core/model/ports/storage.ts';
import type { Site } from '../core/model/site.ts';
import type { Clock, Millis } from '../core/model/time.ts';
import type { Transition } from '../core/model/transition.ts';
import type { Pulse } from '../outside/pulse.ts';
import type { Db } from '../store/db/database.ts';
import { type MeasuredView, makeMeasuredView } from '../store/monitoring/component-status.ts';
import * as measurements from '../store/monitoring/measurements.ts';
import { recordPoint } from '../store/monitoring/metrics.ts';
import { pruneMeasurements } from '../store/monitoring/rollups.ts';
import { readWarnings, removeWarning, saveWarning } from '../store/monitoring/warnings.ts';
import { makeBacklog } from '../work/monitoring/backlog.ts';
import { type Heartbeats, makeHeartbeats } from '../work/monitoring/heartbeats.ts';
import { feed } from '../work/monitoring/metrics.ts';
import { makeWitness, type Witness } from '../work/monitoring/own-network.ts';
import { makePoll, type Poll, type PollDeps } from '../work/monitoring/poll.ts';
import { openWarn, type Warn } from '../work/monitoring/warnings.ts';
import { makeWatchdog, type Watchdog } from '../work/monitoring/watchdog.ts';
import { ignoreStorageFault, lastGood } from '../work/timing/storage.ts';

export interface WatchDeps {
  readonly db: Db;
  /** The site as of now. */
  readonly site: () => Site;
  readonly probe: Probe;
  readonly secret: string;
  /** Since when heartbeats could have been heard, epoch ms. */
  readonly startedAt: Millis;
  /** Told when a state changed. */
  readonly ring: () => void;
  readonly told: PollDeps['told'];
  /** Looks whether the clock stepped. */
  readonly noticeSteps: () => void;
  readonly clock: Clock;
  readonly monotonic: Clock;
  /** How long the process has stood still so far, ms; left out: never. */
  readonly paused?: Pulse['paused'] | undefined;
  readonly log: Log;
}

export interface Watch {
  readonly poll: Poll;
  readonly heartbeats: Heartbeats;
  readonly warn: Warn;
  readonly watchdog: Watchdog;
  readonly measured: MeasuredView['read'];
  readonly blindSince: Witness['blindSince'];
  /** Makes the site's components known. */
  note(site: Site): Promise<void>;
  /** Ends an outage whose check can say nothing any more. */
  retire(end: Transition): Promise<void>;
  /** Writes down what the database did not take before. */
  drain(): Promise<void>;
  prune(): Promise<void>;
}

export async function openWatch(deps: WatchDeps): Promise<Watch> {
  const { db, site, probe, secret, startedAt, ring, told, clock, monotonic, paused, log } = deps;
  const awake = paused ? () => monotonic() - paused() : monotonic;
  const watchdog = makeWatchdog({ clock, monotonic, awake, ring, log });
  const warn = await openWarn({
    read: lastGood(() => readWarnings(db), []),
    save: warning => saveWarning(db, warning),
    remove: source => removeWarning(db, source),
    site,
    log,
  });
  const view = makeMeasuredView(db);
  const components = () => site().components;
  const reference = () => site().network.reference;
  const witness = makeWitness({ reference, components, probe, clock, log });
  /** When each component's last look that counted began, by `monotonic`. */
  const looked = new Map<string, Millis>();
  /** Records a look that began at `began`, given how long it is since the one before. */
  const recordLook = async (
    { id }: Component,
    began: Millis,
    record: (passed: Millis) => Promise<measurements.Recorded>,
  ) => {
    const recorded = await record(began - (looked.get(id) ?? Number.NEGATIVE_INFINITY));
    if (recorded.isCounted) looked.set(id, began);
    return recorded;
  };
  const backlog = makeBacklog({
    async recordResult(component, result, now, began) {
      const recorded = await recordLook(component, began, passed =>
        measurements.recordResult(db, component, result, now, passed),
      );
      view.touch(component.id);
      for (const { source, kind, title } of recorded.transitions) {
        log.warn({ source, kind, title }, 'state changed');
      }
      // The result is written down; a value more or less must not write it down again.
      await ignoreStorageFault(
        feed(component, result, site().metrics, (id, point) => recordPoint(db, id, point, clock())),
      );
      return recorded;
    },
    async recordBeat(component, beat, listeningSince, began) {
      const judged = await recordLook(component, began, passed =>
        measurements.recordBeat(db, component, beat, listeningSince, passed),
      );
      view.touch(component.id);
      return judged;
    },
    async judgeSilence(component, now, listeningSince, began) {
      const judged = await recordLook(component, began, passed =>
        measurements.judgeSilence(db, component, now, listeningSince, passed),
      );
      view.touch(component.id);
      return judged;
    },
    stateOf: id => measurements.detectorStateOf(db, id),
    ring,
    monotonic,
    log,
  });
  /** Components that could not be made known yet. */
  let unnoted: Site | null = null;
  const note = async (of: Site) => {
    unnoted = of;
    try {
      await measurements.noteComponents(db, of.components, clock());
      unnoted = null;
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
    }
    view.touch();
  };
  const measured = lastGood(view.read, new Map());
  const poll = makePoll({
    components,
    probe,
    believe: witness.believe,
    record: async (component, result) => {
      // Taken away, or judged by other rules, while it was being looked at.
      const type = components().find(({ id }) => id === component.id)?.check.type ?? 'manual';
      if (type === 'manual' || type === 'heartbeat') return null;
      const { transitions, recheckAt } = await backlog.result(
        component,
        { ...result, inDoubt: watchdog.doubts(component) },
        clock(),
      );
      await warn.heed(component, result);
      if (transitions.length > 0) ring();
      return recheckAt;
    },
    told,
    ended: (component, took, { outcome }) =>
      watchdog.ended(component, took, outcome === 'up' || outcome === 'degraded'),
    clock,
    monotonic,
    awake,
    log,
  });
  const heartbeats = makeHeartbeats({
    components,
    secret,
    record: backlog.beat,
    judge: backlog.silence,
    ended: (component, isRecent) => watchdog.ended(component, 0, isRecent),
    ring,
    startedAt,
    noticeSteps: deps.noticeSteps,
    clock,
    monotonic,
    paused: paused ?? (() => 0),
    log,
  });
  return {
    poll,
    heartbeats,
    warn,
    watchdog,
    measured: async (from, now) => backlog.over(await measured(from, now)),
    blindSince: witness.blindSince,
    note,
    async retire(end) {
      await measurements.retire(db, end, clock());
      view.touch();
    },
    async drain() {
      if (unnoted) await note(unnoted);
      if (!unnoted) await backlog.drain();
    },
    prune: () => pruneMeasurements(db, clock()),
  };
}
