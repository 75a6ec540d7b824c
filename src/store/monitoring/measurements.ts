// Check results and heartbeats: each is stored, judged and rolled up in one transaction.

import { type CheckResult, checkKey } from '../../core/model/checks/check.ts';
import { roughPeriod } from '../../core/model/checks/cron.ts';
import type { Component } from '../../core/model/component.ts';
import { componentOf } from '../../core/model/source.ts';
import { MINUTE, type Millis } from '../../core/model/time.ts';
import type { Transition } from '../../core/model/transition.ts';
import { observedBetween } from '../../core/monitoring/coverage.ts';
import { judge } from '../../core/monitoring/detector.ts';
import {
  type DetectorState,
  forgotten,
  initialState,
  isOfOtherKind,
  type Judgement,
  tookOf,
} from '../../core/monitoring/detector-state.ts';
import { type JobReport, judgeHeartbeat, type Listening } from '../../core/monitoring/heartbeat.ts';
import {
  changedSince,
  endOfOtherKind,
  heartbeatResult,
  listeningSince,
  type RecordedState,
} from '../../core/monitoring/recording.ts';
import { type Db, withoutFsync } from '../db/database.ts';
import { insertTransition } from '../incidents/transitions.ts';
import { rollUp } from './rollups.ts';

/** The transitions that a result confirmed, and when to check again before the schedule does. */
export interface Recorded extends Pick<Judgement, 'transitions' | 'recheckAt' | 'overdue'> {
  /** Whether the result counts as a run; if not, the next run covers its time. */
  readonly isCounted: boolean;
}

/**
 * Makes components known from `now` on; known ones keep their first day. A component that becomes a heartbeat, or stops
 * being one, starts again: its confirmed state followed other rules.
 */
export async function noteComponents(db: Db, components: readonly Component[], now: Millis): Promise<void> {
  for (const { id } of components) {
    const row = { id, first_seen: now, first_check: null, last_check: null, seen: null };
    await db
      .insertInto('components')
      .values({ ...row, detector: null, health_since: null })
      .onConflict(conflict => conflict.doNothing())
      .execute();
  }
  const known = await allRecorded(db);
  for (const component of components) {
    const { state } = known.get(component.id) as RecordedState;
    if (isOfOtherKind(component, state)) await beginAnew(db, component, state, now);
  }
}

async function beginAnew(db: Db, component: Component, state: DetectorState, now: Millis): Promise<void> {
  const end = endOfOtherKind(component, state, now);
  await db.transaction().execute(async trx => {
    if (end) await insertTransition(trx, end, now);
    await trx
      .updateTable('components')
      .set({ detector: JSON.stringify(initialState()), last_check: null, health_since: null })
      .where('id', '=', component.id)
      .execute();
  });
}

/**
 * Stores one result with its judgement, rollups and transitions, all or nothing.
 * @param now when the result was known, which is later than its start
 * @param passed time since the counted run before it, ms, by the monotonic clock, as far as this process has seen it
 */
export async function recordResult(
  db: Db,
  component: Component,
  result: CheckResult,
  now: Millis = result.at,
  passed: Millis = Number.POSITIVE_INFINITY,
): Promise<Recorded> {
  return withoutFsync(db)
    .transaction()
    .execute(async trx => {
      const before = await stateOf(trx, component.id);
      const judged = judge(component, before.state, result);
      await trx
        .insertInto('results')
        .values({ component_id: component.id, ...rowOf(result) })
        .onConflict(conflict => conflict.doNothing())
        .execute();
      const isCounted = result.outcome !== 'unknown';
      if (isCounted) {
        const period = roughPeriod(component.schedule);
        const took = tookOf(before.state, before.lastCheck);
        const observed = observedBetween(before.lastCheck, result.at, period, { took, passed });
        await rollUp(trx, component.id, result, observed);
      }
      await saveState(trx, component, before.state, judged, result, now);
      return { ...judged, isCounted };
    });
}

function rowOf({ at, outcome, latency, seen }: CheckResult) {
  return { at, outcome, latency: latency === null ? null : Math.round(latency), seen };
}

/**
 * Judges a heartbeat's report or, if null, its silence up to `now` (see `judgeHeartbeat`), and stores the result.
 * `passed` as in `recordResult`.
 */
export async function recordHeartbeat(
  db: Db,
  component: Component,
  report: JobReport | null,
  now: Millis,
  listening: Listening | undefined = undefined,
  passed: Millis = Number.POSITIVE_INFINITY,
): Promise<Recorded> {
  return withoutFsync(db)
    .transaction()
    .execute(async trx => {
      const before = await stateOf(trx, component.id);
      const judged = judgeHeartbeat(component, before.state, report, now, listening);
      const result = heartbeatResult(before, judged, report, now);
      if (result === null) return { ...judged, isCounted: false };
      await rollUp(trx, component.id, result, observedBetween(before.lastCheck, now, MINUTE, { passed }));
      await saveState(trx, component, before.state, judged, result, now);
      return { ...judged, isCounted: true };
    });
}

/** Stores the end of a removed check's outage, and deletes its confirmed state. */
export async function endRemoved(db: Db, end: Transition, now: Millis): Promise<void> {
  const id = componentOf(end.source);
  if (id === null) return;
  await db.transaction().execute(async trx => {
    await insertTransition(trx, end, now);
    const { state } = await stateOf(trx, id);
    await trx
      .updateTable('components')
      .set({ detector: JSON.stringify(forgotten(state, end.source)), health_since: null })
      .where('id', '=', id)
      .execute();
  });
}

/** `listeningSince` of everything recorded. */
export async function listeningAt(db: Db, startedAt: Millis): Promise<ReadonlyMap<string, Listening>> {
  return listeningSince(await allRecorded(db), startedAt);
}

/** The detector state of a component; null if nothing was recorded of it. */
export async function detectorStateOf(db: Db, id: string): Promise<DetectorState | null> {
  const { state, lastCheck } = await stateOf(db, id);
  return lastCheck === null ? null : state;
}

async function stateOf(db: Db, id: string): Promise<RecordedState> {
  const rows = db.selectFrom('components').select(['detector', 'last_check']);
  return recordedIn(await rows.where('id', '=', id).executeTakeFirst());
}

async function allRecorded(db: Db): Promise<ReadonlyMap<string, RecordedState>> {
  const rows = await db.selectFrom('components').select(['id', 'detector', 'last_check']).execute();
  return new Map(rows.map(row => [row.id, recordedIn(row)]));
}

function recordedIn(row: { detector: string | null; last_check: Millis | null } | undefined): RecordedState {
  const state = row?.detector ? (JSON.parse(row.detector) as DetectorState) : initialState();
  return { state, lastCheck: row?.last_check ?? null };
}

async function saveState(
  db: Db,
  { id, check }: Component,
  before: DetectorState,
  judged: Judgement,
  { at, outcome, seen, upstream }: CheckResult,
  now: Millis,
): Promise<void> {
  for (const transition of judged.transitions) await insertTransition(db, transition, now);
  if (judged.first) await insertTransition(db, judged.first, now);
  const isMeasured = outcome !== 'unknown';
  await db
    .updateTable('components')
    .set(eb => ({
      detector: JSON.stringify({ ...judged.state, check: checkKey(check) }),
      seen,
      upstream: upstream ?? null,
      first_check: isMeasured ? eb.fn.coalesce('first_check', eb.val(at)) : eb.ref('first_check'),
      last_check: isMeasured ? at : eb.ref('last_check'),
      health_since: changedSince(before, judged, at) ?? eb.ref('health_since'),
    }))
    .where('id', '=', id)
    .execute();
}
