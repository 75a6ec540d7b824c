// Heartbeats: silence, explicit failures, late beats, a server that was not listening.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSchema, detectSchema } from '../../../src/core/model/checks/check.ts';
import type { Component } from '../../../src/core/model/component.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { confirmedHealth } from '../../../src/core/monitoring/detector.ts';
import { initialState } from '../../../src/core/monitoring/detector-state.ts';
import {
  afterStep,
  type JobReport,
  judgeHeartbeat,
  type Listening,
  putOff,
} from '../../../src/core/monitoring/heartbeat.ts';
import { renderMarkdown } from '../../../src/core/text/markdown.ts';
import { NOW } from '../../makers.ts';

const START = Date.UTC(2026, 10, 23, 10, 0, 0);
const DUE = 6 * MINUTE;

const jobs: Component = {
  id: 'jobs',
  name: 'Background Jobs',
  group: null,
  description: null,
  schedule: '* * * * *',
  check: checkSchema.parse({ type: 'heartbeat', period: '5m', grace: '1m' }),
  detect: detectSchema.parse({ failures: 5, recoveries: 5 }),
  since: null,
  dependsOn: [],
  match: [],
};

type Event = { at: number; beat?: 'ok' | 'failed'; message?: string };

function run(events: Event[], listeningSince?: number) {
  let state = initialState();
  const told: string[] = [];
  const messages: string[] = [];
  let recheckAt: number | null = null;
  for (const { at, beat, message = '' } of events) {
    const now = START + at;
    const said: JobReport | null = beat ? { at: now, ok: beat === 'ok', message } : null;
    const judged = judgeHeartbeat(jobs, JSON.parse(JSON.stringify(state)), said, now, {
      since: listeningSince ?? Number.NEGATIVE_INFINITY,
      renewed: false,
    });
    ({ state, recheckAt } = judged);
    for (const one of judged.transitions) {
      expect(one.source).toBe('probe:jobs');
      told.push(`${one.kind} ${one.at - START}`);
      messages.push(one.message);
    }
  }
  return { state, told, messages, recheckAt, health: confirmedHealth(state) };
}

const ok = (at: number): Event => ({ at, beat: 'ok' });
const failed = (at: number, message = ''): Event => ({ at, beat: 'failed', message });
const tick = (at: number): Event => ({ at });

describe('heartbeats', () => {
  test.each<[string, Event[], string[], string]>([
    ['never beaten is no data, for ever', [tick(0), tick(DUE), tick(100 * DUE)], [], 'no_data'],
    ['the first beat', [ok(0)], [], 'operational'],
    ['silence short of the deadline', [ok(0), tick(DUE - 1)], [], 'operational'],
    ['silence to the deadline', [ok(0), tick(DUE)], [`down ${DUE}`], 'major_outage'],
    ['judged late, down since the deadline', [ok(0), tick(DUE + 999)], [`down ${DUE}`], 'major_outage'],
    ['and said once', [ok(0), tick(DUE), tick(2 * DUE)], [`down ${DUE}`], 'major_outage'],
    ['a clock set back: silence counts from there', [ok(0), tick(-DUE), tick(-1)], [], 'operational'],
    ['each beat moves it', [ok(0), ok(5 * MINUTE), tick(DUE)], [], 'operational'],
    ['one beat restores', [ok(0), tick(DUE), ok(DUE + 5)], [`down ${DUE}`, `up ${DUE + 5}`], 'operational'],
    ['late without a tick between', [ok(0), ok(DUE + 5)], [`down ${DUE}`, `up ${DUE + 5}`], 'operational'],
    ['a failure is down at once', [ok(0), failed(7)], ['down 7'], 'major_outage'],
    ['a failure as the very first word', [failed(7)], ['down 7'], 'major_outage'],
    ['a second failure says nothing new', [failed(7), failed(9), tick(DUE * 2)], ['down 7'], 'major_outage'],
    ['a beat after it restores', [failed(7), ok(9)], ['down 7', 'up 9'], 'operational'],
    [
      'a clock set back: the beat counts, and ends the outage by its own time',
      [ok(0), failed(10), { at: 5, beat: 'ok' }, tick(20)],
      ['down 10', 'up 5'],
      'operational',
    ],
  ])('%s', (name, events, expected, health) => {
    const ran = run(events);
    expect(ran.told, name).toEqual(expected);
    expect(ran.health).toBe(health);
  });

  test('what a template may use of it, what is confirmed, and the first word of a job', () => {
    const beat = (at: number, ok: boolean, message = ''): JobReport => ({ at: START + at, ok, message });
    const about = { kind: 'heartbeat', component: 'Background Jobs' };
    const first = judgeHeartbeat(jobs, initialState(), beat(0, true), START);
    expect([first.state.confirmed, first.transitions, first.first?.kind]).toEqual(['up', [], 'up']);
    const again = judgeHeartbeat(jobs, first.state, beat(5, true), START + 5);
    expect(again).not.toHaveProperty('first');
    const silent = judgeHeartbeat(jobs, again.state, null, START + 5 + DUE);
    expect(silent.transitions.map(({ facts }) => facts)).toEqual([{ ...about, seen: 'no report' }]);
    const back = judgeHeartbeat(jobs, silent.state, beat(DUE + 9_000, true), START + DUE + 9_000);
    expect(back.transitions.map(({ facts }) => facts)).toEqual([
      { ...about, seen: 'reported in', duration: 9_000 },
    ]);
    expect(back.state.confirmed).toBe('up');
    expect(back).not.toHaveProperty('first');
    for (const [said, seen] of [
      [' disk full ', 'disk full'],
      [' ', 'reported a failure'],
    ] as const) {
      const failed = judgeHeartbeat(jobs, back.state, beat(DUE + 10_000, false, said), START + DUE + 10_000);
      expect(failed.transitions.map(({ facts }) => facts)).toEqual([{ ...about, seen }]);
      expect(failed.state.confirmed).toBe('down');
    }
  });

  test('lasts from the beginning that was told, whatever the clock did meanwhile', () => {
    const failed = { at: START, ok: false, message: '' };
    let { state } = judgeHeartbeat(jobs, initialState(), failed, START);
    for (const at of [START - HOUR, START + 8 * HOUR, START + 10 * SECOND])
      ({ state } = judgeHeartbeat(jobs, state, null, at));
    const well = { at: START + 40 * SECOND, ok: true, message: '' };
    const [up] = judgeHeartbeat(jobs, state, well, well.at).transitions;
    expect(up).toMatchObject({ at: well.at, facts: { duration: 40 * SECOND } });
    expect(up!.message).toContain('lasted 40 seconds');
    // Over before it began, as its file has it: nobody says how long.
    const early = { ...well, at: START - HOUR };
    const [end] = judgeHeartbeat(jobs, state, early, early.at).transitions;
    expect(end!.at).toBe(early.at);
    expect(end!.message).not.toContain('lasted');
    expect(end!.facts).not.toHaveProperty('duration');
  });

  test('an older beat with a clock that went on is ignored', () => {
    const first = judgeHeartbeat(
      jobs,
      initialState(),
      { at: START + 10, ok: false, message: '' },
      START + 10,
    );
    const older = judgeHeartbeat(jobs, first.state, { at: START + 5, ok: true, message: '' }, START + 20);
    expect(older.transitions).toEqual([]);
    expect(confirmedHealth(older.state)).toBe('major_outage');
  });

  test('the next judgement is due exactly at the deadline, and none while down', () => {
    expect(run([ok(0)]).recheckAt).toBe(START + DUE);
    expect(run([ok(0), tick(DUE)]).recheckAt).toBeNull();
    expect(run([tick(0)]).recheckAt).toBeNull();
  });

  test('silence while nobody listened is nobody’s outage', () => {
    const { state } = run([ok(0)]);
    const started = START + 10 * DUE;
    expect(judgeHeartbeat(jobs, state, null, started, { since: started, renewed: true }).transitions).toEqual(
      [],
    );
    const later = judgeHeartbeat(jobs, state, null, started + DUE, { since: started, renewed: true });
    expect(later.transitions.map(({ at }) => at)).toEqual([started + DUE]);
    expect(later.transitions[0]!.message).toContain('since 2026-11-23 10:00:00 UTC');
  });

  test('an overdue job is neither well nor down: from then on nothing is known of it', () => {
    const { state } = run([ok(0)]);
    const started = START + 10 * DUE;
    const listening = { since: started, renewed: true };
    const known = judgeHeartbeat(jobs, state, null, START + DUE - 1).overdue;
    expect(known).toEqual({ at: START + DUE, since: START });
    expect(judgeHeartbeat(jobs, state, null, started, listening).overdue).toEqual(known);
    expect(judgeHeartbeat(jobs, state, null, started + DUE, listening).overdue).toBeNull();
    expect(judgeHeartbeat(jobs, initialState(), null, started, listening).overdue).toBeNull();
  });

  test('a report from the future is no report of now: nothing is known, and silence counts from when we listened', () => {
    const { state } = run([ok(0)]);
    const back = START - 600 * MINUTE;
    const listening = { since: back, renewed: true };
    const first = judgeHeartbeat(jobs, state, null, back, listening);
    expect(first.overdue).toEqual({ at: back, since: back });
    expect(first.recheckAt).toBe(back + DUE);
    // It is not believed to have come later, whenever that is judged.
    const down = judgeHeartbeat(jobs, first.state, null, back + DUE, listening);
    expect(down.transitions.map(({ at }) => at)).toEqual([back + DUE]);
    expect(down.transitions[0]!.message).toContain('since 2026-11-23 00:00:00 UTC');
    const right = judgeHeartbeat(jobs, first.state, null, START + MINUTE, { since: START, renewed: true });
    expect(right.overdue).toEqual({ at: START + DUE, since: START });
  });

  test('what the job says is quoted, not obeyed', () => {
    const [message] = run([failed(0, '# Big\n<script>alert(1)</script>')]).messages;
    const html = renderMarkdown(message!);
    expect(html).toContain('reported a failure: # Big');
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<h\d/);
  });

  test('ticks make no difference to what is told', () => {
    const events = fc.array(
      fc.record({ wait: fc.constantFrom(0, SECOND, MINUTE, DUE - 1, DUE, DUE + 1), ok: fc.boolean() }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(events, fc.array(fc.nat({ max: 30 * DUE }), { maxLength: 30 }), (steps, ticks) => {
        let at = 0;
        const beats: Event[] = steps.map(({ wait, ok }) => {
          at += wait;
          return { at, beat: ok ? 'ok' : 'failed' };
        });
        const last = tick(at + DUE);
        const between = ticks.filter(one => one <= at).map(tick);
        // A tick at the very moment of a beat comes after it, as the beat does not wait for ticks.
        const mixed = [...beats, ...between, last].sort(
          (a, b) => a.at - b.at || Number(!a.beat) - Number(!b.beat),
        );
        const told = run(mixed).told;
        expect(told).toEqual(run([...beats, last]).told);
        for (const [i, line] of told.entries())
          expect(line.startsWith(i % 2 === 0 ? 'down' : 'up')).toBe(true);
      }),
    );
  });
});

/** The process stands still from `at` on, ms after START. */
interface Pause {
  readonly at: number;
  readonly length: number;
}

/**
 * When the job is called down, and how long the process had stood still by then. It is judged each second while the
 * process runs, and when a pause ends; beats reach it when they are sent, and those sent in a pause never do.
 */
function listened(beats: readonly number[], pauses: readonly Pause[], until: number) {
  const inPause = (at: number) => pauses.some(pause => pause.at <= at && at < pause.at + pause.length);
  // What comes in a short pause waits in its socket; whoever sent it in a long one gave up.
  const heardAt = (at: number) => {
    const pause = pauses.find(pause => pause.at <= at && at < pause.at + pause.length);
    if (!pause) return [at];
    return pause.length < SECOND ? [pause.at + pause.length] : [];
  };
  const ends = pauses.map(({ at, length }) => at + length);
  const turns = Array.from({ length: Math.ceil(until / SECOND) }, (_, i) => i * SECOND);
  const moments = [
    ...[...turns, ...ends, until].filter(at => !inPause(at)).map(at => ({ at, isBeat: false })),
    ...beats.flatMap(heardAt).map(at => ({ at, isBeat: true })),
  ].sort((a, b) => a.at - b.at || Number(a.isBeat) - Number(b.isBeat));
  const pausedBy = (at: number) =>
    pauses.filter(pause => pause.at + pause.length <= at).reduce((sum, { length }) => sum + length, 0);
  let state = initialState();
  let listening: Listening = { since: START, renewed: false };
  let paused = 0;
  for (const { at, isBeat } of moments) {
    const now = START + at;
    listening = putOff(listening, pausedBy(at) - paused, now);
    paused = pausedBy(at);
    const beat = isBeat ? { at: now, ok: true, message: '' } : null;
    const judged = judgeHeartbeat(jobs, state, beat, now, listening);
    ({ state } = judged);
    if (isBeat) listening = { since: now, renewed: false };
    const [down] = judged.transitions;
    if (down) return { at: down.at - START, paused: pausedBy(at) };
  }
  return null;
}

/** Pauses one after another: how long the process runs before each, and how long each is. */
const pausesOf = (steps: readonly (readonly [awake: number, length: number])[]): Pause[] => {
  let at = 0;
  return steps.map(([awake, length]) => {
    const pause = { at: at + awake, length };
    at += awake + length;
    return pause;
  });
};

describe('pauses of our own', () => {
  test.each<[string, (readonly [awake: number, length: number])[], number]>([
    ['none', [], DUE],
    ['a small one puts it off by its length', [[DUE - 1, 900]], DUE + 900],
    ['many small ones by their sum', Array.from({ length: 20 }, () => [SECOND, 700] as const), DUE + 14_000],
    ['a second gives a whole period anew', [[DUE - 1, SECOND]], DUE - 1 + SECOND + DUE],
    ['one of ten hours too', [[MINUTE, 600 * MINUTE]], 601 * MINUTE + DUE],
    [
      'a small one before it',
      [
        [MINUTE, 500],
        [MINUTE, MINUTE],
      ],
      3 * MINUTE + 500 + DUE,
    ],
    [
      'a small one after it',
      [
        [MINUTE, MINUTE],
        [MINUTE, 500],
      ],
      2 * MINUTE + 500 + DUE,
    ],
    [
      'a second long one only puts it off',
      [
        [MINUTE, MINUTE],
        [5 * MINUTE, 2 * MINUTE],
      ],
      4 * MINUTE + DUE,
    ],
  ])('%s', (name, steps, at) => {
    expect(listened([0], pausesOf(steps), 1000 * MINUTE)?.at, name).toBe(at);
  });

  const length = fc.oneof(fc.integer({ min: 1, max: 999 }), fc.integer({ min: SECOND, max: 3 * DUE }));
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: DUE }), length), { maxLength: 20 });

  test('a dead job is found, not before it could have been heard for period + grace, nor after twice that', () => {
    fc.assert(
      fc.property(steps, some => {
        const pauses = pausesOf(some);
        const down = listened([0], pauses, pauses.reduce((sum, { length }) => sum + length, 0) + 3 * DUE);
        expect(down).not.toBeNull();
        expect(down!.at - down!.paused).toBeGreaterThanOrEqual(DUE);
        // A deadline that passes right before a pause is seen after it.
        expect(down!.at - down!.paused).toBeLessThanOrEqual(2 * DUE + SECOND);
        const before = pauses.filter(({ at, length }) => at + length <= down!.at);
        if (before.every(({ length }) => length < SECOND)) expect(down!.at - down!.paused).toBe(DUE);
      }),
    );
  });

  test('a job that beats each period is never down, whenever one pause comes and however long', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20 * MINUTE }),
        length,
        fc.integer({ min: MINUTE, max: 5 * MINUTE }),
        (at, length, every) => {
          const beats = Array.from({ length: (60 * MINUTE) / every }, (_, i) => i * every);
          expect(listened(beats, [{ at, length }], beats.at(-1)!)).toBeNull();
        },
      ),
      { numRuns: 25 },
    );
  });

  test('nor after a night of them, each followed by a beat', () => {
    const beats = Array.from({ length: 100 }, (_, i) => i * 5 * MINUTE);
    const pauses = beats.map(at => ({ at: at + 4 * MINUTE, length: 59 * SECOND }));
    expect(listened(beats, pauses, 495 * MINUTE)).toBeNull();
  });

  test('its moments are whole milliseconds, whatever fractions a pause has', () => {
    const { since } = putOff({ since: START, renewed: false }, 600.5, START + MINUTE);
    expect(since).toBe(START + 601);
  });

  test('a failure that is reported counts at once', () => {
    const { state } = run([ok(0)]);
    const listening = putOff({ since: START, renewed: false }, DUE, START + DUE);
    const judged = judgeHeartbeat(
      jobs,
      state,
      { at: START + DUE, ok: false, message: '' },
      START + DUE,
      listening,
    );
    expect(judged.transitions.map(({ kind, at }) => `${kind} ${at - START}`)).toEqual([`down ${DUE}`]);
  });
});

test.each([
  [
    'a small step back moves the report with it',
    { since: NOW - HOUR },
    -MINUTE,
    { since: NOW - HOUR - MINUTE },
  ],
  ['a fraction of a millisecond is none', { since: NOW - HOUR }, -0.5, { since: NOW - HOUR - 1 }],
  [
    'a step back behind the report gives the job its time anew',
    { since: NOW + HOUR },
    -HOUR,
    { since: NOW, setBack: true as const },
  ],
  ['once', { since: NOW + HOUR, setBack: true as const }, -HOUR, { since: NOW, setBack: true as const }],
  [
    'and then never later than now',
    { since: NOW + 2 * HOUR, setBack: true as const },
    -HOUR,
    { since: NOW, setBack: true as const },
  ],
])('after the clock was set back: %s', (_, before, by, after) => {
  expect(afterStep({ renewed: false, ...before }, by, NOW)).toEqual({ renewed: false, ...after });
});

test('after a new token silence counts from when it was noticed, until a report with it comes', () => {
  const heard = (token: string): Listening => ({ since: Number.NEGATIVE_INFINITY, renewed: false, token });
  const at = (minutes: number) => START + minutes * MINUTE;
  const first = judgeHeartbeat(jobs, initialState(), { at: at(0), ok: true, message: '' }, at(0), heard('a'));
  expect(first.state.token).toBe('a');
  // Before any report there is nothing to wait for.
  expect(judgeHeartbeat(jobs, initialState(), null, at(1), heard('b')).state.awaited).toBeUndefined();
  expect(judgeHeartbeat(jobs, first.state, null, at(1), heard('a')).state.awaited).toBeUndefined();
  const changed = judgeHeartbeat(jobs, first.state, null, at(5), heard('b'));
  expect(changed.state.awaited).toEqual({ token: 'b', since: at(5) });
  expect(changed.recheckAt).toBe(at(5) + DUE);
  expect(changed.overdue).toMatchObject({ at: at(5), since: at(0), hasNewToken: true });
  const later = judgeHeartbeat(jobs, changed.state, null, at(8), heard('b'));
  expect(later.state.awaited).toEqual({ token: 'b', since: at(5) });
  expect(judgeHeartbeat(jobs, later.state, null, at(11), heard('b')).transitions).toMatchObject([
    { kind: 'down' },
  ]);
  // Set back, the clock makes it no longer.
  expect(judgeHeartbeat(jobs, later.state, null, at(3), heard('b')).state.awaited).toEqual({
    token: 'b',
    since: at(3),
  });
  const back = judgeHeartbeat(jobs, later.state, { at: at(9), ok: true, message: '' }, at(9), heard('b'));
  expect([back.state.awaited, back.state.token, back.overdue?.hasNewToken]).toEqual([
    undefined,
    'b',
    undefined,
  ]);
});
