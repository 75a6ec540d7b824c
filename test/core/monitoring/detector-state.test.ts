// The state of a check: how long a run took, of which kind of check it is, and what is forgotten when an outage is ended.
import { expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { MINUTE, SECOND } from '../../../src/core/model/time.ts';
import {
  type DetectorState,
  forgotten,
  initialState,
  isOfOtherKind,
  tookOf,
} from '../../../src/core/monitoring/detector-state.ts';
import { NOW } from '../../makers.ts';

const STREAK = { good: true, count: 2, since: NOW - MINUTE, last: NOW, firstSeen: 'HTTP 200' };
const state = (over: Partial<DetectorState>): DetectorState => ({ ...initialState(), ...over });

test.each<[string, DetectorState, number | null, number]>([
  ['from its beginning to its end', state({ streak: STREAK }), NOW - 3 * SECOND, 3 * SECOND],
  ['no time without a streak', state({}), NOW - 3 * SECOND, 0],
  ['no time when it is not known', state({ streak: STREAK }), null, 0],
  ['no less than none after the clock was set back', state({ streak: STREAK }), NOW + SECOND, 0],
])('a run took %s', (_, of, at, took) => {
  expect(tookOf(of, at)).toBe(took);
});

const HTTP = { check: checkSchema.parse({ type: 'http', url: 'https://x.example' }) };
const HEARTBEAT = { check: checkSchema.parse({ type: 'heartbeat' }) };
const MANUAL = { check: checkSchema.parse({ type: 'manual' }) };
const MEASURED = state({ streak: STREAK, confirmed: 'up' });
const UNKNOWN = state({ unknowns: 1, confirmed: 'up' });
const REPORTED = state({ confirmed: 'up', lastAt: NOW });

test.each([
  ['a measured state is no heartbeat', HEARTBEAT, MEASURED, true],
  ['nor is one of unknown results', HEARTBEAT, UNKNOWN, true],
  ['a heartbeat without a streak is one', HEARTBEAT, REPORTED, false],
  ['a reported state is no measurement', HTTP, REPORTED, true],
  ['a measured one is', HTTP, MEASURED, false],
  ['so is one of unknown results', HTTP, UNKNOWN, false],
  ['a new one is of any kind', HTTP, initialState(), false],
  ['a manual component has no other kind', MANUAL, REPORTED, false],
])('%s', (_, component, of, isOther) => {
  expect(isOfOtherKind(component, of)).toBe(isOther);
});

test('an outage that is ended for its check is forgotten, but not its slowness; and the reverse', () => {
  const slow = { at: NOW - MINUTE, severity: 'major' as const };
  const down = { at: NOW - MINUTE, severity: 'critical' as const };
  const samples = [{ at: NOW, ms: 5 }];
  const whole = { ...MEASURED, slow, down, samples } as unknown as DetectorState;
  expect(forgotten(whole, 'probe:api')).toEqual({ ...initialState(), slow });
  expect(forgotten(whole, 'latency:api')).toEqual({ ...whole, slow: null, samples: [] });
});
