// What lint says of slips in an incident file that hide words, or leave a key or a name unread.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../src/core/incident-file.ts';
import { printProblem } from '../../src/core/problem.ts';

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
      `error a.md:${line - 1}: this code fence is never closed, so all below it is code, headings too — write \`${mark}\` in a line of its own where it ends`,
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
