// status.yaml after an import: a new one, or former components added to a present one.
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { readSite } from '../../../src/config/site-file.ts';
import type { Imported } from '../../../src/core/import/imported.ts';
import { ComponentIds } from '../../../src/core/import/imported.ts';
import { componentsYaml, lackingIn, newSiteYaml, withRetired } from '../../../src/core/import/site.ts';
import { openTerminal } from '../../cli/terminal.ts';

const imported = (more: Partial<Imported>): Imported => ({
  title: null,
  components: [],
  named: [],
  incidents: [],
  history: [],
  remarks: [],
  ...more,
});
const siteOf = (text: string) => {
  const { value, problems } = readSite(text, 'status.yaml', {}, null, 'http://localhost:3000');
  expect(problems).toEqual([]);
  return value!;
};
const LOGIN = { id: 'login', name: 'Old: "Login"' };

test('a new status.yaml has the components of today with their checks, and the former ones', () => {
  const check = { type: 'http', url: 'https://api.example.com' };
  const site = siteOf(
    newSiteYaml(
      imported({
        title: 'A: "B" # C',
        components: [
          { id: 'api', name: 'API', group: 'Core', description: 'Public', check, match: ['77'] },
          { id: 'web', name: 'no' },
        ],
        named: [{ id: 'api', name: 'API' }, LOGIN],
      }),
    ),
  );
  expect(site).toMatchObject({ title: 'A: "B" # C', retired: [LOGIN] });
  expect(site.components).toMatchObject([
    { id: 'api', name: 'API', group: 'Core', description: 'Public', check, match: ['77'] },
    { id: 'web', name: 'no', group: null, check: { type: 'manual' } },
  ]);
});

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['Eastern Time (US & Canada)', 'America/New_York'],
  ['Mexico City', 'America/Mexico_City'],
  ['Bern', 'Europe/Zurich'],
  ['Etc/UTC', 'UTC'],
  ['Mars', 'UTC'],
  ['constructor', 'UTC'],
  [null, 'UTC'],
])('a new status.yaml has the time zone of the page: %s', (timezone, zone) => {
  const text = newSiteYaml(imported({ timezone, named: [LOGIN] }));
  expect(siteOf(text).timezone).toBe(zone);
  expect(text.includes('timezone')).toBe(zone !== 'UTC');
});

test('a time zone that is not known is said', async () => {
  const terminal = await openTerminal();
  await rm(path.join(terminal.dir, 'status', 'status.yaml'));
  const page = {
    page: { name: 'Acme', time_zone: 'Mars' },
    components: [{ id: 'a', name: 'A', status: 'x' }],
  };
  await writeFile(path.join(terminal.dir, 'a.json'), JSON.stringify(page));
  const { out } = await terminal.run(importing, 'statuspage', path.join(terminal.dir, 'a.json'));
  expect(out).toContain('Its time zone “Mars” is not known here: write `timezone:` in status.yaml.');
});

test('without a list of components, those that incidents name are taken', () => {
  const site = siteOf(newSiteYaml(imported({ named: [LOGIN] })));
  expect(site).toMatchObject({ title: 'Status', components: [LOGIN], retired: [] });
});

test('what a present status.yaml lacks: components of today, and former ones', () => {
  const [api, db] = [
    { id: 'api', name: 'API' },
    { id: 'db', name: 'Database' },
  ];
  const found = lackingIn(imported({ components: [api, db], named: [api, db, LOGIN] }), new Set(['api']));
  expect(found).toEqual({ components: [db], retired: [LOGIN] });
  expect(componentsYaml(found.components)).toBe('- id: db\n  name: Database\n  check:\n    type: manual');
});

const BODY = '# Ours\ncomponents:\n  - { id: api, name: API } # here\n';

test.each([
  ['no list yet', BODY, `${BODY}retired:\n  - { id: login, name: "Old: \\"Login\\"" }\n`],
  ['no line end', BODY.trimEnd(), `${BODY}retired:\n  - { id: login, name: "Old: \\"Login\\"" }\n`],
  [
    'a list, and more behind it',
    `retired:\n    - id: a\n      name: A # was\n\n# next\n${BODY}`,
    `retired:\n    - id: a\n      name: A # was\n    - { id: login, name: "Old: \\"Login\\"" }\n\n# next\n${BODY}`,
  ],
  [
    'a list without indentation at the end',
    `${BODY}retired:\n- { id: a, name: A }`,
    `${BODY}retired:\n- { id: a, name: A }\n- { id: login, name: "Old: \\"Login\\"" }\n`,
  ],
  [
    'an empty list, and more behind it',
    `retired: [ ] # none yet\n${BODY}`,
    `retired: # none yet\n  - { id: login, name: "Old: \\"Login\\"" }\n${BODY}`,
  ],
  [
    'an empty list of Windows at the end',
    `${BODY}retired: []`.replaceAll('\n', '\r\n'),
    `${BODY}retired:\n  - { id: login, name: "Old: \\"Login\\"" }\n`.replaceAll('\n', '\r\n'),
  ],
  [
    'no list in a file of Windows',
    BODY.replaceAll('\n', '\r\n'),
    `${BODY}retired:\n  - { id: login, name: "Old: \\"Login\\"" }\n`.replaceAll('\n', '\r\n'),
  ],
])('former components are added, every other byte stays: %s', (_, before, after) => {
  expect(withRetired(before, [LOGIN])).toBe(after);
  expect(siteOf(after).retired.at(-1)).toEqual(LOGIN);
});

test.each([
  ['on one line', `${BODY}retired: [{ id: a, name: A }]\n`],
  ['no mapping', '- a\n'],
  ['no YAML', 'a: [\n'],
  ['of two documents', `${BODY}---\na: 1\n`],
  ['on one line as a whole', '{ components: [{ id: api, name: API }] }\n'],
])('a status.yaml in which they cannot be added is left alone: %s', (_, before) => {
  expect(withRetired(before, [LOGIN])).toBeNull();
});

test('a component is the one here of the same name or id, and two names that make one id stay two', () => {
  const ids = new ComponentIds([{ id: 'web', name: 'Website & Shop' }]);
  expect([
    ids.of('website & shop '),
    ids.of('Web'),
    ids.of('A b', '1'),
    ids.of('A-B', '2'),
    ids.of('x', '1'),
  ]).toEqual(['web', 'web', 'a-b', 'a-b-2', 'a-b']);
  expect(ids.named.map(({ id }) => id)).toEqual(['web', 'a-b', 'a-b-2']);
});

describe('names that make the same id', () => {
  const here = [
    { id: 'component', name: '決済' },
    { id: 'api', name: 'API 支付' },
    { id: 'api-2', name: 'API 検索' },
    { id: 'api-gateway', name: 'api-gateway' },
    { id: 'web', name: 'Website & Shop' },
    { id: 'strasse', name: 'Road' },
  ];

  test.each([
    ['the same name', '決済', 'component'],
    ['another name without Latin letters', '検索', 'component-2'],
    ['the fallback as a name', 'Component', 'component-2'],
    ['another name with the same Latin part', 'API 通知', 'api-3'],
    ['the Latin part alone', 'API', 'api-3'],
    ['an id that only a number made', 'API 2', 'api-2-2'],
    ['an id as it is typed', 'api-2', 'api-2'],
    ['the id of a component without another name', 'API Gateway', 'api-gateway'],
    ['an id that its own name did not make', 'Web', 'web'],
    ['letters that are no plain letter with a mark', 'Größenrechner Łódź Ærø', 'grossenrechner-lodz-aero'],
    ['an id of such letters', 'Straße', 'strasse'],
  ])('%s', (_, name, id) => {
    expect(new ComponentIds(here).of(name)).toBe(id);
  });

  test('a second import of the same names gives the same ids, in any order', () => {
    const names = ['決済', '検索', 'API 支付', 'API 検索', 'Café'];
    const first = new ComponentIds([]);
    for (const name of names) first.of(name);
    expect(first.named.map(({ id }) => id)).toEqual(['component', 'component-2', 'api', 'api-2', 'cafe']);
    const second = new ComponentIds(first.named);
    for (const name of ['通知', ...names.toReversed()]) second.of(name);
    expect(second.named).toEqual([{ id: 'component-3', name: '通知' }, ...first.named.toReversed()]);
  });
});
