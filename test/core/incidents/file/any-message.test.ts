// Any message, by every way to write: what is printed is read again as it was meant.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeChange, writeOpen, writeUpdate } from '../../../../src/core/incidents/api/edits.ts';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import {
  type Addition,
  addUpdate,
  printIncident,
  updated,
} from '../../../../src/core/incidents/file/print.ts';
import { parseInstant } from '../../../../src/core/model/time.ts';
import { component, site as siteOf } from '../../../makers.ts';

const AT = parseInstant('2025-11-06T14:30:00Z') as number;
const MINUTE = 60_000;

/** What may end, cut or hide what stands around it. */
const NASTY = [
  ...['<<<<<<< HEAD', '<<<<<<<', '||||||| base', '=======', '>>>>>>> topic', '>>>>>>>'],
  ...['<<<<<<< HEAD\n=======\n>>>>>>> x', '\u2028<<<<<<< HEAD\u2028=======\u2028>>>>>>> x'],
  ...['---', '--- ', '...', '\uFEFF---', '---\ntitle: x\n---', '%YAML 1.2'],
  ...['## Update 15:00 UTC', '## Resolved 2025-11-06 15:00 UTC', '## Update 25:99 UTC', '## Maybe 15:00'],
  ...[
    '## Resolved',
    '## 15:00 UTC',
    '##\u00a0Update 15:00 UTC',
    ' ## Update 15:00 UTC',
    '# Update 15:00 UTC',
  ],
  ...['## Post-mortem', '## Postmortem', '## Resolved 2025-02-30 15:00 UTC', '## Nov 6, 15:00 UTC Resolved'],
  ...['<!-- note -->', '<!--', '-->', '--!>', '<!-- a <!-- b -->', '<!-->', '<!--\n## Update 15:00 UTC\n-->'],
  ...['```', '~~~', '````', '```js', '- ```', '> ```', '    ```', '`', '``'],
  ...['severity: minor', 'severity: none', 'components: [', 'next_update: never', 'notify: false', '- a'],
  ...['# x', '"', "'", '\\', '\n', '\r', '\r\n', ' ', '\t', '\u0000', '\u0085', '\u2029', '{{', 'words'],
];
const grouped = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', ' ', '', '\u2028');
const message = fc
  .array(
    fc.tuple(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 8 })), grouped),
    {
      maxLength: 10,
    },
  )
  // The words at both ends must come through.
  .map(parts => `alpha\n${parts.map(part => part.join('')).join('')}\nomega`);

const read = (text: string) => {
  const { value, problems } = parseIncident('x.md', 'x', text);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
  expect(value?.isPartlyUnreadable).toBeUndefined();
  return value!;
};
const said = expect.stringMatching(/^alpha\s[\s\S]*omega/);
const create = (message: string, later: Addition[] = [], postmortem?: string) =>
  printIncident({
    title: 'Slow sign-in',
    status: 'investigating',
    severity: 'major',
    started: AT,
    components: ['api'],
    openedBy: 'generic:x',
    message,
    later,
    ...(postmortem === undefined ? {} : { postmortem }),
  });
const addition = (message: string, minutes: number, over: Partial<Addition> = {}): Addition => ({
  status: 'identified',
  at: AT + minutes * MINUTE,
  message,
  ...over,
});

describe('whatever the message', () => {
  test('a new file is read as it was meant, with all that is told later and the post-mortem', () => {
    fc.assert(
      fc.property(message, message, message, (first, later, postmortem) => {
        const value = read(create(first, [addition(later, 5)], postmortem));
        expect(value).toMatchObject({
          title: 'Slow sign-in',
          status: 'identified',
          openedBy: 'generic:x',
        });
        expect(value.components).toEqual([{ id: 'api', status: null }]);
        expect(value.updates.map(({ at, status, body }) => ({ at, status, body }))).toEqual([
          { at: AT, status: 'investigating', body: said },
          { at: AT + 5 * MINUTE, status: 'identified', body: said },
        ]);
        expect(value.postmortem).toEqual(said);
        for (const one of value.updates) expect([one.change, one.promised, one.quiet]).toEqual(Array(3));
      }),
      { numRuns: 300 },
    );
  });

  test.each(['above', 'below'])(
    'updates put %s what stands there are read, and change nothing else',
    side => {
      fc.assert(
        fc.property(message, message, message, (first, second, third) => {
          const later = side === 'below' ? [] : [addition('Found.', 1)];
          const before = read(create(first, later)).updates;
          let text = create(first, later);
          text = updated(text, addition(second, 5, { status: 'monitoring' })) ?? expect.fail('not written');
          text = updated(text, addition(third, 6, { status: 'resolved' })) ?? expect.fail('not written');
          text = updated(text, addition('More.', 7, { afterwards: 'update' })) ?? expect.fail('not written');
          const value = read(text);
          expect(value).toMatchObject({ status: 'resolved', resolved: AT + 6 * MINUTE, postmortem: null });
          expect(value.updates.slice(0, before.length)).toEqual(before);
          expect(value.updates.slice(before.length).map(({ status, body }) => [status, body])).toEqual([
            ['monitoring', said],
            ['resolved', said],
            ['resolved', 'More.'],
          ]);
        }),
        { numRuns: 150 },
      );
    },
  );

  test('in a file of an operator’s that holds half of git’s marks already', () => {
    const half = '---\ntitle: x\nstatus: monitoring\nseverity: minor\nstarted: 2025-11-06T14:30:00Z\n---\n';
    const ours = ['<<<<<<< HEAD', '=======', '>>>>>>> x', '<<<<<<< HEAD\n======='];
    fc.assert(
      fc.property(fc.constantFrom(...ours), fc.boolean(), message, (mark, onTop, words) => {
        const file = onTop
          ? `${half}${mark}\n`
          : `${half}## Update 14:31 UTC\nA.\n\n## Update 14:30 UTC\n${mark}\n`;
        const value = read(updated(file, addition(words, 5)) ?? expect.fail('not written'));
        expect(value.updates.at(-1)).toMatchObject({ status: 'identified', body: said });
      }),
    );
  });
});

test('the writing API: written whole, or refused, and asked again it is written once', () => {
  fc.assert(
    fc.property(message, message, message, (first, second, third) => {
      const site = siteOf({ components: [component('api')] });
      const body = { title: 'Slow', status: 'investigating', severity: 'minor', message: first } as const;
      const opened = writeOpen(
        { ...body, components: ['api'] },
        site,
        { at: AT, again: false },
        () => undefined,
        () => false,
      );
      if (opened.kind !== 'create') return expect.fail(opened.kind);
      let text = opened.text;
      const asked = (minutes: number, again = false) => ({ at: AT + minutes * MINUTE, again });
      const more = (minutes: number, again: boolean) =>
        writeUpdate(opened.id, { message: second }, asked(minutes, again), () => text);
      const end = (minutes: number, again: boolean) =>
        writeChange(
          opened.id,
          { status: 'resolved', message: third },
          site,
          asked(minutes, again),
          () => text,
        );
      for (const [minutes, write] of [
        [5, more],
        [6, end],
      ] as const) {
        const writing = write(minutes, false);
        if (writing.kind !== 'replace') return expect.fail(writing.kind);
        text = writing.text;
        expect(write(minutes, true)).toEqual({ kind: 'done', id: opened.id });
      }
      expect(read(text).updates.map(({ status, body }) => [status, body])).toEqual([
        ['investigating', said],
        ['investigating', said],
        ['resolved', said],
      ]);
    }),
    { numRuns: 300, examples: [['alpha\n<!--\n\nomega', 'alpha\n<!--\n<!-->\n\nomega', 'alpha\n\nomega']] },
  );
});

test('git’s marks stay what they are for readers, in prose and in code', () => {
  const [prose, code] = [
    'Git says:\n<<<<<<< HEAD\nA\n=======\nB\n>>>>>>> x',
    '```\n<<<<<<< HEAD\n>>>>>>>\n```',
  ];
  const bodyOf = (message: string) => read(create(message)).updates[0]!.body;
  expect(bodyOf(prose)).toBe('Git says:\n\\<<<<<<< HEAD\nA\n\\=======\nB\n\\>>>>>>> x');
  expect(bodyOf(code)).toBe('```\n <<<<<<< HEAD\n >>>>>>>\n```');
  expect(bodyOf('Git:\n<<<<<<<< HEAD\nA')).toBe('Git:\n\\<<<<<<<< HEAD\nA');
  // Others are what they always were: a heading, a quote.
  const plain = 'Title\n=======\n\n> quoted\n\n<<<<<< six\n>>>>>> six';
  expect(bodyOf(plain)).toBe(plain);
});

test('more headings than are read, and more lines, leave the file readable', () => {
  for (const words of [
    '## Impact\n'.repeat(1800),
    '## 15:00 UTC\n'.repeat(1500),
    '\n'.repeat(19_000),
    'x\n'.repeat(9990),
  ]) {
    const text = create(`alpha\n${words}omega`.slice(0, 20_000));
    expect(read(text).updates).toHaveLength(1);
    expect(addUpdate(text, addition(words.trim(), 5))).not.toBe(text);
    expect(
      read(updated(text, addition(`alpha\n${words}`.slice(0, 20_000), 5)) ?? expect.fail('no')).updates,
    ).toHaveLength(2);
  }
});
