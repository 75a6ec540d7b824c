// An update is itself whatever is corrected: what the operator really added is told once, and nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { isUsedAgain, type KnownIncident, recognise } from '../../../src/core/incidents/identity.ts';
import { renamedFrom } from '../../../src/core/incidents/renamed.ts';
import { type Incident, keyOf, refOf } from '../../../src/core/model/incident.ts';
import { HOUR, iso, MINUTE } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';

const STARTED = Date.parse('2026-11-28T10:00:00Z');
const NOW = STARTED + 8 * HOUR;

interface Section {
  /** Minutes after the start. */
  readonly at: number;
  readonly label: string;
  readonly words: string;
}

interface Written {
  readonly id?: string;
  readonly title?: string;
  readonly started?: number;
  readonly sections: readonly Section[];
  /** Minutes after the start; null: it goes on. */
  readonly end?: number | null;
}

function fileOf({ title = 'API down', started = 0, sections, end = null }: Written): string {
  const at = (minutes: number) => iso(STARTED + minutes * MINUTE);
  const front = end === null ? 'status: investigating' : `status: resolved\nresolved: ${at(end)}`;
  const body = sections.map(
    one => `## ${one.label} ${at(one.at).slice(0, 16).replace('T', ' ')} UTC\n${one.words}\n`,
  );
  return `---\ntitle: ${title}\nseverity: major\nstarted: ${at(started)}\n${front}\n---\n\n${body.join('\n')}`;
}

const isSameIncident = (before: KnownIncident, after: Incident, isJustGone: boolean) =>
  renamedFrom([before], [after], () => (isJustGone ? 'just now' : 'earlier')).size === 1;

/** The rounds of one server over versions of a file: what each round mails. */
function server() {
  let known: KnownIncident = { key: 'x', id: 'x', former: [], updates: [], gone: [] };
  const seen = new Set<string>();
  const keys: string[][] = [];
  const round = (written: Written) => {
    const read = parseIncident('x.md', written.id ?? 'x', fileOf(written)).value!;
    const { named, record } = recognise(known, read);
    known = record;
    keys.push(named.updates.map(({ key }) => key));
    expect(keyOf(named)).toBe('x');
    expect(new Set(keys.at(-1)).size).toBe(named.updates.length);
    const news = announcements([named], seen, NOW, false);
    for (const one of news) seen.add(refOf(one));
    return news.flatMap(({ quiet, update: { announces, body } }) =>
      quiet ? [] : `${announces ?? 'update'}: ${body}`,
    );
  };
  return { round, keys };
}

const A = { at: 0, label: 'Investigating', words: 'Requests to the API fail for some of you.' };
const B = { at: 20, label: 'Identified', words: 'A full disk stops the writes of the primary database.' };
const C = { at: 40, label: 'Monitoring', words: 'The disk was replaced, and we watch the error rate.' };
const NEW = { at: 55, label: 'Update', words: 'Everything that was queued is now processed.' };

describe('told to nobody again', () => {
  test.each<[string, Written]>([
    ['a heading’s time', { sections: [A, { ...B, at: 25 }, C] }],
    ['the last heading’s time', { sections: [A, B, { ...C, at: 31 }] }],
    [
      'every time, by an hour',
      { sections: [A, B, C].map(one => ({ ...one, at: one.at + 60 })), started: 60 },
    ],
    [
      'every time, by as much as lies between',
      { sections: [A, B, C].map(one => ({ ...one, at: one.at + 20 })) },
    ],
    ['`started`, earlier', { sections: [A, B, C], started: -20 }],
    ['`started` with the first heading', { sections: [{ ...A, at: -30 }, B, C], started: -30 }],
    ['a typo', { sections: [A, { ...B, words: B.words.replace('full', 'ful') }, C] }],
    ['other words', { sections: [A, B, { ...C, words: 'Looks good.' }] }],
    [
      'time and typo of the last',
      { sections: [A, B, { ...C, at: 33, words: C.words.replace('rate', 'rates') }] },
    ],
    [
      'time and all words in the middle',
      { sections: [A, { ...B, at: 27, words: 'Quite another cause.' }, C] },
    ],
    ['a label', { sections: [A, { ...B, label: 'Update' }, C] }],
    ['the order', { sections: [C, B, A] }],
    ['a section taken out', { sections: [A, C] }],
    ['two at the same minute', { sections: [A, { ...B, at: 40 }, C] }],
    ['two at the same minute, the other way round', { sections: [A, C, { ...B, at: 40 }] }],
  ])('%s', (_, corrected) => {
    const { round, keys } = server();
    expect(round({ sections: [A, B, C] })).toHaveLength(3);
    expect(round(corrected)).toEqual([]);
    expect(round({ sections: [A, B, C] })).toEqual([]);
    expect(keys[2]).toEqual(keys[0]);
    // And what is added next is news.
    expect(round({ ...corrected, sections: [...corrected.sections, { ...NEW, at: 110 }] })).toEqual([
      `update: ${NEW.words}`,
    ]);
  });
});

describe('news', () => {
  test.each<[string, readonly Section[], readonly string[]]>([
    ['one in place of another', [A, B, NEW], [NEW.words]],
    ['one at the time that another had before', [A, B, { ...C, at: 50 }, { ...NEW, at: 40 }], [NEW.words]],
    ['one in the minute of another', [A, B, C, { ...NEW, at: 40 }], [NEW.words]],
    ['the same words again', [A, B, C, { ...C, at: 70 }], [C.words]],
    ['one between two', [A, { ...NEW, at: 10 }, B, C], [NEW.words]],
    ['beside a correction', [A, { ...B, at: 22 }, { ...C, words: `${C.words}!` }, NEW], [NEW.words]],
  ])('%s', (_, sections, told) => {
    const { round } = server();
    round({ sections: [A, B, C] });
    expect(round({ sections })).toEqual(told.map(words => `update: ${words}`));
    expect(round({ sections })).toEqual([]);
  });

  test('a section that comes back is not; nor is a copy until it says something of its own', () => {
    const { round } = server();
    round({ sections: [A, B, C] });
    expect(round({ sections: [A] })).toEqual([]);
    expect(round({ sections: [A, B, { ...C, at: 44 }] })).toEqual([]);
    expect(round({ sections: [A, B, C, C] })).toEqual([]);
    expect(round({ sections: [A, B, C, NEW] })).toEqual([`update: ${NEW.words}`]);
  });

  const D = { at: 45, label: 'Update', words: 'A bad deploy is the cause.' };
  test.each<[string, Section]>([
    ['as it was', D],
    ['with another time', { ...D, at: 41 }],
    ['with another time and word', { ...D, at: 41, words: 'A bad deploy was the cause.' }],
    ['at its time, in other words', { ...D, words: 'A faulty deploy is the reason.' }],
  ])(
    'a short section that was taken out comes back %s: the old one; what stands beside it is news',
    (_, back) => {
      const { round, keys } = server();
      round({ sections: [A, B, D] });
      for (const sections of [
        [A, B],
        [A, B, back],
        [A, B],
        [A, { ...back, at: 30 }, B],
      ])
        expect(round({ sections })).toEqual([]);
      expect(keys[4]).toContain(keys[0]![2]);
      const again = { ...back, at: 58 };
      expect(round({ sections: [A, { ...back, at: 30 }, B, again] })).toEqual([`update: ${back.words}`]);
      expect(round({ sections: [A, B, again] })).toEqual([]);
    },
  );

  test('of a machine, the same short words at another time are news, and a person’s section beside them is not', () => {
    const machine = (...lines: readonly string[]) => {
      const front = 'title: API down\nseverity: major\nstarted: 2026-11-28T10:00:00Z\nstatus: investigating';
      const text = `---\n${front}\nopened_by: probe:api\n---\n\n${lines.map(line => `## ${line}\n`).join('\n')}`;
      return parseIncident('x.md', 'x', text).value!;
    };
    const [begun, mine] = ['Investigating 2026-11-28 10:00 UTC\nAPI fails.', 'Update 11:00 UTC\nWe look.'];
    const failed = 'Update 2026-11-28 10:30 UTC\nDatabase fails.';
    let known: KnownIncident = { key: 'x', id: 'x', former: [], updates: [], gone: [] };
    const keys = (...lines: readonly string[]) => {
      const { named, record } = recognise(known, machine(...lines));
      known = record;
      return named.updates.map(({ key }) => key.slice(11));
    };
    keys(begun, failed, mine);
    keys(begun);
    const back = [mine.replace('11:00', '11:20'), failed.replace('10:30', '12:30')] as const;
    expect(keys(begun, ...back)).toEqual(['10:00:00Z#0', '11:00:00Z#0', '12:30:00Z#0']);
  });

  test('a section typed while it is saved is told once', () => {
    const { round } = server();
    round({ sections: [A] });
    const told = Array.from({ length: NEW.words.length + 1 }, (_, length) =>
      round({ sections: [A, { ...NEW, words: NEW.words.slice(0, length) }] }),
    );
    expect(told.flat()).toHaveLength(1);
  });
});

describe('the end', () => {
  const R = { at: 50, label: 'Resolved', words: 'All requests are answered again.' };
  test.each<[string, Written, string]>([
    ['a section', { sections: [A, R], end: 50 }, R.words],
    ['the front matter alone', { sections: [A], end: 50 }, ''],
    ['a plain section at its time', { sections: [A, { ...R, label: 'Update' }], end: 50 }, R.words],
  ])('by %s is told once, and again after a reopening', (_, over, words) => {
    const { round } = server();
    round({ sections: [A] });
    expect(round(over)).toEqual([`end: ${words}`]);
    for (const end of [49, 52, 50]) expect(round({ ...over, end })).toEqual([]);
    // Words for an end that was told without any are told; other words for one are a correction.
    const late = { sections: [A, { ...R, at: 45, words: 'It works.' }], end: 45 };
    expect(round(late)).toEqual(words === '' ? ['none: It works.'] : []);
    expect(round({ sections: [A], end: 45 })).toEqual([]);
    expect(round(over)).toEqual([]);
    const open = { sections: over.sections };
    expect(round(open)).toEqual(['reopening: ']);
    expect(round(open)).toEqual([]);
    expect(round(over)).toEqual([`end: ${words}`]);
    const again = { ...NEW, label: 'Investigating', words: 'It is back.' };
    expect(round({ sections: [...over.sections, again] })).toEqual(['reopening: It is back.']);
    const second = { ...R, at: 70, words: 'Now it is over.' };
    expect(round({ sections: [...over.sections, again, second], end: 70 })).toEqual(['end: Now it is over.']);
    expect(round({ sections: [...over.sections, again, second], end: 71 })).toEqual([]);
  });

  test('that came twice while nobody looked is told twice', () => {
    const { round } = server();
    round({ sections: [A] });
    round({ sections: [A, R], end: 50 });
    const again = { ...NEW, label: 'Investigating', words: 'It is back.' };
    const second = { ...R, at: 70, words: 'Now it is over.' };
    const all = { sections: [A, R, again, second], end: 70 };
    expect(round(all)).toEqual(['update: It is back.', 'end: Now it is over.']);
    expect(
      round({ ...all, sections: [A, R, again, { ...second, at: 69, words: 'Gone.' }], end: 69 }),
    ).toEqual([]);
  });

  test('whose words were told as an early word is told as the end', () => {
    const { round } = server();
    round({ sections: [A] });
    expect(round({ sections: [A, R] })).toEqual([`update: ${R.words}`]);
    expect(round({ sections: [A, R], end: 50 })).toEqual([`end: ${R.words}`]);
  });
});

describe('a file under another name', () => {
  const read = (written: Written) => parseIncident('y.md', 'y', fileOf({ ...written, id: 'y' })).value!;
  const known = (written: Written) => {
    const one = parseIncident('x.md', 'x', fileOf(written)).value!;
    return recognise({ key: 'x', id: 'x', former: [], updates: [], gone: [] }, one).record;
  };
  const earlier = [A, B].map(one => ({ ...one, at: one.at - 1440 }));
  test.each<[string, Written, Written, boolean, boolean]>([
    ['the same', { sections: [A, B] }, { sections: [A, B] }, true, true],
    ['with a typo corrected', { sections: [B] }, { sections: [{ ...B, words: `${B.words}!` }] }, true, true],
    ['with one more', { sections: [A] }, { sections: [A, NEW] }, true, true],
    ['a day corrected too', { sections: [A, B] }, { sections: earlier, started: -1440 }, true, false],
    [
      'the words of another time',
      { sections: [A, B, C] },
      { sections: [{ ...A, at: 100 }], started: 90 },
      false,
      false,
    ],
    [
      'its words alone',
      { sections: [A, B] },
      { title: 'Other', sections: earlier, started: -1440 },
      false,
      false,
    ],
    ['its words and start', { sections: [{ ...A, at: 5 }] }, { title: 'Other', sections: [A] }, true, false],
    [
      'its words and title, open, while it was over',
      { sections: [{ ...A, at: -1440 }], started: -1440, end: -1400 },
      { sections: [A] },
      false,
      false,
    ],
    [
      'its words and title, and both are over',
      { sections: [{ ...A, at: -1440 }], started: -1440, end: -1400 },
      { sections: [A], end: 5 },
      true,
      false,
    ],
    ['other words at the same time', { sections: [A] }, { sections: [{ ...NEW, at: 0 }] }, true, true],
    [
      'other words and title at the same time',
      { sections: [A] },
      { title: 'SSO outage', sections: [{ ...NEW, at: 0 }] },
      false,
      false,
    ],
    [
      'other words, another title and time',
      { sections: [A] },
      { title: 'SSO outage', sections: [{ ...NEW, at: 5 }] },
      false,
      false,
    ],
    [
      'another word, time and title, with the same start',
      { sections: [A] },
      { sections: [{ ...A, at: 5, words: A.words.replace('some', 'many') }] },
      true,
      true,
    ],
  ])('%s', (_, before, after, justGone, later) => {
    expect(isSameIncident(known(before), read(after), true)).toBe(justGone);
    expect(isSameIncident(known(before), read(after), false)).toBe(later);
  });

  test.each([
    ['with it', true],
    ['in the same commits', true],
    ['just now', false],
  ] as const)('other words and title, and the old file went %s', (went, isSame) => {
    const after = read({ title: 'SSO outage', sections: [{ ...NEW, at: 0 }] });
    expect(renamedFrom([known({ sections: [A] })], [after], () => went).size === 1).toBe(isSame);
  });

  const MONTH = 30 * 1440;
  const later = (by: number, end: number | null = null) => ({
    started: by,
    sections: [{ ...A, at: by }],
    end: end === null ? null : by + end,
  });
  test.each<[string, readonly Written[], Written, boolean]>([
    ['open, after it was over', [later(-MONTH, 60)], later(0), true],
    ['open, after it was over today', [later(-90, 60)], later(0), true],
    ['open again, with the same start', [later(-90, 60)], later(-90), false],
    ['open again, its start corrected', [{ ...later(-90, 60), sections: [A] }], later(-60), false],
    ['open, its date corrected by a month', [later(-MONTH)], later(0), true],
    ['over, its date corrected by a month', [later(-MONTH, 60)], later(0, 60), true],
    ['its date mistyped, and corrected back', [later(0), later(-MONTH)], later(0), false],
    ['its date corrected to another old one', [later(-MONTH)], later(-20 * 1440), false],
    ['its start corrected by hours', [later(-300)], later(0), false],
  ])('used again for another incident: %s', (_, before, after, isUsed) => {
    const record = before.reduce(
      (known, written) => recognise(known, parseIncident('x.md', 'x', fileOf(written)).value!).record,
      { key: 'x', id: 'x', former: [], updates: [], gone: [] } as KnownIncident,
    );
    const read = parseIncident('x.md', 'x', fileOf(after)).value!;
    expect(isUsedAgain(record, read, NOW)).toBe(isUsed);
    expect(isUsedAgain(record, { ...read, openedBy: 'probe:api' }, NOW)).toBe(false);
  });

  test('a machine’s words are no sign', () => {
    const machine = { ...read({ sections: earlier, started: -1440 }), openedBy: 'probe:api' };
    expect(isSameIncident(known({ sections: [A, B] }), machine, true)).toBe(false);
  });
});

test('outages of two checks in one second are two incidents, though their words differ in the name alone', () => {
  const outage = (source: string | null, name: string) => ({
    ...parseIncident('x.md', 'x', fileOf({ sections: [{ ...A, words: `${name} ${FAILS}` }] })).value!,
    openedBy: source,
  });
  const before = recognise(
    { key: 'x', id: 'x', former: [], updates: [], gone: [] },
    outage('probe:c06', 'Cx06'),
  ).record;
  const isSame = (source: string | null, name: string) => isSameIncident(before, outage(source, name), true);
  expect(isSame('probe:c12', 'Cx12')).toBe(false);
  expect(isSame('probe:c12, probe:c06', 'Cx06')).toBe(true);
  // A person took it over, and it is theirs now.
  expect(isSame(null, 'Cx06')).toBe(true);
});

const FAILS = 'is not responding: it answered HTTP 503 three times in a row. We are looking into it.';

describe('whatever an operator does', () => {
  const word = fc.constantFrom(
    ...'disk queue login export cache region payment search mail worker'.split(' '),
  );
  const said = fc.array(word, { minLength: 6, maxLength: 10 }).map(words => words.join(' '));
  const deed = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        words: said,
        gap: fc.integer({ min: 0, max: 9 }),
      }),
    },
    fc.record({ do: fc.constant('retime' as const), which: fc.nat(), by: fc.integer({ min: -40, max: 40 }) }),
    fc.record({
      do: fc.constant('retype' as const),
      which: fc.nat(),
      more: fc.constantFrom('!', ' now', ' (sic)'),
    }),
    fc.record({ do: fc.constant('rewrite' as const), which: fc.nat(), words: said }),
    fc.record({
      do: fc.constant('label' as const),
      which: fc.nat(),
      label: fc.constantFrom('Update', 'Identified', 'Monitoring'),
    }),
    fc.record({ do: fc.constant('remove' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('turn' as const) }),
    fc.record({ do: fc.constant('start' as const), by: fc.integer({ min: -30, max: 0 }) }),
    fc.record({ do: fc.constant('again' as const) }),
    fc.record({ do: fc.constant('end' as const) }),
    fc.record({ do: fc.constant('reopen' as const) }),
    fc.record({ do: fc.constant('retime end' as const), by: fc.integer({ min: -5, max: 5 }) }),
  );

  /** Words of a section's own: what reads nearly like one that was taken out is that one. */
  const ownWords = (words: string, by: number) =>
    words.replace(/[a-z]/g, letter => String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + by) % 26)));

  test('each section added is told once, each end and reopening too, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 25 }), deeds => {
        const { round } = server();
        let serial = 0;
        let written: Written & { readonly sections: readonly Section[] } = {
          sections: [{ ...A, words: 'number 0' }],
          started: 0,
          end: null,
        };
        const told = round(written);
        const owed = ['update: number 0'];
        const change = (which: number, over: (one: Section) => Partial<Section>) => {
          const { sections } = written;
          const at = which % sections.length;
          written = {
            ...written,
            sections: sections.map((one, i) => (i === at ? { ...one, ...over(one) } : one)),
          };
        };
        for (const one of deeds) {
          const { sections, end = null } = written;
          const latest = Math.max(...sections.map(({ at }) => at), end ?? 0);
          if (one.do === 'add' && end === null) {
            serial++;
            const words = `number ${serial}: ${ownWords(one.words, serial)}`;
            const added = { at: Math.min(latest + one.gap, 450), label: 'Update', words };
            written = { ...written, sections: [...sections, added] };
            owed.push(`update: ${words}`);
          } else if (one.do === 'retime') {
            // Not before the first, nor after what is next.
            if (one.which % sections.length > 0 && end === null)
              change(one.which, ({ at }) => ({ at: Math.min(450, Math.max(sections[0]!.at, at + one.by)) }));
          } else if (one.do === 'retype')
            change(one.which, ({ words }) => ({ words: `${words}${one.more}` }));
          else if (one.do === 'rewrite')
            change(one.which, ({ words }) => {
              const number = words.split(':')[0]!;
              return { words: `${number}: ${ownWords(one.words, Number(/\d+/.exec(number)))}` };
            });
          else if (one.do === 'label' && one.which % sections.length > 0 && end === null)
            change(one.which, () => ({ label: one.label }));
          else if (one.do === 'remove' && one.which % sections.length > 0)
            written = {
              ...written,
              sections: sections.filter((_, at) => at !== one.which % sections.length),
            };
          else if (one.do === 'start') written = { ...written, started: Math.min(0, one.by) };
          else if (one.do === 'end' && end === null) {
            written = { ...written, end: Math.min(latest + 3, 460) };
            owed.push('end: ');
          } else if (one.do === 'reopen' && end !== null) {
            written = { ...written, end: null };
            owed.push('reopening: ');
          } else if (one.do === 'retime end' && end !== null) {
            written = {
              ...written,
              end: Math.max(end + one.by, Math.max(...sections.map(({ at }) => at)) + 1),
            };
          }
          told.push(...round(written));
        }
        expect(told.toSorted()).toEqual(owed.toSorted());
      }),
      { numRuns: 400 },
    );
  });
});
