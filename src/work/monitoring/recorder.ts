// Records the results of checks and heartbeats. While the database cannot be written, results are judged and kept in
// memory, so that the page stays correct. They are written in order when the database works again.
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component, Measured } from '../../core/model/component.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Transition } from '../../core/model/transition.ts';
import { confirmedHealth, judge } from '../../core/monitoring/detector.ts';
import {
  type DetectorState,
  initialState,
  type Judgement,
  tookOf,
} from '../../core/monitoring/detector-state.ts';
import { type JobReport, judgeHeartbeat, type Listening } from '../../core/monitoring/heartbeat.ts';
import { StatusReader } from '../../store/monitoring/component-status.ts';
import * as measurements from '../../store/monitoring/measurements.ts';
import { recordPoint } from '../../store/monitoring/metrics.ts';
import { ignoreStorageFault, lastGood } from '../timing/storage.ts';
import type { Monitoring } from './monitoring.ts';

/** The judgement of a run: recorded, or made in memory until it can be recorded. */
export type RunOutcome = Pick<Judgement, 'transitions' | 'recheckAt' | 'overdue'>;

/** Some ten megabytes: hours of results of a large site, a week of a small one. */
const MAX_WAITING = 50_000;

/** A component's state as judged in memory, and its measurements since then. */
interface JudgedComponent {
  readonly state: DetectorState;
  readonly measured: Partial<Measured>;
}

export class Recorder {
  readonly #on: Monitoring;
  readonly #status: StatusReader;
  readonly #lastRead: StatusReader['read'];
  readonly #waiting: (() => Promise<RunOutcome>)[] = [];
  /** The components judged in memory, by id. */
  readonly #known = new Map<string, JudgedComponent>();
  /** When each component's last counted run began, by `monotonic`. */
  readonly #lastBegan = new Map<string, Millis>();
  /** A site whose components are not stored yet. */
  #unnoted: Site | null = null;
  #isDraining = false;
  #dropped = 0;

  constructor(on: Monitoring) {
    this.#on = on;
    this.#status = new StatusReader(on.db);
    this.#lastRead = lastGood((from, now) => this.#status.read(from, now), new Map());
  }

  async result(component: Component, measured: CheckResult): Promise<RunOutcome> {
    const { db, site, clock, monotonic, log } = this.#on;
    const [now, began] = [clock(), monotonic() - (measured.took ?? 0)];
    // If the clock was set back during the run, the run began in the future.
    const result = { ...measured, at: Math.min(measured.at, now) };
    const write = async () => {
      const recorded = await this.#write(component, began, passed =>
        measurements.recordResult(db, component, result, now, passed),
      );
      for (const { source, kind, title } of recorded.transitions)
        log.warn({ source, kind, title }, 'a check changed the state of its component');
      // The result is recorded. A failure to store a metric value must not record it twice.
      await ignoreStorageFault(this.#feed(component, result, site()));
      return recorded;
    };
    const recorded = await this.#tryNow(component, write);
    if (recorded) return recorded;
    this.#wait(write);
    return this.#judge(component, result.at, result, state => judge(component, state, result));
  }

  /**
   * Judges a heartbeat's report, or, if `report` is null, its silence up to `now`. Reports before `listening.since`
   * could not have been received.
   */
  async heartbeat(
    component: Component,
    report: JobReport | null,
    now: Millis,
    listening: Listening,
  ): Promise<RunOutcome> {
    const { db, monotonic } = this.#on;
    const came = monotonic();
    const write = () =>
      this.#write(component, came, passed =>
        measurements.recordHeartbeat(db, component, report, now, listening, passed),
      );
    const recorded = await this.#tryNow(component, write);
    if (recorded) return recorded;
    if (report) this.#wait(write);
    const said = report && { seen: report.ok ? 'reported in' : 'reported a failure' };
    const judged = await this.#judge(component, now, said, state =>
      judgeHeartbeat(component, state, report, now, listening),
    );
    // Silence is not queued: it is judged again each second until the database can be written.
    return report ? judged : { ...judged, recheckAt: now };
  }

  async note(site: Site): Promise<void> {
    this.#unnoted = site;
    try {
      await measurements.noteComponents(this.#on.db, site.components, this.#on.clock());
      this.#unnoted = null;
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
    }
    this.#status.touch();
  }

  async endRemoved(end: Transition): Promise<void> {
    await measurements.endRemoved(this.#on.db, end, this.#on.clock());
    this.#status.touch();
  }

  /** Writes the waiting results, as far as possible, each as of its own time. */
  async drain(): Promise<void> {
    if (this.#unnoted) await this.note(this.#unnoted);
    if (this.#unnoted || this.#isDraining || this.#waiting.length === 0) return;
    this.#isDraining = true;
    const { ring, log } = this.#on;
    const checks = this.#waiting.length;
    try {
      for (let [write] = this.#waiting; write; [write] = this.#waiting) {
        const { transitions } = await write();
        this.#waiting.shift();
        if (transitions.length > 0) ring();
      }
      this.#known.clear();
      log.info({ checks, dropped: this.#dropped }, 'checks kept in memory are saved in the database');
      this.#dropped = 0;
      ring();
    } catch (error) {
      if (error instanceof StorageFault) return;
      // A result that can never be written must not block the others.
      this.#waiting.shift();
      throw error;
    } finally {
      this.#isDraining = false;
    }
  }

  /** The measurements of every component as of `now`, including waiting results, with days back to `from`. Epoch ms. */
  async measured(from: Millis, now: Millis): Promise<ReadonlyMap<string, Measured>> {
    const measured = await this.#lastRead(from, now);
    if (this.#known.size === 0) return measured;
    const all = new Map(measured);
    for (const [id, { state, measured: newer }] of this.#known) {
      const before = measured.get(id);
      if (!before) continue;
      const now = { ...before, ...newer };
      all.set(id, { ...now, took: tookOf(state, now.checkedAt) });
    }
    return all;
  }

  /** Records a run that began at `began`, with the time since the run before, ms. */
  async #write(
    { id }: Component,
    began: Millis,
    record: (passed: Millis) => Promise<measurements.Recorded>,
  ): Promise<RunOutcome> {
    const recorded = await record(began - (this.#lastBegan.get(id) ?? Number.NEGATIVE_INFINITY));
    if (recorded.isCounted) this.#lastBegan.set(id, began);
    this.#status.touch(id);
    return recorded;
  }

  /** Records the metric values that are read from a check's response, at the time of the check. */
  async #feed({ id }: Component, { at, readings = [] }: CheckResult, { metrics }: Site): Promise<void> {
    for (const metric of metrics.filter(({ from }) => from?.component === id)) {
      const reading = readings.find(({ path }) => path === metric.from?.json);
      if (reading && 'value' in reading)
        await recordPoint(this.#on.db, metric.id, { at, value: reading.value }, this.#on.clock());
    }
  }

  /** Returns null if the database cannot be written, or if earlier results wait: they must be written first. */
  async #tryNow({ id }: Component, write: () => Promise<RunOutcome>): Promise<RunOutcome | null> {
    if (this.#waiting.length > 0) return null;
    try {
      const recorded = await write();
      this.#known.delete(id);
      return recorded;
    } catch (error) {
      return unlessFull(error);
    }
  }

  #wait(write: () => Promise<RunOutcome>): void {
    this.#waiting.push(write);
    if (this.#waiting.length <= MAX_WAITING) return;
    this.#waiting.shift();
    if (this.#dropped++ === 0)
      this.#on.log.error(
        { kept: MAX_WAITING },
        'the database cannot be written for too long: the oldest checks are dropped',
      );
  }

  /** Judges in memory. Transitions are reported when they are written. */
  async #judge(
    { id }: Component,
    at: Millis,
    said: Pick<CheckResult, 'seen' | 'upstream'> | null,
    by: (state: DetectorState) => Judgement,
  ): Promise<RunOutcome> {
    const before = this.#known.get(id) ?? { state: await this.#stateOf(id), measured: {} };
    const { state, transitions, recheckAt, overdue = null } = by(before.state);
    const health = confirmedHealth(state);
    const hasChanged = confirmedHealth(before.state) !== health;
    const since = Math.min(at, ...transitions.map(transition => transition.at));
    const measured = {
      ...before.measured,
      health,
      unknowns: state.unknowns,
      ...(hasChanged ? { since } : {}),
      ...(said && { checkedAt: at, seen: said.seen, upstream: said.upstream ?? null }),
    };
    this.#known.set(id, { state, measured });
    if (hasChanged) this.#on.ring();
    return { transitions: [], recheckAt, overdue };
  }

  async #stateOf(id: string): Promise<DetectorState> {
    return (await measurements.detectorStateOf(this.#on.db, id).catch(unlessFull)) ?? initialState();
  }
}

/** Returns null if the database cannot be written; throws other errors. */
export function unlessFull(error: unknown): null {
  if (error instanceof StorageFault) return null;
  throw error;
}
