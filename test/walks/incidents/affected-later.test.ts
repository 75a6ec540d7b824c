// Components that an operator adds to an automatic incident, or takes off it, whichever list they change.
import { describe, expect, test } from 'vitest';
import { stretchesOf } from '../../../src/core/incidents/impact.ts';
import { type Checked, checked, subjects } from '../monitoring/two-checks.ts';
import { subscribed } from '../world.ts';

const FILE = '20260310_api-down.md';
/** The most characters of the fields of a section (yaml.ts). */
const MAX_FIELDS = 8000;
const MORE =
  '  - { id: mail, name: Mail, check: { type: manual } }\n  - { id: web, name: Web, check: { type: manual } }\n';

async function turn(world: Checked, id: 'api' | 'db', status: number, seconds = 20): Promise<void> {
  world.answers[id] = status;
  await world.pass(seconds, 5);
}

/** The API failed, and then the database: a section lists both. */
async function grouped(): Promise<Checked> {
  const world = await checked(MORE);
  await turn(world, 'api', 500, 20);
  await turn(world, 'db', 500, 30);
  expect(await world.read(FILE)).toMatch(/## Investigating \S+ \S+ UTC\ncomponents: \[api, db\]\n/);
  return world;
}

const edit = async (world: Checked, change: (text: string) => string, file = FILE) => {
  const before = await world.read(file);
  const after = change(before);
  expect(after).not.toBe(before);
  await world.write(file, after);
  await world.pass(3, 1);
};
const front = (world: Checked, list: string, file = FILE) =>
  edit(world, text => text.replace(/^components: .*$/m, `components: ${list}`), file);
const rows = ({ system }: Checked) =>
  Object.fromEntries(system.snapshot().components.map(({ component, health }) => [component.id, health]));
const problems = async (world: Checked) => (await world.get('/readyz')).json.problems;
const section = (world: Checked, fields = '') =>
  `\n## Update ${new Date(world.now()).toISOString().slice(0, 19)}Z\n${fields}\nA switch failed.\n`;

test('added to the front matter: page, API, email and uptime agree, until the end', async () => {
  const world = await grouped();
  await subscribed(world, 'mail@example.com', ['mail']);
  world.mails.length = 0;
  await front(world, '[api, mail]');
  expect(rows(world)).toEqual({
    api: 'major_outage',
    db: 'major_outage',
    mail: 'major_outage',
    web: 'operational',
  });
  expect(await problems(world)).toEqual([]);
  expect(subjects(world).sort()).toEqual([
    '[INCIDENT] API and Database Down',
    '[UPDATE] API and Database Down',
  ]);
  const { incidents } = (await world.get('/api/v2/incidents/unresolved.json')).json;
  expect(incidents[0].components.map(({ name }: { name: string }) => name)).toEqual([
    'API',
    'Database',
    'Mail',
  ]);
  await edit(world, text => text + section(world));
  await world.pass(5, 1);
  expect(subjects(world).slice(2)).toEqual([
    '[UPDATE] API and Database Down',
    '[UPDATE] API and Database Down',
  ]);
  for (const { text } of world.mails) expect(text).toContain('Affects: API, Database and Mail');
  await turn(world, 'db', 200, 20);
  expect(rows(world)).toMatchObject({ db: 'operational', mail: 'major_outage' });
  await turn(world, 'api', 200, 80);
  expect(world.mails.at(-1)!.text).toContain('Affects: API, Database and Mail');
  const { resolved, started } = world.system.snapshot().incidents[0]!;
  const { components } = (await world.get('/api/uptime.json')).json;
  const mail = components.find(({ id }: { id: string }) => id === 'mail');
  expect(mail.downtime_seconds).toBe((resolved! - started) / 1000);
});

/** What the incident says is affected now: a failing check's row says so by itself. */
const listed = ({ system }: Checked) => {
  const { site, incidents } = system.snapshot();
  const { affected } = stretchesOf(incidents[0]!, site.components).at(-1)!;
  return Object.fromEntries(affected.map(({ id, status }) => [id, status]));
};

const DOWN = { db: 'major_outage' };
const SHOWN: readonly (readonly [string, string, Record<string, string>])[] = [
  [
    'with a status, in a list',
    '[api, { id: mail, status: degraded_performance }]',
    { ...DOWN, api: 'major_outage', mail: 'degraded_performance' },
  ],
  [
    'each with its status',
    '{ api: partial_outage, mail: degraded_performance }',
    { ...DOWN, api: 'partial_outage', mail: 'degraded_performance' },
  ],
  ['all', 'all', { ...DOWN, api: 'major_outage', mail: 'major_outage', web: 'major_outage' }],
  ['in a list of lines', '\n  - api\n  - mail', { ...DOWN, api: 'major_outage', mail: 'major_outage' }],
  ['taken off', '[]', DOWN],
];
test.each(SHOWN)('the front matter names them %s', async (_, list, shown) => {
  const world = await grouped();
  await front(world, list);
  expect(listed(world)).toEqual(shown);
});

test('taken off again: it is well', async () => {
  const world = await grouped();
  await front(world, '[api, mail]');
  expect(rows(world)).toMatchObject({ mail: 'major_outage' });
  await front(world, '[api]');
  expect(rows(world)).toMatchObject({ api: 'major_outage', db: 'major_outage', mail: 'operational' });
});

test('added to a section that another follows, and while the server was off', async () => {
  const world = await grouped();
  await turn(world, 'db', 200, 80);
  const text = await world.read(FILE);
  expect(text.match(/^components: /gm)).toHaveLength(3);
  await world.restart(() =>
    world.write(FILE, text.replace('components: [api, db]', 'components: [api, db, web]')),
  );
  await world.pass(5, 1);
  expect(rows(world)).toMatchObject({ api: 'major_outage', db: 'operational', web: 'major_outage' });
});

test('what a later section says otherwise of a component stays', async () => {
  const world = await grouped();
  await turn(world, 'db', 200, 80);
  await front(world, '[api, db]');
  expect(rows(world)).toMatchObject({ api: 'major_outage', db: 'operational' });
  const fix =
    'if it is affected now, write `components: [api, db]` below the newest heading that has `components:`; else no action is needed';
  expect(await problems(world)).toEqual([expect.objectContaining({ where: `incidents/${FILE}`, fix })]);
  await edit(world, text => text + section(world, 'components: [api, web]\n'));
  expect(await problems(world)).toEqual([]);
  await front(world, '[api, db, mail]');
  await edit(world, text => text + section(world, 'components: [api]\n'));
  expect(rows(world)).toMatchObject({
    api: 'major_outage',
    db: 'operational',
    mail: 'operational',
    web: 'operational',
  });
});

describe('an operator’s incident', () => {
  const OWN = '20260310_mine.md';
  const MINE =
    '---\ntitle: We look\nstatus: identified\nseverity: major\nstarted: 2026-03-10T11:50:00Z\ncomponents: [web]\n---\n## Identified 11:50 UTC\nA bad deploy.\n';
  test('that a source of wider effect joined: what its operator adds is carried into that section', async () => {
    const world = await checked(
      `${MORE.replace('name: Web', 'name: Web, match: [Both]')}  - { id: shop, name: Shop, match: [Both], check: { type: manual } }\n`,
    );
    await world.write(OWN, MINE);
    await world.pass(5, 1);
    const report = { monitor: 'Both', status: 'down' };
    const { json } = await world.post('/webhooks/generic?token=the-webhook-token-of-this-test', report);
    expect(json).toMatchObject({ action: 'joined', incident: '20260310_mine' });
    expect(await world.read(OWN)).toMatch(/^components: \[web, \{ id: shop/m);
    await front(world, '[web, mail]', OWN);
    expect(listed(world)).toMatchObject({ web: 'partial_outage', mail: 'partial_outage' });
    expect(listed(world)).toHaveProperty('shop');
  });

  const LISTED = `${MINE}
## Update 11:55 UTC
severity: minor
components: [mail]

The web is well.
`;
  /** One follows all, and one what is added later. */
  async function told(file = LISTED): Promise<Checked> {
    const world = await checked(MORE);
    await subscribed(world, 'db@example.com', ['db']);
    await world.write(OWN, file);
    await world.pass(10, 1);
    world.mails.length = 0;
    return world;
  }
  const sent = (world: Checked) =>
    world.mails.map(({ to, subject }) => `${toOf(to)} ${subject!.split(' ')[0]}`).sort();
  const toOf = (to: unknown) => /(\w+)@example/.exec(JSON.stringify(to))![1];

  test('what the front matter adds after a list counts now and is told, also after a restart', async () => {
    const world = await told();
    await front(world, '[web, db]', OWN);
    const listed = LISTED.replace('[web]', '[web, db]').replace('[mail]', '[mail, db]');
    expect(await world.read(OWN)).toBe(listed);
    const shown = { web: 'operational', mail: 'degraded_performance', db: 'degraded_performance' };
    expect(rows(world)).toMatchObject(shown);
    expect(sent(world)).toEqual(['ann [UPDATE]', 'db [INCIDENT]']);
    expect(world.mails[0]!.text).toContain('Also affected: Database.');
    await world.restart();
    await world.pass(5, 1);
    expect(rows(world)).toMatchObject(shown);
    expect(await world.read(OWN)).toBe(listed);
    expect(world.mails).toHaveLength(2);
    expect(await problems(world)).toEqual([]);
  });

  test('with words in the same save, those who follow what was added are told of a beginning', async () => {
    const world = await told();
    await edit(world, text => text.replace('[web]', '[web, db]') + section(world), OWN);
    expect(rows(world)).toMatchObject({ mail: 'degraded_performance', db: 'degraded_performance' });
    expect(sent(world)).toEqual(['ann [UPDATE]', 'db [INCIDENT]']);
    for (const { text } of world.mails) expect(text).toContain('A switch failed.');
  });

  test('the severity of the front matter, changed after a section said one, counts now', async () => {
    const world = await told();
    expect(rows(world)).toMatchObject({ mail: 'degraded_performance' });
    await edit(world, text => text.replace('severity: major', 'severity: critical'), OWN);
    const changed = LISTED.replace('major', 'critical').replace('minor', 'critical');
    expect(await world.read(OWN)).toBe(changed);
    expect(rows(world)).toMatchObject({ mail: 'major_outage' });
    expect((await world.get('/api/v2/incidents.json')).json.incidents[0].impact).toBe('critical');
    expect(world.mails).toEqual([]);
    // What a section says in the same save, or later, is the newer word.
    await edit(
      world,
      text => text.replace('severity: critical', 'severity: minor') + section(world, 'severity: major\n'),
      OWN,
    );
    expect(rows(world)).toMatchObject({ mail: 'partial_outage' });
  });

  test.each([
    ['degraded_performance', 'major_outage', 'partial_outage', 'major_outage'],
    ['degraded_performance', 'under_maintenance', 'partial_outage', 'under_maintenance'],
    ['degraded_performance', null, 'partial_outage', 'degraded_performance'],
    [null, 'major_outage', null, 'major_outage'],
    [null, 'major_outage', 'partial_outage', 'major_outage'],
  ])(
    'the status of a component in the front matter (%s), changed to %s after a section said %s',
    async (...row) => {
      const [was, to, there, shown] = row;
      const one = (status: string | null) => (status ? `[{ id: mail, status: ${status} }]` : '[mail]');
      const before = `\n## Update 11:53 UTC\ncomponents: [{ id: mail, status: operational }]\n\nWe hope.\n`;
      const file = (front: string | null, later: string | null) =>
        LISTED.replace('[mail]', one(later))
          .replace('[web]', one(front))
          .replace('\n## Update', `${before}\n## Update`);
      const world = await told(file(was, there));
      await edit(world, text => text.replace(one(was), one(to)), OWN);
      expect(await world.read(OWN)).toBe(file(to, to));
      expect(rows(world)).toMatchObject({ mail: shown });
      await world.restart();
      await edit(
        world,
        text => text + section(world, 'components: [{ id: mail, status: partial_outage }]\n'),
        OWN,
      );
      expect(rows(world)).toMatchObject({ mail: 'partial_outage' });
    },
  );

  test('a severity that cannot be edited: /readyz says where to write it', async () => {
    // Two more letters are too long for the fields of a file.
    const world = await told(LISTED.replace('[mail]', `[mail, ${'x'.repeat(MAX_FIELDS - 38)}]`));
    await edit(world, text => text.replace('severity: major', 'severity: critical'), OWN);
    const fix = 'write `severity: critical` below the newest heading that has `severity:`';
    expect(await problems(world)).toContainEqual(expect.objectContaining({ where: `incidents/${OWN}`, fix }));
    await edit(world, text => text.replace('severity: minor', 'severity: major'), OWN);
    expect(await problems(world)).not.toContainEqual(expect.objectContaining({ fix }));
  });

  test('once it is over, its own sections say what they say', async () => {
    const over = LISTED.replace('status: identified', 'status: resolved\nresolved: 2026-03-10T11:58:00Z');
    const world = await told(over);
    await edit(world, text => text.replace('[web]', '[web, api]').replace('major', 'critical'), OWN);
    expect(await world.read(OWN)).toBe(over.replace('[web]', '[web, api]').replace('major', 'critical'));
  });
});

test('a list that cannot be edited: /readyz says which section to write', async () => {
  const world = await grouped();
  // One more id is too long for the fields of a file.
  const long = `components: [api, db, ${'x'.repeat(MAX_FIELDS - 25)}]`;
  await edit(world, text => text.replace('components: [api, db]', long));
  await front(world, '[api, mail]');
  const named = {
    where: `incidents/${FILE}`,
    fix: expect.stringMatching(/^write `components: \[api, db, x+, mail\]`/),
  };
  expect(await problems(world)).toContainEqual(expect.objectContaining(named));
  await edit(world, text => text.replace(long, 'components: [api, db, mail]'));
  expect(await problems(world)).toEqual([]);
  expect(listed(world)).toHaveProperty('mail');
});
