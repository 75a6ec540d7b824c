// What is left of a status.yaml with mistakes in it: everything that is right, and never an exception.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readLeniently } from '../../src/config/readable-site.ts';
import { readSite } from '../../src/config/site-file.ts';

const API = '{ id: api, name: API, check: { type: manual } }';
const read = (text: string, variables = {}) =>
  readLeniently(text, 'status.yaml', variables, null, 'http://localhost:3000');
const ids = (text: string) => read(text).site?.components.map(({ id }) => id);

test('without a mistake it is what the server reads', () => {
  const text = `title: Page\nurl: "\${URL}"\ngroup_within: 60s\ncomponents:\n  - ${API}\n`;
  const variables = { URL: 'https://status.example.com' };
  const strict = readSite(text, 'status.yaml', variables, null, '');
  const { site, problems, unset } = read(text, variables);
  expect(site).toEqual(strict.value);
  expect([problems, unset]).toEqual([[], []]);
});

describe('what is wrong is left out, alone', () => {
  const one = `components:\n  - ${API}\n`;
  test.each([
    ['a setting', `group_within: 60\n${one}`],
    ['a section of another kind', `notify: 5\nbrand: [x]\n${one}`],
    [
      'what is missing in a section',
      `export: { schedule: "* * * * *" }\ncontent: { git: { remote: "-x" } }\n${one}`,
    ],
    ['a component without an id', `${one}  - { name: Nameless, check: { type: htp }, detect: 5 }\n`],
    ['a component that is none', `components:\n  - 5\n  - ${API}\n  - null\n`],
    ['two of one id', `${one}  - { id: api, name: Other }\n`],
    ['a stranger it depends on', `components:\n  - ${API.replace('name', 'depends_on: [x], name')}\n`],
  ])('%s', (_, text) => {
    expect(ids(text)).toEqual(['api']);
    expect(read(text).problems.length).toBeGreaterThan(0);
  });

  test('several entries of one list, and several mistakes of one entry', () => {
    const text = `links:
  - { label: "", url: x }
  - { label: Help, url: "https://example.com" }
  - { url: y }
${one}`;
    expect(read(text).site?.links).toEqual([{ label: 'Help', url: 'https://example.com' }]);
  });

  test('one of several channels and webhooks keeps what else stands there', () => {
    const text = `webhooks:\n  nagios: { monitor: "$.a", status: "$.b" }\n  bad: { monitor: "$.a" }\n${one}`;
    expect(Object.keys(read(text).site?.webhooks ?? {})).toEqual(['nagios']);
  });

  test('the check of a component', () => {
    const text = `components:\n  - { id: api, name: API, group: Platform, check: { type: htp } }\n`;
    expect(read(text).site?.components[0]).toMatchObject({
      group: 'Platform',
      check: { type: 'http', url: '' },
    });
  });
});

test.each([
  [''],
  ['x'],
  ['components: [\n'],
  ['components: 5\n'],
  ['components:\n  - { name: x }\n'],
  ['[]'],
])('no component is left of %j', text => {
  expect(read(text).site).toBeNull();
  expect(read(text).problems.length).toBeGreaterThan(0);
});

describe('variables that are not set', () => {
  test('are named once, with a default not at all', () => {
    const text = `title: "\${T:-Page}"\nlinks:\n  - { label: "\${A}", url: "https://x.y/\${A}" }\ncomponents:\n  - ${API}\n`;
    const { site, problems, unset } = read(text);
    expect([site?.title, problems]).toEqual(['Page', []]);
    expect(unset.map(({ line, what }) => [line, what])).toEqual([
      [3, 'the environment variable A is not set here'],
    ]);
  });

  test('two are not taken for the same address', () => {
    const text = `notify: { channels: [{ type: slack, url: "\${A}" }, { type: slack, url: "\${B}" }] }\ncomponents:\n  - ${API}\n`;
    expect(read(text).problems).toEqual([]);
    expect(read(text.replace('B', 'A')).problems).toHaveLength(1);
  });

  test('a title, url or zone made of one has its default', () => {
    const text = `title: "\${A}"\nurl: "https://\${B}"\ntimezone: "\${C}"\ncomponents:\n  - ${API}\n`;
    const { site, problems, urlUnset } = read(text);
    expect(site).toMatchObject({ title: 'Status', url: 'http://localhost:3000', timezone: 'UTC' });
    expect([problems, urlUnset]).toEqual([[], true]);
  });
});

test('whatever stands there, it comes to an end and throws nothing', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constant('${X}'), fc.constant('https://x.y'));
  const keys = fc.constantFrom(
    'id',
    'name',
    'check',
    'detect',
    'since',
    'depends_on',
    'url',
    'type',
    'channels',
    'to',
  );
  const entry = fc.dictionary(keys, odd);
  const sections = fc.constantFrom(
    'title',
    'brand',
    'links',
    'notify',
    'metrics',
    'webhooks',
    'export',
    'content',
  );
  const data = fc.tuple(
    fc.dictionary(sections, fc.oneof(odd, fc.array(entry), fc.dictionary(keys, entry), entry)),
    fc.oneof(odd, fc.array(entry)),
  );
  fc.assert(
    fc.property(data, ([rest, components]) => {
      const good = { id: 'api', name: 'API', check: { type: 'manual' } };
      const listed = Array.isArray(components) ? [...components, good] : components;
      const { site } = read(stringify({ ...rest, components: listed }));
      expect(site !== null).toBe(Array.isArray(components));
    }),
    { numRuns: 150 },
  );
});

test.each(['\n', '\r\n'])('both sides of a git conflict are said once, where they begin', eol => {
  const text = [
    'title: T',
    '<<<<<<< HEAD',
    'uptime: 5',
    '=======',
    'uptime: [',
    '>>>>>>> status-live/main',
    'components:',
    `  - ${API}`,
    '',
  ].join(eol);
  const once = [{ level: 'error', line: 2, what: 'the file contains both sides of a git conflict' }];
  expect(read(text).problems).toMatchObject(once);
  expect(read(text).problems).toHaveLength(1);
  expect(readSite(text, 'status.yaml', {}, null, '').problems).toMatchObject(once);
  expect(readSite(text, 'status.yaml', {}, null, '').problems).toHaveLength(1);
});
