// Cachet's API, versions 1, 2 and 3: incidents, schedules and components from saved answers.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { importCachet } from '../../../src/core/import/cachet/cachet.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { openTerminal } from '../../cli/terminal.ts';

const importOf = (...answers: readonly unknown[]) =>
  importCachet(
    answers.map((data, index) => ({ name: `${index + 1}.json`, data: JSON.parse(JSON.stringify(data)) })),
    [],
  );
const read = ({ id, text }: { id: string; text: string }) => {
  const { value, problems } = parseIncident(id, id, text);
  expect(problems).toEqual([]);
  return value!;
};
const saidOf = ({ remarks }: { remarks: readonly { kind: string; what: string }[] }) =>
  remarks.map(({ kind, what }) => `${kind}: ${what}`).join('\n');
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);

const page = (data: readonly unknown[], current = 1, total = 1) => ({
  meta: {
    pagination: {
      total: data.length,
      count: data.length,
      per_page: 20,
      current_page: current,
      total_pages: total,
    },
  },
  data,
});

/** As version 2.4 answers: an incident has the status of its newest update. */
const two = (
  id: number,
  created: string,
  more: object = {},
  updates: readonly [number, number, string, string][] = [],
) => ({
  id,
  component_id: 0,
  name: `Incident ${id}`,
  status: updates.at(-1)?.[1] ?? 4,
  visible: 1,
  stickied: false,
  message: `Message ${id}.`,
  occurred_at: created,
  created_at: created,
  updated_at: updates.at(-1)?.[2] ?? created,
  deleted_at: null,
  is_resolved: updates.at(-1)?.[1] === 4,
  updates: updates.map(([update, status, time, message]) => ({
    id: update,
    incident_id: id,
    status,
    message,
    user_id: 1,
    created_at: time,
    updated_at: time,
  })),
  ...more,
});

/** A second reading: what the page of version 2.4 shows of an incident. */
function shownThere(one: ReturnType<typeof two>) {
  const updates = one.updates.map(({ created_at, message }) => [at(created_at), message]);
  const fixed = one.updates.find(({ status }) => status === 4);
  return {
    title: one.name,
    start: at(one.occurred_at),
    end: at(fixed?.created_at ?? one.updates.at(-1)?.created_at ?? one.occurred_at),
    updates: [[at(one.occurred_at), one.message], ...updates],
  };
}

describe('incidents of version 2', () => {
  const CASES = [
    two(1, '2019-05-01 10:00:00', {}, [
      [5, 2, '2019-05-01 10:30:00', '**Found**.'],
      [6, 3, '2019-05-01 11:00:00', 'A fix is out.'],
      [7, 4, '2019-05-01 11:45:10', 'Mended.'],
    ]),
    two(2, '2019-06-01 10:00:00', {}, [
      [8, 4, '2019-06-01 10:10:00', 'Mended.'],
      [9, 4, '2019-06-03 09:00:00', 'The report is here.'],
    ]),
    two(3, '2019-07-01 10:00:00', { message: '# Head\n\n- a `<br>`\n- b' }, [
      [10, 4, '2019-07-01 10:00:30', 'x'],
    ]),
  ];
  test.each(CASES)('$name reads back as it was', one => {
    const made = importOf(page([one]));
    const [shown] = made.incidents.map(read);
    const { title, start, end, updates } = shownThere(one);
    expect(shown).toMatchObject({
      title,
      started: start,
      resolved: end,
      components: [],
      severity: 'minor',
      status: 'resolved',
    });
    expect(shown!.updates.map(update => [update.at, update.body])).toEqual(updates);
    expect(shown!.aliases).toEqual([String(one.id)]);
    expect(shown!.openedBy).toBe(`cachet:incident-${one.id}`);
    expect(saidOf(made)).toContain('its times have no zone: they are read as UTC');
  });

  test('the status of each update', () => {
    const [shown] = importOf(page([CASES[0]])).incidents.map(read);
    expect(shown!.updates.map(({ status }) => status)).toEqual([
      'investigating',
      'identified',
      'monitoring',
      'resolved',
    ]);
  });

  const ENDS: readonly (readonly [
    string,
    object,
    readonly [number, number, string, string][],
    string | null,
    string,
  ])[] = [
    [
      'never fixed: at its last update',
      {},
      [[1, 2, '2019-05-01 12:00:00', 'Found.']],
      '2019-05-01 12:00:00',
      'never marked fixed',
    ],
    [
      'never fixed, but pinned: open',
      { stickied: true },
      [[1, 2, '2019-05-01 12:00:00', 'Found.']],
      null,
      '',
    ],
    ['fixed by an edit', { updated_at: '2019-05-01 10:20:00' }, [], '2019-05-01 10:20:00', ''],
    [
      'words mended later',
      { updated_at: '2019-08-01 10:20:00' },
      [],
      '2019-05-01 10:00:00',
      'when it was fixed is not known',
    ],
    [
      'open again, and fixed',
      {},
      [
        [1, 4, '2019-05-01 11:00:00', 'a'],
        [2, 1, '2019-05-01 12:00:00', 'b'],
        [3, 4, '2019-05-01 13:00:00', 'c'],
      ],
      '2019-05-01 13:00:00',
      '',
    ],
    ['never fixed and no update', { status: 1 }, [], '2019-05-01 10:00:00', 'never marked fixed'],
  ];
  test.each(ENDS)('ends: %s', (_, more, updates, end, why) => {
    const made = importOf(page([two(1, '2019-05-01 10:00:00', more, updates)]));
    expect(made.incidents.map(read)).toMatchObject([
      { started: at('2019-05-01 10:00:00'), resolved: end && at(end) },
    ]);
    expect(saidOf(made)).toContain(why);
  });

  test('what the public did not see is left out', () => {
    const made = importOf(
      page([
        two(1, '2019-05-01 10:00:00', { visible: 0 }),
        two(2, '2019-05-01 10:00:00', { deleted_at: '2019-06-01 00:00:00' }),
      ]),
    );
    expect(made.incidents).toEqual([]);
    expect(saidOf(made)).toMatch(/it is deleted[\s\S]*it is not public there/);
  });

  test('an incident in two answers is taken once, with its updates; pages that are missing are named', () => {
    const list = two(1, '2019-05-01 10:00:00', { status: 4 });
    const whole = two(1, '2019-05-01 10:00:00', {}, [[1, 4, '2019-05-01 11:00:00', 'Mended.']]);
    const update = { id: 2, incident_id: 1, status: 4, message: 'Sorry.', created_at: '2019-05-01 12:00:00' };
    const made = importOf(page([list], 2, 3), { data: whole }, page([update]));
    expect(made.incidents.map(read)).toMatchObject([
      { updates: [{}, { body: 'Mended.' }, { body: 'Sorry.' }] },
    ]);
    expect(saidOf(importOf(page([update])))).toContain('the updates of incident 1, which is not given');
    expect(saidOf(made)).toContain('of its 3 pages, these are not given: 1, 3');
  });
});

test('components in their groups and order; one that is not enabled is nowhere', () => {
  const component = (id: number, name: string, more: object) => ({
    id,
    name,
    description: '',
    link: '',
    status: 1,
    order: 0,
    group_id: 0,
    enabled: true,
    status_name: 'Operational',
    ...more,
  });
  const made = importOf(
    page([
      component(1, 'API', { group_id: 2, order: 2, description: 'Public' }),
      component(2, 'Site', {
        group_id: 2,
        order: 1,
        status: 4,
        status_name: 'Major Outage',
        link: 'https://x.example',
      }),
      component(3, 'Old', { enabled: false }),
      component(4, 'Mail', {}),
    ]),
    page([{ id: 2, name: 'Web', order: 1, collapsed: 0, enabled_components: [{ id: 1, name: 'API' }] }]),
    page([
      two(1, '2019-05-01 10:00:00', { component_id: 3, component: component(3, 'Old', { enabled: false }) }),
    ]),
  );
  expect(made.components).toEqual([
    { id: 'site', name: 'Site', description: null, group: 'Web' },
    { id: 'api', name: 'API', description: 'Public', group: 'Web' },
    { id: 'mail', name: 'Mail', description: null, group: null },
  ]);
  expect(made.named.map(({ id }) => id)).not.toContain('old');
  expect(made.incidents.map(read)).toMatchObject([{ components: [] }]);
  expect(saidOf(made)).toContain('the present status of “Site” (Major Outage)');
  expect(saidOf(made)).toContain('the links of components');
});

test('what visitors do not see there is nowhere here, and what is not given is named', () => {
  const component = (id: number, name: string, group_id: number) => ({
    id,
    name,
    link: '',
    status: 1,
    group_id,
    enabled: true,
  });
  const made = importOf(
    page([component(1, 'API', 1), component(2, 'Payroll', 2), component(3, 'Vault', 9)]),
    page([
      { id: 1, name: 'Web', visible: 1, collapsed: 0, enabled_components: [] },
      { id: 2, name: 'Staff only', visible: 0, collapsed: 0, enabled_components: [] },
    ]),
    page([2, 3, 77].map(id => two(id, `2019-05-0${id % 10} 10:00:00`, { component_id: id }))),
  );
  expect(made.components.map(({ id }) => id)).toEqual(['api']);
  expect(made.named.map(({ name }) => name)).toEqual(['API', 'Component 77']);
  expect(saidOf(made).split('\n')).toEqual(
    expect.arrayContaining([
      'left out: the component “Payroll”, whose group “Staff only” visitors do not see',
      'left out: the component “Vault”, whose group 9 is not given: visitors may not see it',
      expect.stringContaining('changed: an incident names the component 77, which is not given'),
    ]),
  );
});

const schedule = (status: number, completed_at: string | null) => ({
  ...{ id: 1, name: 'Storage', message: 'We move disks.', status, completed_at },
  ...{ scheduled_at: '2026-12-20 10:00:00', created_at: '2026-11-01 10:00:00' },
});
test.each([
  ['planned, with its end', schedule(0, '2026-12-20 12:00:00'), 'scheduled', '2026-12-20 12:00:00', ''],
  [
    'planned, without an end',
    schedule(0, null),
    'scheduled',
    '2026-12-21 10:00:00',
    'it has no end, so 1 day are written',
  ],
  [
    'under way, without an end',
    schedule(1, null),
    'in_progress',
    '2026-12-27 10:00:00',
    'it has no end, so 7 days are written',
  ],
  ['done', schedule(2, '2026-12-20 12:00:00'), 'completed', '2026-12-20 12:00:00', ''],
  [
    'done, without an end',
    schedule(2, null),
    'completed',
    '2026-12-20 11:00:00',
    'it has no end, so it is one hour long',
  ],
])('a schedule that is %s', (_, given, status, end, said) => {
  const made = importOf(page([given]));
  const [{ status: is, scheduled, notify, updates } = {} as never] = made.incidents.map(read);
  expect({ is, end: scheduled!.end, notify }).toEqual({
    is: status,
    end: at(end),
    notify: status !== 'completed',
  });
  // What is written ends when the work does, and not before.
  expect(updates.some(one => one.status === 'completed')).toBe(status === 'completed');
  expect(saidOf(made)).toContain(said);
});

test('version 1: epoch seconds, no updates, and maintenance among the incidents', () => {
  const made = importOf({
    data: [
      {
        id: 7,
        name: 'Slow',
        status: 4,
        message: 'Fine again.',
        component_id: 0,
        component: null,
        human_status: 'Fixed',
        created_at: 1_420_038_898,
        updated_at: 1_420_042_498,
      },
      {
        id: 6,
        name: 'Upgrade',
        status: 0,
        message: 'Back soon.',
        scheduled_at: '2015-01-03 02:00:00',
        human_status: 'Scheduled',
        created_at: 1_420_000_000,
        updated_at: 1_420_000_000,
      },
    ],
  });
  const [upgrade, slow] = made.incidents.map(read);
  expect(slow).toMatchObject({ started: 1_420_038_898_000, resolved: 1_420_042_498_000 });
  expect(slow!.updates.map(({ status, body }) => [status, body])).toEqual([
    ['investigating', 'Fine again.'],
    ['resolved', 'Resolved.'],
  ]);
  expect(upgrade!.scheduled).toEqual({ start: at('2015-01-03 02:00:00'), end: at('2015-01-03 03:00:00') });
  expect(saidOf(made)).toContain('it has no end, so it is one hour long');
});

const when = (text: string | null) => ({ human: 'x', string: text });
const three = {
  data: [
    {
      id: '4',
      type: 'incidents',
      attributes: {
        id: 4,
        guid: '0b2c4a0e-1111-4222-8333-444455556666',
        name: 'Search is slow',
        message: '<p>We <strong>look</strong> into it.</p>',
        component_id: null,
        visible: 1,
        stickied: false,
        notifications: true,
        status: { human: 'Fixed', value: 4 },
        occurred: when('2025-02-01 08:00:00'),
        created: when('2025-02-01 08:05:00'),
        updated: when('2025-02-01 08:05:00'),
      },
      relationships: {
        components: { data: [{ type: 'components', id: '2' }] },
        updates: {
          data: [
            { type: 'updates', id: '12' },
            { type: 'updates', id: '11' },
          ],
        },
      },
    },
  ],
  included: [
    {
      id: '2',
      type: 'components',
      attributes: {
        id: 2,
        name: 'Search',
        description: null,
        link: null,
        order: 0,
        status: 2,
        enabled: true,
      },
    },
    {
      id: '11',
      type: 'updates',
      attributes: {
        id: 11,
        updateable_id: 4,
        updateable_type: 'incident',
        message: 'Found.',
        status: { human: 'Identified', value: 2 },
        created: when('2025-02-01 09:00:00'),
      },
    },
    {
      id: '12',
      type: 'updates',
      attributes: {
        id: 12,
        updateable_id: 4,
        updateable_type: 'incident',
        message: 'Done.',
        status: { human: 'Fixed', value: 4 },
        created: when('2025-02-01 10:00:00'),
      },
    },
  ],
  links: { next: null },
  meta: { current_page: 1, per_page: 15 },
};

test('version 3: included updates and components', () => {
  const made = importOf(three);
  expect(made.incidents.map(read)).toMatchObject([
    {
      title: 'Search is slow',
      started: at('2025-02-01 08:00:00'),
      resolved: at('2025-02-01 10:00:00'),
      components: [{ id: 'search' }],
      aliases: ['0b2c4a0e-1111-4222-8333-444455556666', '4'],
      updates: [
        { status: 'investigating', body: 'We **look** into it.' },
        { status: 'identified', body: 'Found.' },
        { status: 'resolved', body: 'Done.' },
      ],
    },
  ]);
  const { included: _, ...bare } = three;
  const { relationships: __, ...one } = bare.data[0]!;
  expect(saidOf(importOf({ ...bare, data: [one], links: { next: 'x' } }))).toMatch(
    /pages, these are not given: 2[\s\S]*include=components,updates/,
  );
});

test('version 3: the worst status that a component had is the severity', () => {
  const data = structuredClone(three.data);
  const components = [
    { id: 2, name: 'Search', pivot: { component_status: 4 } },
    { id: 3, name: 'API', pivot: { component_status: 1 } },
  ];
  Object.assign(data[0]!.attributes, { components });
  expect(importOf({ data }).incidents.map(read)).toMatchObject([
    {
      severity: 'critical',
      components: [
        { id: 'search', status: 'major_outage' },
        { id: 'api', status: 'operational' },
      ],
    },
  ]);
});

test('schedules of versions 2 and 3', () => {
  const second = {
    id: 3,
    name: 'Disks',
    message: 'New disks.',
    status: 2,
    scheduled_at: '2020-03-01 01:00:00',
    completed_at: '2020-03-01 02:30:00',
    created_at: '2020-02-20 09:00:00',
    updated_at: '2020-03-01 02:30:00',
    human_status: 'Complete',
    components: [{ id: 1, schedule_id: 3, component_id: 9, component_status: 1 }],
  };
  const third = {
    id: '8',
    type: 'schedules',
    attributes: {
      id: 8,
      name: 'Move',
      message: 'We move.',
      status: { human: 'Upcoming', value: 0 },
      scheduled: when('2030-01-01 00:00:00'),
      completed: when(null),
      created: when('2029-12-01 00:00:00'),
      updated: when('2029-12-01 00:00:00'),
    },
    relationships: { updates: { data: [{ type: 'updates', id: '30' }] }, components: { data: [] } },
  };
  const update = {
    id: '30',
    type: 'updates',
    attributes: {
      id: 30,
      updateable_id: 8,
      updateable_type: 'schedule',
      message: 'Boxes are here.',
      created: when('2029-12-02 00:00:00'),
    },
  };
  const made = importOf(
    page([second]),
    { data: [third], included: [update] },
    page([{ id: 9, name: 'Disk', link: '', status: 1, enabled: true, order: 1, group_id: 0 }]),
  );
  const disks = made.incidents.map(read).find(({ title }) => title === 'Disks');
  const move = made.incidents.map(read).find(({ title }) => title === 'Move');
  expect(disks).toMatchObject({
    status: 'completed',
    scheduled: { start: at('2020-03-01 01:00:00'), end: at('2020-03-01 02:30:00') },
    components: [{ id: 'disk' }],
    aliases: ['/schedules/3'],
    updates: [
      { body: 'New disks.', at: at('2020-02-20 09:00:00') },
      { body: 'Completed.', at: at('2020-03-01 02:30:00') },
    ],
  });
  expect(move).toMatchObject({
    status: 'scheduled',
    components: [],
    updates: [{ body: 'We move.' }, { body: 'Boxes are here.' }],
  });
});

test('the command: a dry run, a first and a second run; other files and empty answers', async () => {
  const terminal = await openTerminal();
  const saved = path.join(terminal.dir, 'saved');
  await mkdir(saved);
  await writeFile(path.join(saved, 'incidents.json'), JSON.stringify(page([two(1, '2019-05-01 10:00:00')])));
  await writeFile(path.join(saved, 'three.json'), JSON.stringify(three));
  expect((await terminal.run(importing, 'cachet', saved, '--dry-run')).out).toContain('2 incidents to write');
  const incidents = path.join(terminal.dir, 'status', 'incidents');
  expect(await readdir(incidents)).toEqual([]);
  expect(await terminal.run(importing, 'cachet', saved)).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 incidents written'),
  });
  const before = await Promise.all(
    (await readdir(incidents)).map(name => readFile(path.join(incidents, name), 'utf8')),
  );
  expect(before).toHaveLength(2);
  expect((await terminal.run(importing, 'cachet', saved)).out).toContain(
    '0 incidents written, 2 already there, 0 updated',
  );
  await writeFile(path.join(saved, 'other.json'), '{"hello": [1]}');
  const wrong = await terminal.run(importing, 'cachet', saved);
  expect(wrong.code).toBe(1);
  expect(wrong.out).toContain('other.json: nothing taken\n  wrong: it is no answer of Cachet');
  const empty = await terminal.write('../empty.json', JSON.stringify(page([])));
  await expect(terminal.run(importing, 'cachet', empty)).rejects.toThrow('there is nothing to import');
});

test('10,000 incidents with their updates take seconds', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => two(index, '2019-05-01 10:00:00'));
  const updates = many.map(({ id }) => ({
    id,
    incident_id: id,
    status: 4,
    message: 'Mended.',
    created_at: '2019-05-01 12:00:00',
  }));
  const begun = process.cpuUsage();
  const { incidents } = importOf(page(many), page(updates));
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(10_000);
  expect(incidents).toHaveLength(10_000);
  expect(incidents[9]!.text).toContain('Mended.');
});
