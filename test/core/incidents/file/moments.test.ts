// Moments: on which day an undated heading is read, beside dated ones, `started` and `resolved`.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { DAY, HOUR, iso, MINUTE, parseInstant } from '../../../../src/core/model/time.ts';

interface Written {
  readonly started: string;
  readonly resolved?: string;
  readonly headings: readonly string[];
}

function fileOf({ started, resolved, headings }: Written): string {
  const end = resolved ? `status: resolved\nresolved: ${resolved}` : 'status: investigating';
  return `---\ntitle: x\nseverity: minor\nstarted: ${started}\n${end}\n---\n\n${headings
    .map(one => `## ${one}\n\nsaid ${one}\n`)
    .join('\n')}`;
}

/** What is read: `25T10:23 Update 10:23 UTC`, oldest first; and the lines that are errors. */
function read(written: Written) {
  const { value, problems } = parseIncident('x.md', 'x', fileOf(written));
  return {
    moments: value!.updates.map(({ at, body }) => `${iso(at).slice(8, 16)} ${body.slice(5)}`),
    errors: problems.filter(({ level }) => level === 'error').map(({ what }) => what),
    problems,
  };
}

describe('dated headings tell the order', () => {
  const started = '2026-11-25T10:03:03Z';
  const NEWEST = ['Identified 2026-11-26 02:05:02 UTC', 'Investigating 2026-11-25 10:03:03 UTC'];
  const UPDATE = 'Update 10:23 UTC';
  const RESOLVED = 'Resolved 11:00 UTC';
  test.each([
    ['on top', [UPDATE, ...NEWEST]],
    ['at the bottom', [...NEWEST, UPDATE]],
    ['at the bottom of oldest first', [...NEWEST.toReversed(), UPDATE]],
    ['on top of oldest first', [UPDATE, ...NEWEST.toReversed()]],
  ])('an undated one on the second day, %s', (_, headings) => {
    const { moments, errors } = read({ started, headings });
    expect(errors).toEqual([]);
    expect(moments.at(-1)).toBe('26T10:23 Update 10:23 UTC');
    expect(moments).toHaveLength(3);
    for (const both of [
      [RESOLVED, ...headings],
      [...headings, RESOLVED],
    ]) {
      const over = read({ started, resolved: '2026-11-26T11:00:00Z', headings: both });
      expect(over.moments.slice(-2)).toEqual(['26T10:23 Update 10:23 UTC', '26T11:00 Resolved 11:00 UTC']);
      expect(over.errors).toEqual([]);
    }
  });

  test('the end of a day later is the end', () => {
    const headings = [
      'Investigating 2026-11-25 09:38 UTC',
      'Identified 2026-11-25 20:10 UTC',
      'Update 2026-11-26 00:44 UTC',
      'Monitoring 07:18 UTC',
      'Resolved 10:23 UTC',
    ];
    for (const all of [headings, headings.toReversed()]) {
      const { moments } = read({
        started: '2026-11-25T09:38:00Z',
        resolved: '2026-11-26T10:23:00Z',
        headings: all,
      });
      expect(moments.slice(-2)).toEqual(['26T07:18 Monitoring 07:18 UTC', '26T10:23 Resolved 10:23 UTC']);
    }
  });

  test('at the wrong end, where two days are as likely: an error that names both', () => {
    const { errors, moments, problems } = read({ started, headings: [...NEWEST, 'Update 14:30 UTC'] });
    expect(errors).toEqual(['"Update 14:30 UTC" may be 2026-11-25 or 2026-11-26, so this is not an update']);
    expect(problems[0]).toMatchObject({ line: 16, fix: 'write the date: `2026-11-26 14:30 UTC`' });
    expect(moments).toHaveLength(2);
  });
});

describe('a first heading before `started`', () => {
  const day = (first: string, last = 'Resolved 20:50 UTC') => ({
    started: '2026-11-25T14:00:00Z',
    resolved: '2026-11-25T20:50:00Z',
    headings: [first, 'Identified 15:10 UTC', last],
  });
  test.each(['Investigating 13:58 UTC', 'Investigating 13:00 UTC'])(
    'up to an hour is of that day: %s',
    first => {
      const { headings, ...rest } = day(first);
      for (const all of [headings, headings.toReversed()]) {
        expect(read({ ...rest, headings: all }).moments).toEqual([
          `25T${first.slice(14, 19)} ${first}`,
          '25T15:10 Identified 15:10 UTC',
          '25T20:50 Resolved 20:50 UTC',
        ]);
      }
    },
  );
});

describe('a first section up to an hour before `started` is of that day, beside one at `started`', () => {
  test.each([
    [['Update 18:55 UTC', 'Investigating 19:00 UTC'], undefined, 2],
    [['Update 18:01 UTC', 'Investigating 19:00 UTC', 'Identified 19:30 UTC'], undefined, 3],
    [['Update 18:55 UTC', 'Investigating 19:00 UTC', 'Resolved 19:50 UTC'], '2026-11-25T19:50:00Z', 3],
    [['Investigating 18:55 UTC', 'Update 2026-11-25 19:00 UTC', 'Update 20:00 UTC'], undefined, 3],
  ])('%j', (headings, resolved, count) => {
    for (const all of [headings, headings.toReversed()]) {
      const { moments, errors } = read({
        started: '2026-11-25T19:00:00Z',
        ...(resolved ? { resolved } : {}),
        headings: all,
      });
      expect(errors).toEqual([]);
      expect(moments.map(one => one.slice(0, 3))).toEqual(Array(count).fill('25T'));
      expect(moments[0]).toContain(headings[0]);
    }
  });

  test('one of the next day is of that day', () => {
    const story = [
      'Investigating 19:00 UTC',
      'Identified 19:30 UTC',
      'Monitoring 03:00 UTC',
      'Update 18:55 UTC',
    ];
    for (const all of [story, story.toReversed()]) {
      const { moments } = read({ started: '2026-11-25T19:00:00Z', headings: all });
      expect(moments.at(-1)).toBe('26T18:55 Update 18:55 UTC');
    }
  });
});

describe('an undated heading some minutes before its neighbour', () => {
  const started = '2026-11-25T21:18:00Z';
  const FIRST = 'Investigating 21:18 UTC';
  const LATER = 'Identified 22:08 UTC';
  test.each([
    ['a minute, at the bottom', [FIRST, LATER, 'Monitoring 22:07 UTC']],
    ['a minute, on top of newest first', ['Monitoring 22:07 UTC', LATER, FIRST]],
    ['a quarter of an hour', [FIRST, LATER, 'Update 21:53 UTC']],
    ['between others', [FIRST, LATER, 'Update 22:00 UTC', 'Update 22:30 UTC']],
  ])('is of the same day, and moves no other: %s', (_, headings) => {
    const { moments, errors } = read({ started, headings });
    expect(errors).toEqual([]);
    expect(moments[0]).toBe(`25T21:18 ${FIRST}`);
    expect(moments.map(one => one.slice(0, 3))).toEqual(headings.map(() => '25T'));
    expect(moments.map(one => one.slice(3, 8))).toEqual(moments.map(one => one.slice(3, 8)).sort());
  });

  test('also after the end, and over midnight', () => {
    const resolved = '2026-11-26T00:06:00Z';
    const headings = [FIRST, 'Resolved 00:06 UTC', 'Update 23:58 UTC'];
    expect(read({ started, resolved, headings }).moments).toEqual([
      `25T21:18 ${FIRST}`,
      '25T23:58 Update 23:58 UTC',
      '26T00:06 Resolved 00:06 UTC',
    ]);
  });

  test('half an hour before it may be of the next day', () => {
    const { moments } = read({ started, headings: [FIRST, LATER, 'Update 21:38 UTC', 'Update 22:38 UTC'] });
    expect(moments.at(-1)).toBe('26T22:38 Update 22:38 UTC');
  });
});

describe('beside a known end', () => {
  test('a dated one of the next day draws nothing, and is named', () => {
    const headings = ['Investigating 13:00 UTC', 'Update 2026-11-26 13:20 UTC', 'Resolved 13:50 UTC'];
    for (const all of [headings, headings.toReversed()]) {
      const { moments, problems } = read({
        started: '2026-11-25T13:00:00Z',
        resolved: '2026-11-25T13:50:00Z',
        headings: all,
      });
      expect(moments).toContain('25T13:50 Resolved 13:50 UTC');
      expect(problems.map(({ what, fix }) => [what, fix])).toEqual([
        [
          'this update is dated 2026-11-26T13:20:00Z, after the end (2026-11-25T13:50:00Z), but stands between updates from before the end',
          'correct its date, or `resolved`',
        ],
      ]);
    }
    const postscript = ['Investigating 13:00 UTC', 'Resolved 13:50 UTC', 'Update 2026-11-26 13:20 UTC'];
    for (const all of [postscript, postscript.toReversed()]) {
      const { problems } = read({
        started: '2026-11-25T13:00:00Z',
        resolved: '2026-11-25T13:50:00Z',
        headings: all,
      });
      expect(problems).toEqual([]);
    }
  });

  test('an update in local time moves no other', () => {
    const headings = [
      'Investigating 14:10 UTC',
      'Identified 2026-11-25 15:00:02 UTC',
      'Update 2026-11-25 18:00:02 UTC',
      'Update 23:27 UTC',
      'Resolved 20:55 UTC',
    ];
    for (const all of [headings, headings.toReversed()]) {
      const { moments } = read({
        started: '2026-11-25T13:59:00Z',
        resolved: '2026-11-25T20:55:00Z',
        headings: all,
      });
      expect(moments[0]).toBe('25T14:10 Investigating 14:10 UTC');
      expect(moments).toContain('25T20:55 Resolved 20:55 UTC');
    }
  });

  test.each(['Resolved 2026-11-26 14:07 UTC', 'Identified 2026-11-26 02:07 UTC'])(
    'a postscript hours after it is one, beside “%s”',
    dated => {
      const headings = ['Update 22:36 UTC', dated, 'Investigating 20:26 UTC'];
      for (const all of [headings, headings.toReversed()]) {
        const { moments } = read({
          started: '2026-11-25T20:07:00Z',
          resolved: '2026-11-26T14:07:00Z',
          headings: all,
        });
        expect(moments[0]).toBe('25T20:26 Investigating 20:26 UTC');
        expect(moments.at(-1)).toBe('26T22:36 Update 22:36 UTC');
      }
    },
  );
});

describe('a true story', () => {
  const story = fc.record({
    begins: fc.integer({ min: 0, max: 24 * 60 - 1 }),
    gaps: fc.array(fc.integer({ min: 1, max: 12 * 60 }), { maxLength: 5 }),
    dated: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    labels: fc.array(fc.constantFrom('Update', 'Identified', 'Monitoring', 'Disk replaced'), {
      minLength: 6,
      maxLength: 6,
    }),
    newestFirst: fc.boolean(),
    isTold: fc.boolean(),
    isOver: fc.boolean(),
  });

  test('is read as it was, or a heading is an error: none is of another day', () => {
    fc.assert(
      fc.property(story, ({ begins, gaps, dated, labels, newestFirst, isTold, isOver }) => {
        const started = (parseInstant('2026-11-25') as number) + begins * MINUTE;
        let now = started;
        const steps = gaps.map(gap => (now += gap * MINUTE));
        if (now - started > 60 * HOUR) return;
        const times = isTold ? steps : [started, ...steps];
        // Read as written before `started`, which people round, or in its minute.
        const isAtStart = (at: number) => (at - started) % DAY >= 23 * HOUR || (at - started) % DAY === 0;
        if (isTold && steps.some(isAtStart)) return;
        const headings = times.map((time, index) => {
          const label = isOver && index === times.length - 1 ? 'Resolved' : labels[index]!;
          const text = iso(time).replace('T', ' ').replace(':00Z', ' UTC');
          return `## ${label} ${dated[index] ? text : text.slice(11)}\n\nsaid at ${iso(time)}\n`;
        });
        if (newestFirst) headings.reverse();
        const end = isOver ? `status: resolved\nresolved: ${iso(now)}` : 'status: investigating';
        const text = `---\ntitle: x\nseverity: minor\nstarted: ${iso(started)}\n${end}\n---\n\n${isTold ? 'It fails.\n\n' : ''}${headings.join('\n')}`;
        const { value, problems } = parseIncident('x.md', 'x', text);
        expect(problems.filter(({ what }) => !what.includes('`started`'))).toEqual([]);
        const said = value!.updates.filter(({ body }) => body.startsWith('said'));
        expect(said.map(({ at }) => `said at ${iso(at)}`)).toEqual(said.map(({ body }) => body));
        expect(said).toHaveLength(times.length);
      }),
      { numRuns: 500 },
    );
  });
});

test('a heading with a date is never another day, whatever stands around it', () => {
  const minutes = fc.integer({ min: -3 * 24 * 60, max: 3 * 24 * 60 });
  const heading = fc.record({ at: minutes, isDated: fc.boolean() });
  const began = Date.parse('2026-11-25T12:00:00Z');
  fc.assert(
    fc.property(fc.array(heading, { minLength: 2, maxLength: 7 }), headings => {
      const lines = headings.map(({ at, isDated }, index) => {
        const [day, time] = iso(began + at * MINUTE)
          .slice(0, 16)
          .split('T');
        return `Update ${isDated ? `${day} ` : ''}${time} UTC #${index + 1}`;
      });
      const { value } = parseIncident('x.md', 'x', fileOf({ started: iso(began), headings: lines }));
      for (const [index, { at, isDated }] of headings.entries()) {
        const found = value!.updates.find(({ body }) => body === `said ${lines[index]}`);
        if (isDated && found) expect(iso(found.at)).toBe(iso(began + at * MINUTE));
      }
    }),
    { numRuns: 500 },
  );
});

describe('people write on one side, programs on either', () => {
  const DATED = ['19:11:05', '19:10:20', '19:10:20'].map(time => `Update 2026-11-30 ${time} UTC`);
  test.each([
    [['Identified 19:09 UTC']],
    [['Identified 19:09 UTC', 'Update 19:12 UTC']],
    [['Update 19:05 UTC', 'Update 19:06 UTC', 'Monitoring 19:12 UTC']],
  ])('below the beginning, with dated ones above it: %j', hand => {
    const written = [...DATED, 'Investigating 18:49 UTC', ...hand];
    for (const headings of [written, written.toReversed()]) {
      const { moments, problems } = read({ started: '2026-11-30T18:49:10Z', headings });
      expect(problems).toEqual([]);
      expect(moments).toHaveLength(written.length);
      expect(moments[0]).toBe('30T18:49 Investigating 18:49 UTC');
      for (const one of hand) expect(moments).toContain(`30T${one.slice(-9, -4)} ${one}`);
    }
    const resolved = '2026-11-30T19:20:44Z';
    const over = read({
      started: '2026-11-30T18:49:10Z',
      resolved,
      headings: [...written, 'Resolved 19:20 UTC'],
    });
    expect(over.problems).toEqual([]);
    expect(over.moments.at(-1)).toBe('30T19:20 Resolved 19:20 UTC');
  });

  const started = Date.parse('2026-11-30T21:06:39Z');
  const step = fc.record({
    after: fc.integer({ min: 60, max: 100 * 60 }),
    by: fc.constantFrom('people', 'program above', 'program below'),
  });
  const clock = (at: number, byProgram: boolean) =>
    byProgram ? iso(at).replace('T', ' ').replace('Z', ' UTC') : `${iso(at).slice(11, 16)} UTC`;
  const minute = (at: number) => iso(at).slice(0, 16);

  test('each section is of its real moment', () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 8 });
    const offsets = fc.integer({ min: 0, max: DAY / MINUTE });
    const silences = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(steps, offsets, silences, fc.boolean(), (all, offset, silence, onTop) => {
        const begins = started + offset * MINUTE;
        let now = begins + silence * MINUTE;
        const headings = [`Investigating ${clock(now, false)}`];
        const moments = [now];
        for (const { after, by } of all) {
          now += after * 1000;
          const isPerson = by === 'people';
          const heading = `Update ${clock(now, !isPerson)} #${moments.length}`;
          if (isPerson ? onTop : by === 'program above') headings.unshift(heading);
          else headings.push(heading);
          moments.push(now);
        }
        const { value, problems } = parseIncident('x.md', 'x', fileOf({ started: iso(begins), headings }));
        expect(problems).toEqual([]);
        const read = value!.updates.map(({ at, body }) => [Number(body.split('#')[1] ?? 0), minute(at)]);
        const meant = moments.map((at, index) => [index, minute(at)]);
        expect(read.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(meant);
      }),
      { numRuns: 1000 },
    );
  });
});
