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

/** Lines of maps and lists, one beneath another, with values in flow style. */
const flow = fc.letrec<{ node: string }>(tie => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(simple, fc.constantFrom('10s', '0', '0x1F', 'true', 'https://x.y/z', '"a, b"', '-1', '', '*a')),
    fc.array(tie('node'), { maxLength: 3 }).map(all => `[${all.join(', ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('type', 'url', 'b', '"q"', 'null'), tie('node')), { maxLength: 3 })
      .map(all => `{ ${all.map(([key, text]) => `${key}: ${text}`).join(', ')} }`),
    fc.array(piece, { maxLength: 4 }).map(all => `{ a: ${all.join('')} }`),
  ),
})).node;
const structured = fc
  .tuple(
    fc.constantFrom('', '', '  ', '  ', '    ', '      ', ' '),
    fc.constantFrom('', '', '- '),
    fc.constantFrom('title: ', 'check: ', 'list:', 'list: ', 'b: ', '', '# ', 'x y: '),
    fc.oneof(flow, fc.constant('')),
  )
  .map(parts => parts.join(''));
const tree = fc.letrec<{ lines: string[] }>(tie => ({
  lines: fc
    .array(
      fc.tuple(
        fc.constantFrom('id', 'name', 'check', 'list', 'detect'),
        fc.oneof(
          { maxDepth: 3 },
          flow.map(text => [text]),
          tie('lines'),
        ),
        fc.boolean(),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map(all =>
      all.flatMap(([key, below, isList]) => {
        if (below.length === 1 && !below[0]!.includes(': ')) return [`${key}: ${below[0]}`];
        const [first, ...rest] = below;
        return isList
          ? [`${key}:`, `  - ${first}`, ...rest.map(one => `    ${one}`)]
          : [`${key}:`, ...below.map(one => `  ${one}`)];
      }),
    ),
})).lines;

test.each([
  ['lines', fc.array(line, { maxLength: 4 }), 500],
  ['blocks', fc.array(structured, { maxLength: 4 }), 100],
  ['trees', tree, 500],
])('%s: whatever it reads, the whole parser reads alike', (_, texts, least) => {
  let read = 0;
  fc.assert(
    fc.property(texts, lines => {
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
  expect(read).toBeGreaterThan(least);
});

test('it reads a site and a long list of components', () => {
  const component = (id: number) =>
    `  # The ${id}th.\n  - id: c${id}\n    name: "Component ${id}"\n    depends_on: [c0]\n    check: { type: http, url: "https://x.test/\${A:-b}", timeout: 10s, expect: [200, 301], headers: { a: "b, c" } }\n    detect:\n      failures: 3\n`;
  const text = `# Ours.\ntitle: Levqor Status\nbrand:\n  color: "#4f46e5"\ncomponents:\n${Array.from({ length: 1000 }, (_, id) => component(id)).join('\n')}`;
  expect(readPlainYaml(text)).toEqual(readWholeYaml(text, 'x').data);
  const deep = `a: ${'['.repeat(50_000)}`;
  expect(readPlainYaml(deep)).toBeNull();
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
