// The watching half of the system: checks, heartbeats, what they measured, and how long it is kept.
import type { Probe } from '../core/check.ts';
import type { Log } from '../core/log.ts';
import type { Site } from '../core/site.ts';
import type { Clock, Millis } from '../core/time.ts';
import type { Db } from '../store/database.ts';
import { type MeasuredView, makeMeasuredView } from '../store/measured.ts';
import * as measurements from '../store/measurements.ts';
import { pruneMeasurements } from '../store/rollups.ts';
import { type Beats, makeBeats } from '../work/beats.ts';
import { makePoll, type Poll, type PollDeps } from '../work/poll.ts';
import { makeWitness, type Witness } from '../work/witness.ts';

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
  readonly clock: Clock;
  readonly log: Log;
}

export interface Watch {
  readonly poll: Poll;
  readonly beats: Beats;
  readonly measured: MeasuredView['read'];
  readonly blindSince: Witness['blindSince'];
  /** Makes the site's components known. */
  note(site: Site): Promise<void>;
  prune(): Promise<void>;
}

export function openWatch({ db, site, probe, secret, startedAt, ring, told, clock, log }: WatchDeps): Watch {
  const view = makeMeasuredView(db);
  const components = () => site().components;
  const reference = () => site().network.reference;
  const witness = makeWitness({ reference, components, probe, clock, log });
  const poll = makePoll({
    components,
    probe,
    believe: witness.believe,
    record: async (component, result) => {
      const { transitions, recheckAt } = await measurements.recordResult(db, component, result, clock());
      view.touch(component.id);
      for (const { source, kind, title } of transitions) log.warn({ source, kind, title }, 'state changed');
      if (transitions.length > 0) ring();
      return recheckAt;
    },
    told,
    clock,
    log,
  });
  const beats = makeBeats({
    components,
    secret,
    record: async (component, beat) => {
      const judged = await measurements.recordBeat(db, component, beat);
      view.touch(component.id);
      return judged;
    },
    judge: async (component, now) => {
      const judged = await measurements.judgeSilence(db, component, now, startedAt);
      view.touch(component.id);
      return judged;
    },
    ring,
    clock,
  });
  return {
    poll,
    beats,
    measured: view.read,
    blindSince: witness.blindSince,
    async note(of) {
      await measurements.noteComponents(db, of.components, clock());
      view.touch();
    },
    prune: () => pruneMeasurements(db, clock()),
  };
}
