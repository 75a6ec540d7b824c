// The quick reader of plain YAML never says anything else than the whole parser.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWholeYaml } from '../../../src/core/text/yaml.ts';
import { readPlainYaml } from '../../../src/core/text/yaml-fast.ts';

const piece = fc.constantFrom(
  ...[
    'title',
    'a',
    ': ',
    ':',
    ' ',
    '\n',
    '-',
    '[',
    ']',
    '{',
    ',',
    '"',
    "'",
    '#',
    ' #',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    '~',
    '?',
  ],
  ...[
    'null',
    'Null',
    'true',
    'no',
    '0x1F',
    '1e3',
    '.5',
    '010',
    '12:30',
    '2025-11-06',
    'T14:30:00Z',
    '2025-11-06 14:30 UTC',
    'é',
    '—',
    '\t',
    '\\',
    '<<',
    '...',
    '---',
    'API',
    '(x)',
  ],
);
const value = fc.array(piece, { minLength: 1, maxLength: 6 }).map(all => all.join(''));
const simple = fc.constantFrom(
  'API slow',
  'a-b',
  '[api, db]',
  '[]',
  '"x: y"',
  "'it'",
  '2025-11-06',
  'Null',
  '12',
  'a: b',
  'x # y',
  'é, ok',
  'a:b',
  'yes',
);
const line = fc.oneof(
  fc.tuple(fc.constantFrom('title', 'status', 'a_b', 'c-d'), simple).map(([key, text]) => `${key}: ${text}`),
  fc
    .tuple(fc.constantFrom('title', 'status', 'started', 'components', 'null'), value)
    .map(([key, text]) => `${key}: ${text}`),
  fc.array(piece, { maxLength: 8 }).map(all => all.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constant(''),
);

test('whatever it reads, the whole parser reads alike', () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), lines => {
      const text = lines.join('\n');
      const quick = readPlainYaml(text);
      if (quick === null) return;
      read++;
      const whole = readWholeYaml(text, 'x');
      expect(whole.problems).toEqual([]);
      expect(quick).toEqual(whole.data);
    }),
    { numRuns: 20_000 },
  );
  expect(read).toBeGreaterThan(500);
});

test('it reads what the machine writes', () => {
  const text =
    '\ntitle: API Latency Spike\nstatus: resolved\nseverity: major\nstarted: 2025-11-06T14:30:00Z\ncomponents: [api, email-delivery]\nopened_by: "probe:api"\n';
  expect(readPlainYaml(text)).toEqual({
    title: 'API Latency Spike',
    status: 'resolved',
    severity: 'major',
    started: '2025-11-06T14:30:00Z',
    components: ['api', 'email-delivery'],
    opened_by: 'probe:api',
  });
});
