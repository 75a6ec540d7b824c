// What lint says of slips in an incident file that hide words, or leave a key or a name unread.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { unknownComponent, unknownComponents } from '../../../../src/core/incidents/lint/lint.ts';
import { printProblem } from '../../../../src/core/model/problem.ts';

const HEAD = 'title: API\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T08:00:00Z\n';
const read = (body: string, head = HEAD) => parseIncident('a.md', 'a', `---\n${head}---\n${body}`);
const told = (body: string, head?: string) =>
  read(body, head).problems.map(one => `${one.level} ${printProblem(one)}`);

describe('a code fence that nothing closes is an error at its line', () => {
  test.each([
    ['```\nlog\n\n## Identified 08:12 UTC\nFound.\n', 9, '```'],
    ['~~~~ text\nlog\n~~~\n\n## Identified 08:12 UTC\nFound.\n', 9, '~~~~'],
    ['```\nlog', 9, '```'],
    ['```\none\n```\n\n```\nlog\n```js\n## Resolved 08:12 UTC\n', 13, '```'],
    ['   ```\nlog\n    ```\n', 9, '```'],
    ['Found.\n\n## Post-mortem\n```\nlog\n', 12, '```'],
  ])('%j', (text, line, mark) => {
    const body = `\n## Investigating 08:00 UTC\n`.replace('\n', '') + text;
    const { value } = read(body);
    expect(told(body)).toEqual([
      `error a.md:${line - 1}: this code fence is never closed, so everything below it is code, headings too — write \`${mark}\` on its own line where it ends`,
    ]);
    // Nothing of it is lost from the page.
    expect(value).not.toBeNull();
  });

  test.each([
    '```\nlog\n```\n',
    '~~~\n```\n~~~\n',
    '- ```\n  log\n\nAfter the list.\n',
    '> ```\n> log\n\nAfter the quote.\n',
    '`` ``` ``\n',
    '<!-- ```\n-->\n',
  ])('%j is none', text => {
    expect(told(`## Investigating 08:00 UTC\n${text}\n## Identified 08:12 UTC\nFound.\n`)).toEqual([]);
  });
});

test('a comment above the front matter is named, and what to do', () => {
  for (const comment of ['<!-- a note -->\n', '\n<!--\nnotes\n-->\n\n', '\uFEFF<!-- not closed\n']) {
    const { value, problems } = parseIncident('a.md', 'a', `${comment}---\n${HEAD}---\nWords.\n`);
    expect(value).toBeNull();
    expect(problems.map(printProblem)).toEqual([
      'a.md:1: there is a comment above the front matter, so the file cannot be read — move it below the second line of `---`',
    ]);
  }
});

test.each([
  ['T <!-- hidden -->', 'T'],
  ['<!-- a -->T<!-- b --> and <!---->U', 'T and U'],
  ['"T <!-- hidden -->"', 'T'],
  ['"T <!-- not closed"', 'T <!-- not closed'],
])('title: %s is shown without its comment', (title, shown) => {
  expect(read('Words.\n', HEAD.replace('API', title)).value?.title).toBe(shown);
});

test('a title of a comment alone is empty', () => {
  expect(told('Words.\n', HEAD.replace('API', '<!-- hidden -->'))).toEqual([
    expect.stringMatching(/^error a\.md:2: .*empty/),
  ]);
});

test('a component named by its name draws its id', () => {
  const components = [
    { id: 'web', name: 'Website' },
    { id: 'api', name: 'Public API' },
    { id: 'website2', name: 'Other' },
  ];
  const fix = (id: string) => unknownComponent('a.md', id, components).fix;
  expect([fix('Website'), fix('website'), fix('public api')]).toEqual([
    'did you mean web?',
    'did you mean web?',
    'did you mean api?',
  ]);
  expect(fix('apj')).toBe('did you mean api?');
  expect(fix('web api')).toBe('write `[web, api]`');
  expect(fix('cobalt mine')).toBe('write `[cobalt, mine]`');
  const text = `---\n${HEAD}components: [Website]\n---\nWords.\n`;
  const { value } = parseIncident('a.md', 'a', text);
  expect(unknownComponents('a.md', text, value!, components).map(printProblem)).toEqual([
    'a.md:6: there is no component "Website" — did you mean web?',
  ]);
});

test.each([
  ['scheduled_for', 'scheduled_start'],
  ['scheduled_until', 'scheduled_end'],
  ['scheduled_to', 'scheduled_end'],
  ['started_at', 'started'],
  ['resolved_at', 'resolved'],
  ['impact', 'severity'],
  ['affected', 'components'],
])('%s: %s is meant', (key, meant) => {
  expect(told('Words.\n', `${HEAD}${key}: 2026-03-10\n`)).toEqual([
    `warning a.md:6: unknown key \`${key}\` — did you mean \`${meant}\`?`,
  ]);
});
