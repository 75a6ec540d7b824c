// Front matter in every style an operator may write it: the machine's edit reads back as meant, or is not made.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { addUpdate, updated } from '../../../src/core/incidents/file/print.ts';
import { parseInstant } from '../../../src/core/model/time.ts';

const STARTED = '2026-03-10T12:00:00Z';
const UP = parseInstant('2026-03-10T13:00:00Z') as number;
const DOWN = parseInstant('2026-03-10T13:10:00Z') as number;

/** A key with its value in some style; `pad` is what a line that goes on begins with. */
const STYLES: Readonly<Record<string, (key: string, value: string, pad: string) => string[]>> = {
  plain: (key, value) => [`${key}: ${value}`],
  wide: (key, value) => [`${key}:   ${value}   `],
  'space before the colon': (key, value) => [`${key} : ${value}`],
  double: (key, value) => [`${key}: "${value}"`],
  single: (key, value) => [`${key}: '${value}'`],
  'quoted key': (key, value) => [`"${key}": ${value}`],
  commented: (key, value) => [`${key}: ${value} # as it is`],
  folded: (key, value, pad) => [`${key}: >-`, `${pad}${value}`],
  'folded, commented': (key, value, pad) => [`${key}: >- # as it is`, `${pad}${value}`],
  literal: (key, value, pad) => [`${key}: |-`, `${pad}${value}`],
  'literal, blank lines after': (key, value, pad) => [`${key}: |-`, `${pad}${value}`, '', ''],
  'next line': (key, value, pad) => [`${key}:`, `${pad}${value}`],
  anchored: (key, value) => [`${key}: &${key} ${value}`],
  tagged: (key, value) => [`${key}: !!str ${value}`],
};
const NONE_YET: readonly (readonly string[])[] = [
  [],
  ['resolved:'],
  ['resolved: '],
  ['resolved: # not yet'],
  ['resolved:    # not yet'],
  ['resolved : # not yet'],
  ['resolved: ~'],
  ['resolved: null # not yet'],
];

const style = fc.constantFrom(...Object.keys(STYLES));
const file = fc
  .record({
    status: style,
    started: style,
    none: fc.constantFrom(...NONE_YET),
    indent: fc.constantFrom('', '  ', '    '),
    comments: fc.boolean(),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
    eol: fc.constantFrom('\n', '\r\n', '\r'),
  })
  .map(({ status, started, none, indent, comments, order, eol }) => {
    const parts = [
      ['title: Shop Down', 'severity: critical'],
      STYLES[status]!('status', 'investigating', '  '),
      STYLES[started]!('started', STARTED, '  '),
      none,
      ['components:', '  - api', '  - { id: web, status: partial_outage }', 'opened_by: "uptimerobot:7"'],
    ];
    const lines = order.flatMap(index => [...(comments ? [`# part ${index}`] : []), ...parts[index]!]);
    const front = lines.map(line => (line === '' ? '' : indent + line));
    return ['---', ...front, '---', '', '## Investigating 2026-03-10 12:00:00 UTC', 'It is down.', ''].join(
      eol,
    );
  });

const read = (text: string) => parseIncident('x.md', 'x', text).value;

/** What a person wrote besides the two values, line by line. */
const others = (text: string) =>
  text
    .split(/\r?\n|\r/)
    .map(line => line.trim())
    .filter(line => /^(title|severity|components|- |opened_by|# part|It is down)/.test(line));

describe("a monitor's recovery and relapse", () => {
  test('are written whatever the style, and every other line stays', () => {
    fc.assert(
      fc.property(file, source => {
        expect(read(source)?.status).toBe('investigating');
        const over = updated(source, { status: 'resolved', at: UP, message: 'Up again.' }) as string;
        expect(read(over)).toMatchObject({ status: 'resolved', resolved: UP });
        expect(read(over)?.updates.at(-1)).toMatchObject({ at: UP, status: 'resolved', body: 'Up again.' });
        expect(read(over)?.components).toEqual(read(source)?.components);
        const again = updated(over, { status: 'investigating', at: DOWN, message: 'Down again.' }) as string;
        expect(read(again)).toMatchObject({ status: 'investigating', resolved: null });
        expect(read(again)?.updates.at(-1)?.body).toBe('Down again.');
        expect(others(over)).toEqual([...others(source)]);
        expect(others(again)).toEqual(others(source));
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ['an empty `resolved` with a comment', 'resolved: # not yet', 'resolved: 2026-03-10T13:00:00Z # not yet'],
    ['a flow map', '', ''],
  ])('%s', (name, before, after) => {
    const fields = `status: investigating\nstarted: ${STARTED}\n${before}`;
    const flow = `{ title: A, severity: minor, status: investigating, started: ${STARTED} }`;
    const front = name === 'a flow map' ? flow : `title: A\nseverity: minor\n${fields}`;
    const text = updated(`---\n${front}\n---\n`, { status: 'resolved', at: UP, message: '' });
    expect(text).toContain(after);
    expect(read(text as string)?.resolved).toBe(UP);
  });

  test.each([
    ['lines that end in two ways', (text: string) => text.replace('\n---\nW', '\r---\rW')],
    [
      'an end that another field refers to',
      (text: string) => text.replace('{{end}}', '&end 2026-03-10T12:30:00Z'),
    ],
  ])('into a file no machine can edit are refused, not half written: %s', (name, spoilt) => {
    const isOver = name.startsWith('an end');
    const fields = isOver
      ? 'status: resolved\nresolved: {{end}}\nnext_update: *end'
      : 'status: investigating';
    const source = spoilt(`---\ntitle: A\nseverity: minor\nstarted: ${STARTED}\n${fields}\n---\nWords.\n`);
    expect(read(source)).not.toBeNull();
    const status = isOver ? 'investigating' : 'resolved';
    const addition = { status, at: UP, message: 'New.' } as const;
    expect(read(addUpdate(source, addition))?.status).not.toBe(status);
    expect(updated(source, addition)).toBeNull();
  });
});
