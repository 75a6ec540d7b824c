// Merging by sections: whatever two clones and the machine did to one file, nothing is lost that nobody deleted.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { type Merged, mergeIncident, type Side } from '../../../../src/core/incidents/merge/merge.ts';
import { cutIncident } from '../../../../src/core/incidents/merge/units.ts';

const FILE = `---
# who: the team
title: API Down
status: investigating # as of now
severity: critical
started: 2026-03-10T11:00:00Z
components: [api]
---

## Investigating 2026-03-10 11:00:00 UTC
We look.
`;
const added = (text: string, section: string) => text.replace('---\n\n##', `---\n\n${section}\n\n##`);
const merged = (base: string | null, ours: string, theirs: string, machine: Side | null = null) => {
  const found = mergeIncident(base, ours, theirs, machine);
  if (found?.kind !== 'merged') throw new Error(JSON.stringify(found));
  return found.text;
};
const conflict = (base: string | null, ours: string, theirs: string, machine: Side | null = null) =>
  mergeIncident(base, ours, theirs, machine);
const RESOLVED = added(FILE, '## Resolved 2026-03-10 11:20:00 UTC\nIt answers again.').replace(
  'status: investigating # as of now',
  'status: resolved # as of now\nresolved: 2026-03-10T11:20:00Z',
);

describe('each unit by itself', () => {
  test('a section here, a key there: both stand, every other byte as it was', () => {
    const ours = added(FILE, '## Identified 2026-03-10 11:10:00 UTC\nThe deploy.');
    const theirs = FILE.replace('severity: critical', 'severity: minor # lower');
    const both = ours.replace('severity: critical', 'severity: minor # lower');
    expect(merged(FILE, ours, theirs)).toBe(both);
    expect(merged(FILE, theirs, ours)).toBe(both);
  });

  test.each([
    ['newest first', added(FILE, '## Update 11:10 UTC\nA.'), added(FILE, '## Update 11:20 UTC\nB.'), 'B A W'],
    ['oldest first', `${OLD('W')}${sec('11:10', 'A')}`, `${OLD('W')}${sec('11:20', 'B')}`, 'W A B'],
    ['over midnight', `${OLD('W')}${sec('23:50', 'A')}`, `${OLD('W')}${sec('23:55', 'B')}`, 'W A B'],
    [
      'the same heading',
      added(FILE, '## Update 11:10 UTC\nA.'),
      added(FILE, '## Update 11:10 UTC\nB.'),
      null,
    ],
  ])('both added a section, %s: both stay', (_, ours, theirs, order) => {
    const base = ours.includes('We look') ? FILE : OLD('W');
    for (const text of [merged(base, ours, theirs), merged(base, theirs, ours)]) {
      const said = [...text.matchAll(/^(?:(A|B|W)\.|We look\.)$/gm)].map(([, word]) => word ?? 'W');
      if (order === null) expect(said.sort()).toEqual(['A', 'B', 'W']);
      else expect(said.join(' ')).toBe(order);
      expect(parseIncident('', '', text).value?.updates).toHaveLength(3);
    }
  });

  test('the names of updates that are recorded stay', () => {
    const ours = added(FILE, '## Update 2026-03-10 11:10:00 UTC\nOurs, mailed already.');
    const theirs = added(FILE, '## Update 2026-03-10 11:10:00 UTC\nTheirs.');
    const names = (text: string) =>
      parseIncident('', '', text).value!.updates.map(({ key, body }) => `${key} ${body}`);
    for (const name of names(ours)) expect(names(merged(FILE, ours, theirs))).toContain(name);
  });

  test('a deletion is one, an edit outlives it', () => {
    const two = added(FILE, '## Update 11:10 UTC\nMore.');
    const edited = two.replace('More.', 'More, and more.');
    expect(merged(two, FILE, two.replace('critical', 'minor'))).toBe(FILE.replace('critical', 'minor'));
    const notes = ['one side removed "## Update 11:10 UTC", the other changed it: it stays'];
    for (const [ours, theirs] of [
      [FILE, edited],
      [edited, FILE],
    ] as const)
      expect(mergeIncident(two, ours, theirs)).toMatchObject({
        kind: 'merged',
        text: expect.stringContaining('More, and more.'),
        notes,
      });
    const without = FILE.replace('components: [api]\n', '');
    expect(merged(FILE, without, FILE.replace('minor', 'x').replace('We look.', 'We looked.'))).toBe(
      without.replace('We look.', 'We looked.'),
    );
    expect(merged(FILE, without, FILE.replace('[api]', '[api, web]'))).toContain('components: [api, web]');
  });

  test('comments, empty lines, line ends and what nobody knows stay as they are', () => {
    const strange = FILE.replace('severity', '# seen by Olga\nx-team:\n  - a # first\n\nseverity').replace(
      'We look.',
      'We look.  \n<!-- not for visitors\n-->\n<b>raw</b>\n\n```\n## Update 10:00 UTC\n```',
    );
    const ours = added(strange, '## Update 11:10 UTC\nMore.');
    const theirs = `${strange}\n## Post-mortem\nIt was us.\n`;
    expect(merged(strange, ours, theirs)).toBe(`${ours}\n## Post-mortem\nIt was us.\n`);
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    expect(merged(crlf(strange), crlf(ours), crlf(theirs))).toBe(
      crlf(`${ours}\n## Post-mortem\nIt was us.\n`),
    );
    // One side only converted the line ends, the other wrote.
    const turned = merged(strange, crlf(strange), ours);
    expect(turned.replaceAll('\r\n', '\n')).toBe(ours);
    const marked = `\uFEFF${FILE}`;
    expect(merged(FILE, marked, FILE.replace('We look.', 'We looked.'))).toBe(
      marked.replace('We look.', 'We looked.'),
    );
  });

  test('the same key or the same words changed by both: a conflict that names the unit', () => {
    const severity = (word: string) => FILE.replace('severity: critical', `severity: ${word}`);
    expect(conflict(FILE, severity('minor'), severity('major'))).toEqual({
      kind: 'conflict',
      units: ['`severity`'],
    });
    const says = (words: string) => FILE.replace('We look.', words);
    expect(conflict(FILE, says('The disk.'), says('The network.'))).toEqual({
      kind: 'conflict',
      units: ['"## Investigating 2026-03-10 11:00:00 UTC"'],
    });
    // The same value written another way is no conflict.
    expect(merged(FILE, severity('minor'), severity('"minor"'))).toBe(severity('minor'));
    expect(conflict(null, FILE, severity('minor'))).toMatchObject({ units: ['`severity`'] });
    expect(merged(null, FILE, added(FILE, '## Update 11:10 UTC\nMore.'))).toContain('More.');
  });

  test.each<[which: string, early: string, late: string, isOne: boolean]>([
    ['seconds apart', '2026-03-10T11:20:00Z', '2026-03-10T11:20:42Z', true],
    ['written in two ways', '2026-03-10 11:20 UTC', '2026-03-10T11:20:42Z', true],
    ['minutes apart', '2026-03-10T11:20:00Z', '2026-03-10T11:22:00Z', false],
    ['of which one is none', '2026-03-10T11:20:00Z', 'soon', false],
  ])('two people end it, %s', (_, early, late, isOne) => {
    const end = (at: string, words: string) =>
      added(FILE, `## Resolved 2026-03-10 11:20:00 UTC\n${words}`).replace(
        'status: investigating',
        `status: resolved\nresolved: ${at}`,
      );
    const [one, other] = [end(early, 'By one.'), end(late, 'By the other.')];
    for (const [ours, theirs] of [[one, other] as const, [other, one] as const]) {
      const found = conflict(FILE, ours, theirs);
      if (!isOne) expect(found).toEqual({ kind: 'conflict', units: ['`status` and `resolved`'] });
      if (found?.kind !== 'merged') continue;
      expect(found.text).toContain(`resolved: ${early} #`);
      for (const words of ['By one.', 'By the other.']) expect(found.text).toContain(words);
    }
    if (isOne) expect(conflict(FILE, one, other)?.kind).toBe('merged');
  });

  test('an open code fence swallows nothing: a conflict', () => {
    const ours = `${FILE}\n## Update 11:10 UTC\n\`\`\`\nnever closed\n`;
    const theirs = `${FILE}\n## Update 11:20 UTC\nMore.\n`;
    for (const found of [conflict(FILE, ours, theirs), conflict(FILE, theirs, ours)]) {
      if (found?.kind === 'merged') expect(parseIncident('', '', found.text).value?.updates).toHaveLength(3);
      else expect(found).toMatchObject({ kind: 'conflict' });
    }
  });

  test('what is no incident is left to others', () => {
    for (const text of [
      'no front matter',
      '---\n{ title: a, status: b }\n---\n',
      '---\na: 1\na: 2\n---\n',
      '',
    ]) {
      expect(conflict(FILE, text, FILE.replace('We', 'They'))).toBeNull();
    }
  });
});

describe('where one side is the machine’s', () => {
  const identified = added(
    FILE.replace('investigating #', 'identified #'),
    '## Identified 2026-03-10 11:19:00 UTC\nThe deploy.',
  );

  test('a resolution and another key: no conflict', () => {
    const text = merged(FILE, RESOLVED, FILE.replace('critical', 'minor'));
    expect(text).toBe(RESOLVED.replace('critical', 'minor'));
  });

  test('a resolution and a person’s open status: both sections stay, it is open', () => {
    expect(conflict(FILE, RESOLVED, identified)).toMatchObject({ units: ['`status` and `resolved`'] });
    for (const text of [
      merged(FILE, RESOLVED, identified, 'ours'),
      merged(FILE, identified, RESOLVED, 'theirs'),
    ]) {
      expect(text).toContain('The deploy.');
      expect(text).toContain('It answers again.');
      expect(parseIncident('', '', text).value).toMatchObject({ status: 'identified', resolved: null });
    }
  });

  test('the machine opens again what a person ends at once: open', () => {
    const byHand = RESOLVED.replace('11:20:00Z', '11:25:00Z');
    const again = FILE.replace('investigating #', 'monitoring #');
    expect(parseIncident('', '', merged(RESOLVED, byHand, again, 'theirs')).value?.status).toBe('monitoring');
    expect(parseIncident('', '', merged(RESOLVED, again, byHand, 'ours')).value?.status).toBe('monitoring');
  });

  test('of any other key, and of two ends, the person’s stands', () => {
    const byHand = RESOLVED.replace('11:20:00Z', '11:25:00Z');
    expect(merged(FILE, RESOLVED, byHand, 'ours')).toContain('resolved: 2026-03-10T11:25:00Z');
    const person = FILE.replace('[api]', '[]');
    expect(merged(FILE, FILE.replace('[api]', '[api, web]'), person, 'ours')).toBe(person);
  });
});

function sec(time: string, words: string): string {
  return `\n## Update ${time} UTC\n${words}.\n`;
}
function OLD(words: string): string {
  const front = FILE.slice(0, FILE.indexOf('\n##'));
  return `${front}${sec('11:05', words)}`;
}

interface Model {
  readonly keys: readonly (readonly [string, string])[];
  readonly sections: readonly { readonly heading: string; readonly words: string }[];
}
const print = ({ keys, sections }: Model) =>
  `---\n${keys.map(([key, value]) => `${key}: ${value}\n`).join('')}---\n\n${sections
    .map(({ heading, words }) => `## ${heading}\n${words}\n`)
    .join('\n')}`;
const headings = fc.constantFrom(
  ...['Update 11:00 UTC', 'Update 11:10 UTC', 'Identified 2026-03-10 11:10:00 UTC', 'Monitoring 23:59 UTC'],
  ...['Update 00:10 UTC', 'Post-mortem', 'Something else 11:30 UTC'],
);
/** Words that no other section has. */
let serial = 0;
const words = fc
  .array(fc.constantFrom('slow', 'disk', 'We look.', 'the deploy', '- a\n- b', '### more'), { maxLength: 4 })
  .map(list => `w${++serial} ${list.join(' ')}`);
const section = fc.record({ heading: headings, words });
const BASE = fc.record({
  keys: fc.constant<Model['keys']>([
    ['title', 'API Down'],
    ['status', 'investigating'],
    ['severity', 'major'],
    ['started', '2026-03-10T11:00:00Z'],
    ['components', '[api]'],
  ]),
  sections: fc.array(section, { maxLength: 5 }),
});
type Edit = (model: Model) => Model;
const at = fc.nat({ max: 5 });
const put = <T>(list: readonly T[], index: number, ...more: T[]) => [
  ...list.slice(0, index),
  ...more,
  ...list.slice(index),
];
const EDIT: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(at, section).map(
    ([index, one]): Edit =>
      m => ({ ...m, sections: put(m.sections, index, one) }),
  ),
  fc.tuple(at, words).map(
    ([index, text]): Edit =>
      m => ({
        ...m,
        sections: m.sections.map((one, i) => (i === index ? { ...one, words: `${one.words} ${text}` } : one)),
      }),
  ),
  at.map(
    (index): Edit =>
      m => ({ ...m, sections: m.sections.filter((_, i) => i !== index) }),
  ),
  fc.constant<Edit>(m => ({ ...m, sections: [...m.sections].reverse() })),
  fc
    .tuple(
      fc.constantFrom('title', 'severity', 'status', 'notify'),
      fc.constantFrom('minor', 'critical', 'identified'),
    )
    .map(
      ([key, value]): Edit =>
        m => ({ ...m, keys: [...m.keys.filter(([known]) => known !== key), [key, value]] }),
    ),
  fc.constantFrom('severity', 'components').map(
    (key): Edit =>
      m => ({ ...m, keys: m.keys.filter(([known]) => known !== key) }),
  ),
);
const EDITS = fc.array(EDIT, { maxLength: 4 });
const apply = (model: Model, edits: readonly Edit[]) => edits.reduce((now, edit) => edit(now), model);
const unitsOf = (text: string) => cutIncident(text)!.sections.map(({ same }) => same);
const MACHINE = fc.constantFrom<Side | null>('ours', 'theirs', null);
const OTHER: Record<Side, Side> = { ours: 'theirs', theirs: 'ours' };

describe('for any edits', () => {
  test('no section vanishes that nobody deleted, and nothing comes back that was deleted', () => {
    let merges = 0;
    fc.assert(
      fc.property(BASE, EDITS, EDITS, MACHINE, (model, mine, others, machine) => {
        const [base, ours, theirs] = [print(model), print(apply(model, mine)), print(apply(model, others))];
        const found = mergeIncident(base, ours, theirs, machine);
        if (found?.kind !== 'merged') return;
        merges++;
        const [b, o, t, m] = [base, ours, theirs, found.text].map(unitsOf) as [
          string[],
          string[],
          string[],
          string[],
        ];
        for (const one of [...o, ...t]) {
          const isDeleted = b.includes(one) && !(o.includes(one) && t.includes(one));
          expect(m.includes(one), `${one}\n---\n${found.text}`).toBe(!isDeleted);
        }
        for (const one of m) expect([...o, ...t]).toContain(one);
      }),
      { numRuns: 500 },
    );
    expect(merges).toBeGreaterThan(100);
  });

  test('one side alone is taken as it is; two alike are one; the order of the sides does not matter', () => {
    fc.assert(
      fc.property(BASE, EDITS, EDITS, MACHINE, (model, mine, others, machine) => {
        const [base, ours, theirs] = [print(model), print(apply(model, mine)), print(apply(model, others))];
        expect(mergeIncident(base, ours, base)).toEqual({ kind: 'merged', text: ours, notes: [] });
        expect(mergeIncident(base, base, ours)).toEqual({ kind: 'merged', text: ours, notes: [] });
        expect(mergeIncident(base, ours, ours)).toEqual({ kind: 'merged', text: ours, notes: [] });
        const there = facts(mergeIncident(base, ours, theirs, machine));
        expect(facts(mergeIncident(base, theirs, ours, machine && OTHER[machine]))).toEqual(there);
      }),
      { numRuns: 300 },
    );
  });

  function facts(found: Merged | null) {
    if (found?.kind !== 'merged') return found && { kind: found.kind, units: [...found.units].sort() };
    const { entries, preface } = cutIncident(found.text)!;
    const values = entries.map(({ key, value }) => `${key}: ${value}`).sort();
    return { values, preface: preface.same, sections: unitsOf(found.text).sort() };
  }

  test('a merge is never less open than the side that is the machine’s, or the person’s', () => {
    const STATE = fc.constantFrom('investigating', 'identified', 'monitoring', 'resolved');
    fc.assert(
      fc.property(STATE, STATE, STATE, fc.constantFrom<Side>('ours', 'theirs'), (b, o, t, machine) => {
        const as = (status: string) =>
          print({
            keys: [
              ...[
                ['title', 'T'],
                ['status', status],
                ['severity', 'major'],
                ['started', '2026-03-10T11:00:00Z'],
              ],
              ...(status === 'resolved' ? [['resolved', '2026-03-10T12:00:00Z']] : []),
            ] as unknown as Model['keys'],
            sections: [],
          });
        const text = merged(as(b), as(o), as(t), machine);
        const { status } = parseIncident('', '', text).value!;
        expect([o, t]).toContain(status);
        const changed = [o, t].filter(one => one !== b);
        if (changed.some(one => one !== 'resolved')) expect(status).not.toBe('resolved');
      }),
    );
  });
});
