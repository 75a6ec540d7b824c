// The detector: tables of cases, and random result sequences against a model that looks back at everything.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spell } from '../../../src/core/i18n/spell.ts';
import {
  type CheckResult,
  checkSchema,
  type DetectRule,
  detectSchema,
} from '../../../src/core/model/checks/check.ts';
import type { Component } from '../../../src/core/model/component.ts';
import { HOUR, iso, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { confirmedHealth, GAP_PERIODS, judge } from '../../../src/core/monitoring/detector.ts';
import { initialState } from '../../../src/core/monitoring/detector-state.ts';
import { renderMarkdown } from '../../../src/core/text/markdown.ts';

const START = Date.UTC(2026, 10, 23, 10, 0, 0);

function component(detect: Partial<DetectRule> = {}, schedule = '* * * * *'): Component {
  return {
    id: 'api',
    name: 'API',
    group: null,
    description: null,
    schedule,
    check: checkSchema.parse({ type: 'manual' }),
    detect: { ...detectSchema.parse({}), ...detect },
    since: null,
    dependsOn: [],
    match: [],
  };
}

function result(at: number, outcome: CheckResult['outcome'], latency: number | null = 100): CheckResult {
  const seen = outcome === 'down' ? 'HTTP 503' : 'HTTP 200';
  return { at, outcome, latency: outcome === 'down' || outcome === 'unknown' ? null : latency, seen };
}

/** One letter a minute: `.` up, `x` down, `d` degraded, `?` unknown, `s` up but slow (5 s). */
function minutes(letters: string): CheckResult[] {
  const outcomes = { '.': 'up', x: 'down', d: 'degraded', '?': 'unknown', s: 'up' } as const;
  return [...letters].map((letter, i) =>
    result(START + i * MINUTE, outcomes[letter as keyof typeof outcomes], letter === 's' ? 5000 : 100),
  );
}

function run(of: Component, results: readonly CheckResult[]) {
  let state = initialState();
  const transitions = [];
  let recheckAt: number | null = null;
  for (const one of results) {
    const judged = judge(of, state, one);
    state = judged.state;
    recheckAt = judged.recheckAt;
    transitions.push(...judged.transitions);
  }
  return { state, transitions, recheckAt, health: confirmedHealth(state) };
}

/** What the first words of a check were, at which minute. */
function greetings(of: Component, results: readonly CheckResult[]): string[] {
  let state = initialState();
  return results.flatMap(one => {
    const judged = judge(of, state, one);
    state = judged.state;
    return judged.first ? told([judged.first]) : [];
  });
}

function told(transitions: readonly { source: string; kind: string; at: number }[]): string[] {
  return transitions.map(({ source, kind, at }) => `${source} ${kind} ${(at - START) / MINUTE}`);
}

// A database may be lost while an outage stands open in a file: the first confirmed recovery ends that.
describe('the first word of a check nothing is known of', () => {
  test.each([
    ['.', []],
    ['..', ['probe:api up 0']],
    ['......', ['probe:api up 0']],
    ['.x..', ['probe:api up 2']],
    ['xx..x..', ['probe:api up 2']],
    ['.?.', ['probe:api up 0']],
    ['xxx..', []],
    ['..xxx...', ['probe:api up 0']],
    ['..x..x..', ['probe:api up 0']],
  ])('%s', (letters, expected) => {
    expect(greetings(component(), minutes(letters))).toEqual(expected);
  });

  test('is filed as a recovery that no template words', () => {
    const [first] = minutes('.').map(one => judge(component({ recoveries: 1 }), initialState(), one).first);
    expect(first).toMatchObject({ key: `probe:api@${START}:up`, kind: 'up', source: 'probe:api' });
    expect(first?.facts).toBeUndefined();
    expect(renderMarkdown(first?.message as string)).toContain('API is working again.');
  });
});

describe('outages', () => {
  test.each([
    ['nothing seen yet', '', [], 'no_data'],
    ['one good check', '.', [], 'operational'],
    ['failures short of the threshold before any good one', 'xx', [], 'no_data'],
    ['failures short of the threshold', '..xx', [], 'operational'],
    ['three in a row, back-dated to the first', '..xxx', ['probe:api down 2'], 'major_outage'],
    ['a fourth says nothing new', '..xxxx', ['probe:api down 2'], 'major_outage'],
    ['a good one between breaks the row', 'xx.xx.xx', [], 'operational'],
    ['down from the very first check', 'xxx', ['probe:api down 0'], 'major_outage'],
    ['one good one does not restore', 'xxx.', ['probe:api down 0'], 'major_outage'],
    ['two do, at the first of them', 'xxx..', ['probe:api down 0', 'probe:api up 3'], 'operational'],
    ['a bad one breaks their row', 'xxx.x..', ['probe:api down 0', 'probe:api up 5'], 'operational'],
    ['unknown neither breaks a row of failures', 'xx?x', ['probe:api down 0'], 'major_outage'],
    ['nor counts as one', 'xx??', [], 'no_data'],
    ['nor breaks a row of good ones', 'xxx.?.', ['probe:api down 0', 'probe:api up 3'], 'operational'],
    ['nor restores', 'xxx????', ['probe:api down 0'], 'major_outage'],
    ['degraded shows as such, without an incident', '..d', [], 'degraded_performance'],
    ['and passes', '..d.', [], 'operational'],
    [
      'degraded is not down: it restores',
      'xxxdd',
      ['probe:api down 0', 'probe:api up 3'],
      'degraded_performance',
    ],
    ['two unknowns leave the state', '.??', [], 'operational'],
    ['three are no data, not green', '.???', [], 'no_data'],
    ['the next good one ends that', '.???.', [], 'operational'],
    ['a failure short of the threshold does not', '.???x', [], 'no_data'],
    ['nor a second', '.???xx', [], 'no_data'],
    ['a third is an outage', '.???xxx', ['probe:api down 4'], 'major_outage'],
    ['a good one after a failure does', '.???x.', [], 'operational'],
    ['a degraded one does, as such', '.???xd', [], 'degraded_performance'],
    ['what was degraded stays that', '.d???x', [], 'degraded_performance'],
  ])('%s: %s', (_, letters, expected, health) => {
    const ran = run(component(), minutes(letters));
    expect(told(ran.transitions)).toEqual(expected);
    expect(ran.health).toBe(health);
  });

  test('the transition carries what filing needs', () => {
    const [down, up] = run(component({ severity: 'major' }), minutes('..xxx..')).transitions;
    const at = START + 2 * MINUTE;
    expect(down).toMatchObject({
      key: `probe:api@${at}:down`,
      source: 'probe:api',
      kind: 'down',
      at,
      title: 'API Down',
      slug: 'api-down',
      severity: 'major',
      components: ['api'],
    });
    expect(renderMarkdown(down!.message)).toBe(
      '<p>API is not working (HTTP 503, 3 checks in a row). We are looking into it.</p>',
    );
    expect(up).toMatchObject({ key: `probe:api@${START + 5 * MINUTE}:up`, kind: 'up', title: 'API Down' });
    expect(up!.message).toContain('The outage lasted 3 minutes.');
    // What an operator's template may use.
    const about = { kind: 'down', component: 'API' };
    expect(down!.facts).toEqual({ ...about, seen: 'HTTP 503', checks: 3 });
    expect(up!.facts).toEqual({ ...about, seen: 'HTTP 200', checks: 2, duration: 3 * MINUTE });
  });

  test('the rule’s severity is the one the outage shows, even after the rule changes', () => {
    const before = run(component({ severity: 'minor' }), minutes('xxx')).state;
    expect(confirmedHealth(before)).toBe('degraded_performance');
    const after = judge(component({ severity: 'critical' }), before, result(START + 3 * MINUTE, 'down'));
    expect(confirmedHealth(after.state)).toBe('degraded_performance');
  });

  test('what a server answered cannot become a link, an image or HTML', () => {
    const evil = {
      ...result(START, 'down'),
      seen: '<img src=x onerror=alert(1)> [click](https://evil.example)',
    };
    const [down] = run(component({ failures: 1 }), [evil]).transitions;
    const html = renderMarkdown(down!.message);
    expect(html).not.toMatch(/<img|<a [^>]*>click/);
    expect(html).toContain('&lt;img');
  });

  test('a first cause that differs from the last is told too', () => {
    const first = { ...result(START, 'down'), seen: 'timed out after 10 seconds' };
    const [down] = run(component({ failures: 2 }), [first, result(START + MINUTE, 'down')]).transitions;
    expect(down!.message).toContain(
      '(HTTP 503, 2 checks in a row). At first: timed out after 10 seconds. We',
    );
  });

  test('a threshold lowered by a reload counts what was seen', () => {
    const { state } = run(component({ failures: 5 }), minutes('xxx'));
    const judged = judge(component({ failures: 3 }), state, result(START + 3 * MINUTE, 'down'));
    expect(told(judged.transitions)).toEqual(['probe:api down 0']);
  });
});

describe('a state in doubt', () => {
  const inDoubt = (letters: string, first: number) =>
    minutes(letters).map((one, i) => (i === first ? { ...one, inDoubt: true } : one));
  test.each([
    ['a failure leaves it in doubt', '..x', 'no_data'],
    ['and so does the next', '..xx', 'no_data'],
    ['an outage is one all the same', '..xxx', 'major_outage'],
    ['a look that told nothing leaves it too', '..?', 'no_data'],
    ['and what comes after that', '..?x', 'no_data'],
    ['a good answer renews it', '...', 'operational'],
    ['late as well', '..x.', 'operational'],
    ['and then one failure is no doubt', '..x.x', 'operational'],
    ['a degraded answer renews it as such', '..d', 'degraded_performance'],
  ])('%s: %s', (_, letters, health) => {
    expect(run(component(), inDoubt(letters, 2)).health).toBe(health);
  });

  test('leaves an outage', () => {
    expect(run(component(), inDoubt('xxxx', 3)).health).toBe('major_outage');
  });
});

describe('looks that take long', () => {
  const each = (took: number, outcome: CheckResult['outcome'], waited = 0) =>
    [0, 1, 2].map(i => ({
      ...result(START + i * (took + waited + 40), outcome, took),
      took,
      ...(i === 0 ? {} : { waited }),
    }));
  test.each([
    ['*/5 * * * * *', 60 * SECOND],
    ['* * * * * *', 10 * SECOND],
    ['* * * * * *', 5 * MINUTE],
    ['* * * * *', HOUR],
  ])('%s: failures of %d ms one after another are in a row', (schedule, took) => {
    const ran = run(component({}, schedule), each(took, 'down'));
    expect(ran.transitions.map(({ kind, at }) => [kind, at])).toEqual([['down', START]]);
    const back = each(took, 'up').map(one => ({ ...one, at: one.at + 3 * took + 200 }));
    expect(run(component({}, schedule), [...each(took, 'down'), ...back]).transitions).toHaveLength(
      took > 2000 ? 3 : 2,
    );
  });

  test('those that waited for their turn too', () => {
    const ran = run(component({}, '*/5 * * * * *'), each(60 * SECOND, 'down', 5 * MINUTE));
    expect(ran.transitions).toHaveLength(1);
  });

  test('a gap after one of them is one', () => {
    const [first, second, third] = each(60 * SECOND, 'down').map((one, i) => ({
      ...one,
      at: one.at + (i === 2 ? HOUR : 0),
    }));
    expect(run(component({}, '*/5 * * * * *'), [first!, second!, third!]).transitions).toEqual([]);
  });

  test.each([
    ['0,1 3 * * *', [3, 3 + 1 / 60, 27]],
    ['0 3 * * 1', [0, 168, 336]],
    ['*/5 9-17 * * 1-5', [17 + 55 / 60, 81, 81.1]],
  ])('%s: the time in which none is due is no gap', (schedule, hours) => {
    const results = hours.map(hour => result(Date.UTC(2026, 10, 27) + hour * HOUR, 'down'));
    expect(run(component({}, schedule), results).transitions).toHaveLength(1);
  });

  test('are slow, though few of them lie in the window', () => {
    const slow = each(55 * SECOND, 'up');
    expect(
      run(component({ window: MINUTE }, '*/5 * * * * *'), slow).transitions.map(({ source }) => source),
    ).toEqual(['latency:api']);
  });
});

describe('time', () => {
  test('a gap within ten periods keeps the row, a longer one starts it anew', () => {
    const first = minutes('xx');
    const last = first[1]!.at;
    const kept = run(component(), [...first, result(last + GAP_PERIODS * MINUTE, 'down')]);
    expect(told(kept.transitions)).toEqual(['probe:api down 0']);
    const anew = run(component(), [...first, result(last + GAP_PERIODS * MINUTE + 1, 'down')]);
    expect(anew.transitions).toEqual([]);
  });

  test('a gap invents nothing: a confirmed state stays until something else is seen', () => {
    const later = result(START + 9 * HOUR, 'up');
    expect(run(component(), [...minutes('..'), later]).transitions).toEqual([]);
    const down = run(component(), [...minutes('xxx.'), later]);
    expect(down.transitions).toHaveLength(1);
    expect(down.health).toBe('major_outage');
  });

  test.each([
    ['a second', SECOND],
    ['ten minutes', 10 * MINUTE],
    ['a day', 24 * HOUR],
    ['ten years', 3650 * 24 * HOUR],
  ])('on a clock set back by %s an outage is confirmed as fast as on any', (_, by) => {
    const back = START + MINUTE - by;
    const after = ['down', 'down', 'down'].map((outcome, i) => result(back + i * MINUTE, outcome as 'down'));
    const ran = run(component(), [...minutes('..'), ...after]);
    expect(ran.transitions.map(({ kind, at }) => [kind, at])).toEqual([['down', back]]);
  });

  test('a row that the clock is set back in is continued, and begins no later than its newest look', () => {
    const back = START - 24 * HOUR;
    const { transitions } = run(component(), [...minutes('.xx'), result(back, 'down')]);
    expect(transitions.map(({ kind, at }) => [kind, at])).toEqual([['down', back]]);
  });

  test('an outage stays one while the clock is set back', () => {
    const back = START - 24 * HOUR;
    const after = Array.from({ length: 8 }, (_, i) => result(back + i * MINUTE, 'down'));
    const ran = run(component(), [...minutes('xxx'), ...after]);
    expect([told(ran.transitions).length, ran.health]).toEqual([1, 'major_outage']);
  });

  test('an outage that ends on a clock set back ends at its first good look, and nobody says how long it was', () => {
    const back = START - 24 * HOUR;
    const after = Array.from({ length: 3 }, (_, i) => result(back + i * MINUTE, 'up'));
    const [, up] = run(component(), [...minutes('xxx'), ...after]).transitions;
    expect(up!.at).toBe(back);
    expect(up!.message).not.toContain('lasted');
    expect(up!.facts).not.toHaveProperty('duration');
  });

  test('and so of one that goes on after it: its file begins later than it ends', () => {
    const back = START - 24 * HOUR;
    const after = ['down', 'down', 'up', 'up'].map((one, i) =>
      result(back + i * MINUTE, one as 'down' | 'up'),
    );
    const [, up] = run(component({ recoveries: 2 }), [...minutes('xxx'), ...after]).transitions;
    expect(up!.at).toBe(back + 2 * MINUTE);
    expect(up!.message).not.toContain('lasted');
    expect(up!.facts).not.toHaveProperty('duration');
  });

  test.each([
    ['back and forward again', [-HOUR / 2, HOUR / 2]],
    ['forward and back again', [8 * HOUR, -8 * HOUR]],
    ['by years', [-HOUR / 2, HOUR / 2, 8 * HOUR, 3650 * 24 * HOUR, -3650 * 24 * HOUR - 8 * HOUR]],
    ['and stays ahead', [-HOUR, 3 * HOUR]],
  ])(
    'an outage lasts from the beginning that was told to the end that is, when the clock goes %s',
    (_, by) => {
      let now = START + 15_900;
      let ahead = 0;
      const looks = ['down', 'down', ...by.map(() => 'down'), 'up'].map((outcome, i) => {
        ahead += by[i - 2] ?? 0;
        now += i === 0 ? 0 : 10_050;
        return { ...result(now + ahead, outcome as 'down', 9_000), latency: outcome === 'up' ? 9_000 : null };
      });
      const [down, up] = run(component({ failures: 2, recoveries: 1 }), looks).transitions;
      const length = Math.floor(up!.at / SECOND) - Math.floor(down!.at / SECOND);
      expect(up!.at).toBe(looks.at(-1)!.at);
      expect(up!.facts?.duration).toBe(length * SECOND);
      expect(up!.message).toContain(`lasted ${spell(length * SECOND)}`);
      expect(iso(up!.at - up!.facts!.duration!)).toBe(iso(down!.at));
    },
  );

  test('slowness too', () => {
    const slow = minutes('sss');
    const back = result(START + 3 * MINUTE - HOUR, 'up', 5000);
    const quick = [4, 5].map(i => result(START + i * MINUTE, 'up', 10));
    const { transitions } = run(component(), [...slow, back, ...quick]);
    const [down, up] = transitions.filter(({ source }) => source === 'latency:api');
    expect(up!.facts?.duration).toBe(up!.at - down!.at);
    expect(up!.message).toContain('was slow for 3 minutes');
  });

  test('the length is that of the seconds in the file, and one within a second has none', () => {
    const looks = (ms: number) => [result(START + 900, 'down'), result(START + 900 + ms, 'up')];
    const told = (ms: number) => run(component({ failures: 1, recoveries: 1 }), looks(ms)).transitions[1]!;
    expect(told(40_150).facts?.duration).toBe(41 * SECOND);
    expect(told(40_150).message).toContain('lasted 41 seconds');
    expect(told(4_150).message).toContain('lasted 5 seconds');
    expect(told(50).message).not.toContain('lasted');
  });
});

describe('rechecks', () => {
  test.each([
    ['no doubt', '* * * * *', '..', null],
    ['a first failure', '* * * * *', '.x', 10],
    ['a second', '* * * * *', '.xx', 20],
    ['confirmed', '* * * * *', '.xxx', null],
    ['a third of nine', '* * * * *', '.xxx', 40, 9],
    ['a fourth: the schedule is sooner', '* * * * *', '.xxxx', null, 9],
    ['a look that told nothing leaves the doubt', '* * * * *', '.x?', 20],
    ['a second of them', '* * * * *', '.x??', 40],
    ['a third: the schedule is sooner', '* * * * *', '.x???', null],
    ['it told nothing, and nothing was in doubt', '* * * * *', '.?', null],
    ['nor in an outage', '* * * * *', 'xxx?', null],
    ['nor before anything was seen', '* * * * *', '?', null],
    ['a first good one', '* * * * *', 'xxx.', 10],
    ['and nothing after it', '* * * * *', 'xxx.?', 20],
    ['restored', '* * * * *', 'xxx..', null],
    ['a schedule that is soon enough', '*/12 * * * * *', '.x', 2],
    ['a rare schedule starts just as soon', '0 3 * * *', '.x', 10],
  ])('%s (%s): %s', (_, schedule, letters, seconds, failures = 3) => {
    const results = minutes(String(letters));
    const { recheckAt } = run(component({ failures: Number(failures) }, String(schedule)), results);
    expect(recheckAt).toBe(seconds === null ? null : results.at(-1)!.at + Number(seconds) * SECOND);
  });
});

describe('latency', () => {
  test.each([
    ['two slow answers are an anecdote', 'ss', [], 'operational'],
    ['three are slow', 'sss', ['latency:api down 2'], 'degraded_performance'],
    ['one slow one among five is fine at 2 s', '....s', [], 'operational'],
    ['two slow ones of five: 2.06 s', '...ss', ['latency:api down 4'], 'degraded_performance'],
    ['two of four: 2.55 s', '..sss', ['latency:api down 3'], 'degraded_performance'],
    ['failed checks have no latency', 'xxsxs', [], 'no_data'],
    ['the average and the two newest must be back', 'sss.', ['latency:api down 2'], 'degraded_performance'],
    ['average 2.06 s: not yet', 'ssss..', ['latency:api down 2'], 'degraded_performance'],
    ['then over', 'sssss....', ['latency:api down 2', 'latency:api up 8'], 'operational'],
  ])('%s: %s', (_, letters, expected, health) => {
    const ran = run(component({ failures: 9 }), minutes(letters));
    expect(told(ran.transitions)).toEqual(expected);
    if (health !== 'no_data') expect(ran.health).toBe(health);
  });

  test('its transition is the mission’s: major, its own title and file', () => {
    const [slow] = run(component({ severity: 'minor' }), minutes('sss')).transitions;
    expect(slow).toMatchObject({
      key: `latency:api@${START + 2 * MINUTE}:down`,
      title: 'High API Latency',
      slug: 'api-latency',
      severity: 'major',
      components: ['api'],
    });
    expect(slow!.message).toContain('5 seconds on average over the last 5 minutes');
  });

  test('it opens and closes independently of the outage', () => {
    const ran = run(component(), minutes('sssxxx..'));
    expect(told(ran.transitions)).toEqual([
      'latency:api down 2',
      'probe:api down 3',
      'probe:api up 6',
      'latency:api up 7',
    ]);
  });

  test('how long a failure took is no latency', () => {
    const slowFailures = minutes('xxx').map(one => ({ ...one, latency: 9000 }));
    expect(run(component({ failures: 9 }), slowFailures).transitions).toEqual([]);
  });

  test('a schedule sparser than the window is judged over three periods', () => {
    const sparse = [0, 10, 20].map(minute => result(START + minute * MINUTE, 'up', 5000));
    expect(told(run(component({}, '*/10 * * * *'), sparse).transitions)).toEqual(['latency:api down 20']);
  });

  test('a percentile sees the slow tail that an average hides, and the other way round', () => {
    const tail = minutes('....s');
    expect(told(run(component({ percentile: 95 }), tail).transitions)).toEqual(['latency:api down 4']);
    const huge = [...minutes('....'), result(START + 4 * MINUTE, 'up', 60_000)];
    expect(run(component({ percentile: 50 }), huge).transitions).toEqual([]);
  });
});

describe('against a model that looks back at everything', () => {
  const PERIOD = MINUTE;
  const step = fc.record({
    wait: fc.constantFrom(10 * SECOND, PERIOD, PERIOD, PERIOD, PERIOD + 137, 12 * PERIOD),
    outcome: fc.constantFrom('up', 'up', 'down', 'down', 'degraded', 'unknown') as fc.Arbitrary<
      CheckResult['outcome']
    >,
    latency: fc.constantFrom(100, 1900, 2000, 2100, 5000),
    /** How far the clock is set back before the look, if it is; no two moments are the same by chance. */
    back: fc.option(fc.constantFrom(5 * SECOND, 10 * MINUTE, 24 * HOUR), { freq: 8, nil: 0 }),
  });
  const rule = fc.record({
    failures: fc.integer({ min: 1, max: 4 }),
    recoveries: fc.integer({ min: 1, max: 4 }),
    window: fc.constantFrom(30 * SECOND, 5 * MINUTE),
  });
  const story = fc.array(step, { maxLength: 60 }).map(steps => {
    let at = START;
    const results: CheckResult[] = [];
    for (const [i, { wait, outcome, latency, back }] of steps.entries()) {
      at += wait - (back > 0 ? back + 7 * i + 1 : 0);
      results.push(result(at, outcome, latency));
    }
    return results;
  });

  /** From the whole past each time, with no state but what was announced. */
  function model(detect: Pick<DetectRule, 'failures' | 'recoveries' | 'window'>, results: CheckResult[]) {
    const measured = results.filter(({ outcome }) => outcome !== 'unknown');
    /** When one was, by the clock of a later one: that was set back, and nothing came after now. */
    const atBy = (one: CheckResult, later: CheckResult) =>
      Math.min(...results.slice(results.indexOf(one), results.indexOf(later) + 1).map(({ at }) => at));
    const isSameClock = (one: CheckResult, later: CheckResult) =>
      results
        .slice(results.indexOf(one), results.indexOf(later))
        .every(({ at }, i, all) => at <= (all[i + 1] ?? later).at);
    const announced: string[] = [];
    const openings = new Map<string, CheckResult>();
    /** Since when it is open, by the clock of a later one. */
    const openedAt = (source: string, later: CheckResult) =>
      Math.min(
        Number(announced.findLast(line => line.startsWith(`${source} down`))?.split(' ')[2]),
        atBy(openings.get(source)!, later),
      );
    const isOpen = (source: string) =>
      announced.findLast(line => line.startsWith(source))?.includes(' down ');
    for (let i = 0; i < measured.length; i++) {
      const good = measured[i]!.outcome !== 'down';
      let first = i;
      while (
        first > 0 &&
        (measured[first - 1]!.outcome !== 'down') === good &&
        measured[first]!.at - atBy(measured[first - 1]!, measured[first]!) <= 10 * PERIOD
      ) {
        first--;
      }
      const length = i - first + 1;
      const since = atBy(measured[first]!, measured[i]!);
      if (!good && !isOpen('probe') && length >= detect.failures) {
        announced.push(`probe down ${since}`);
        openings.set('probe', measured[i]!);
      }
      if (good && isOpen('probe') && length >= detect.recoveries)
        announced.push(`probe up ${Math.max(since, openedAt('probe', measured[i]!))}`);
      if (!good) continue;
      const now = measured[i]!.at;
      const span = Math.max(detect.window, 3 * PERIOD);
      const answers = measured
        .slice(0, i + 1)
        .filter(one => one.outcome !== 'down' && one.at > now - span && isSameClock(one, measured[i]!));
      const sum = answers.reduce((total, one) => total + one.latency!, 0);
      const newest = answers.slice(-detect.recoveries);
      if (!isOpen('latency')) {
        if (answers.length >= 3 && sum > 2000 * answers.length) {
          announced.push(`latency down ${now}`);
          openings.set('latency', measured[i]!);
        }
      } else if (
        sum <= 2000 * answers.length &&
        newest.length === detect.recoveries &&
        newest.every(one => one.latency! <= 2000)
      ) {
        announced.push(`latency up ${Math.max(now, openedAt('latency', measured[i]!))}`);
      }
    }
    return announced;
  }

  test('the same transitions, restarted after every single result', () => {
    fc.assert(
      fc.property(rule, story, (detect, results) => {
        const of = component(detect);
        let state = initialState();
        const announced: string[] = [];
        const keys: string[] = [];
        for (const one of results) {
          const judged = judge(of, JSON.parse(JSON.stringify(state)), one);
          state = judged.state;
          for (const { source, kind, at, key } of judged.transitions) {
            announced.push(`${source.split(':')[0]} ${kind} ${at}`);
            keys.push(key);
          }
        }
        expect(announced).toEqual(model(detect, results));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 2000 },
    );
  });

  test('judging is a function: the same state and result twice, nothing changed in place', () => {
    fc.assert(
      fc.property(rule, story, (detect, results) => {
        const of = component(detect);
        let state = initialState();
        for (const one of results) {
          const frozen = JSON.stringify(state);
          const once = judge(of, state, one);
          expect(judge(of, state, one)).toEqual(once);
          expect(JSON.stringify(state)).toBe(frozen);
          state = once.state;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a recheck comes after its result and before the next period', () => {
    fc.assert(
      fc.property(rule, story, (detect, results) => {
        let state = initialState();
        for (const one of results) {
          const judged = judge(component(detect), state, one);
          state = judged.state;
          if (judged.recheckAt === null) continue;
          expect(judged.recheckAt).toBeGreaterThan(one.at);
          expect(judged.recheckAt).toBeLessThan(one.at + PERIOD);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the stored state stays small, however long the story', () => {
    const of = component({ window: 24 * HOUR }, '* * * * * *');
    let state = initialState();
    for (let i = 0; i < 2000; i++) state = judge(of, state, result(START + i * SECOND, 'up')).state;
    expect(JSON.stringify(state).length).toBeLessThan(25_000);
  });
});
