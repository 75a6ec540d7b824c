// Templates of automatic incidents: how they are read, what is wrong with them, how they are filled in.
import { describe, expect, test } from 'vitest';
import { inWordsOf, parseTemplate } from '../../../src/core/filing/template.ts';
import { printProblem } from '../../../src/core/model/problem.ts';
import { MINUTE } from '../../../src/core/model/time.ts';
import type { Transition, TransitionFacts } from '../../../src/core/model/transition.ts';
import { NOW } from '../../makers.ts';

const FILE =
  '---\ntitle: "{{component}} is away"\n---\n## Down\n{{component}}: {{seen}} ({{ checks }}×)\n\n## Up\nBack after {{duration}}, down since {{since}}.\n';
const transition = (kind: 'down' | 'up', facts?: Partial<TransitionFacts>): Transition => ({
  key: 'k',
  source: 'probe:api',
  kind,
  at: NOW,
  title: 'API Down',
  slug: 'api-down',
  severity: 'critical',
  components: ['api'],
  message: 'machine',
  ...(facts && { facts: { kind: 'down', component: 'API', seen: 'HTTP 503', checks: 3, ...facts } }),
});
const read = (text: string, kind: 'down' | 'latency' | 'heartbeat' = 'down') =>
  parseTemplate('t.md', kind, text);
const down = read(FILE).value!;

describe('a template', () => {
  test('is filled in', () => {
    expect(inWordsOf(transition('down', {}), { down })).toMatchObject({
      title: 'API is away',
      message: 'API: HTTP 503 (3×)',
    });
    expect(inWordsOf(transition('up', { duration: 12 * MINUTE }), { down }).message).toBe(
      'Back after 12 minutes, down since 2026-11-23 14:30:00 UTC.',
    );
  });

  test('cannot be broken out of by what a check saw', () => {
    const { message } = inWordsOf(transition('down', { seen: '[x](javascript:1)\n## Resolved 10:00' }), {
      down,
    });
    expect(message).not.toMatch(/^##|\[x\]\(/m);
  });

  test.each<[string, Transition, object]>([
    ['none', transition('down', {}), {}],
    ['of another kind', transition('down', {}), { latency: down }],
    ['of an inbound monitor', transition('down'), { down }],
  ])('%s: the machine’s words', (_, given, templates) => {
    expect(inWordsOf(given, templates)).toBe(given);
  });

  test.each([
    ['comment', '<!-- To do: say who is on call', 'so it would be published', '-->'],
    ['code fence', '```', '', '```'],
  ])('with a %s that is never closed is refused', (what, open, why, close) => {
    const { value, problems } = read(FILE.replace('\n## Up', `${open}\n\n## Up`));
    expect(value).toBeNull();
    expect(problems.map(printProblem)).toEqual([
      expect.stringMatching(`^t\\.md:6: this ${what} is never closed.*${why}`),
    ]);
    expect(read(FILE.replace('\n## Up', `${open}\n${close}\n\n## Up`)).problems).toEqual([]);
  });

  test('may leave out what it does not change', () => {
    const { value } = read('---\ntitle: Away\n---\n');
    expect(inWordsOf(transition('down', {}), { down: value! })).toMatchObject({
      title: 'Away',
      message: 'machine',
    });
  });

  test.each<[string, string, 'down' | 'heartbeat', RegExp]>([
    [
      'unknown',
      FILE.replace('{{seen}}', '{{sen}}'),
      'down',
      /^t\.md:5: {{sen}} is not a placeholder — did you mean {{seen}}\?$/,
    ],
    ['far from any', FILE.replace('{{seen}}', '{{kubernetes}}'), 'down', /use one of {{component}}/],
    [
      'too early',
      FILE.replace('{{seen}}', '{{duration}}'),
      'down',
      /^t\.md:5: .* only when the outage is over/,
    ],
    ['of checks alone', FILE, 'heartbeat', /^t\.md:5: .* only for a single check/],
    [
      'in a title',
      FILE.replace('{{component}} is', '{{compnent}} is'),
      'down',
      /^t\.md:2: .*{{component}}\?$/,
    ],
    ['a section', FILE.replace('## Up', '## Upp'), 'down', /^t\.md:7: "Upp" is not a section/],
    ['no front matter', '## Down\nx\n', 'down', /no front matter/],
    ['an unquoted title', '---\ntitle: {{component}}\n---\n', 'down', /t\.md:2/],
  ])('%s', (_, text, kind, expected) => {
    expect(printProblem(read(text, kind).problems[0]!)).toMatch(expected);
  });
});
