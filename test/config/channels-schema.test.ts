// notify.channels: read with the identity of each channel, and every mistake told without its address.
import { expect, test } from 'vitest';
import { readSite } from '../../src/config/site-file.ts';
import { printProblem } from '../../src/core/model/problem.ts';

const WHSEC = `whsec_${Buffer.from('x'.repeat(32)).toString('base64')}`;
const site = (notify: string, variables: Record<string, string> = {}) =>
  readSite(
    `notify: ${notify}\ncomponents: [ { id: api, name: API } ]\n`,
    'status.yaml',
    variables,
    null,
    'http://localhost:3000',
  );

test('a channel is the same wherever it stands in the list, and another when its address changes', () => {
  const [a, b] = [
    '{ type: slack, url: "${A}" }',
    '{ type: teams, url: "https://t.test/b", components: [api] }',
  ];
  const ids = (list: string, variables = { A: 'https://hooks.slack.com/services/a' }) =>
    site(`{ channels: [ ${list} ] }`, variables).value?.notify.channels.map(({ id }) => id);
  expect(ids(`${a}, ${b}`)).toEqual(ids(`${b}, ${a}`)?.reverse());
  expect(ids(`${a}, ${b}`)).toEqual([
    expect.stringMatching(/^slack-\w{8}$/),
    expect.stringMatching(/^teams-/),
  ]);
  expect(ids(a, { A: 'https://hooks.slack.com/services/z' })).not.toEqual(ids(a));
  expect(ids('{ type: webhook, url: "https://x.test", id: room }')).toEqual(['room']);
  expect(site('{ }').value?.notify.channels).toEqual([]);
});

test.each([
  ['{ type: slak, url: "https://x.test/hush" }', '"slak" — did you mean slack?'],
  ['{ type: slack }', 'url` is missing'],
  ['{ type: slack, url: "hush" }', 'this is not the address of a webhook — write https://…'],
  ['{ type: slack, url: "ftp://hush.test/hush" }', 'this is not the address of a webhook'],
  ['{ type: slack, url: "${HUSH}" }', 'the environment variable HUSH is not set'],
  ['{ type: webhook, url: "https://x.test/hush", secret: hush }', 'this is not a secret — write whsec_'],
  [`{ type: slack, url: "https://x.test/hush", secret: ${WHSEC} }`, 'only webhooks are signed'],
  ['{ type: slack, url: "https://x.test/hush", components: [ap] }', 'there is no component "ap"'],
  ['{ type: slack, url: "https://x.test/hush", components: [] }', 'name at least one'],
  ['{ type: slack, url: "https://x.test/hush", id: "Room 1" }', 'use lowercase letters'],
  [
    '{ type: slack, url: "https://x.test/hush" }, { type: slack, url: "https://x.test/hush" }',
    'is defined twice',
  ],
  ['"https://x.test/hush"', '"https://x.test/…"'],
])('%s', (channels, told) => {
  const { value, problems } = site(`{ channels: [ ${channels} ] }`);
  expect(value).toBeNull();
  const text = problems.map(printProblem).join('\n');
  expect(text).toContain(told);
  expect(text).toMatch(/status\.yaml:1/);
  if (!told.includes('HUSH')) expect(text).not.toContain('hush');
});

test('a mistyped key is named', () => {
  const { problems } = site('{ channels: [ { type: slack, url: "https://x.test", component: [api] } ] }');
  expect(problems.map(printProblem)).toEqual([expect.stringContaining('did you mean `components`?')]);
});
