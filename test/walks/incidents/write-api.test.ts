// The writing API over HTTP: files come of it, mail goes out, repeats are answered and not repeated.
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';
const open = (options: Parameters<typeof openWorld>[0] = {}) =>
  openWorld({ ...options, env: { API_TOKEN: TOKEN, ...options.env } });
const bearer = { authorization: `Bearer ${TOKEN}` };
const NEW = {
  title: 'Slow sign-in',
  status: 'investigating',
  severity: 'major',
  components: ['dashboard'],
  message: 'Signing in takes a minute.',
};
const ID = '20260310_slow-sign-in';

async function send(world: World, method: string, address: string, body: unknown, headers = {}) {
  const response = await fetch(new URL(address, world.url), {
    method,
    headers: { 'content-type': 'application/json', ...bearer, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

describe('the writing API', () => {
  test.each([
    ['PATCH', ''],
    ['POST', '/updates'],
  ])(
    '%s resolves an automatic incident that is over and not told: at once, in these words',
    async (...[method, to]) => {
      const world = await open();
      await subscribed(world, 'user@example.com');
      const hook = '/webhooks/uptime?token=the-webhook-token-of-this-test';
      await world.post(hook, { alert_type: 'down', monitor_name: 'Storage' });
      await world.pass(100, 10);
      await world.post(hook, { alert_type: 'up', monitor_name: 'Storage' });
      await world.pass(20, 10);
      const address = `/api/incidents/20260310_storage-down${to}`;
      const body = { status: 'resolved', message: 'We put the disk back.' };
      expect((await send(world, method!, address, body)).status).toBeLessThan(300);
      await world.pass(10, 10);
      const told = world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
      expect(told).toEqual(['[INCIDENT] Storage Down', '[RESOLVED] Storage Down']);
      expect(world.mails.at(-1)!.text).toContain('We put the disk back.');
      await world.pass(60, 10);
      expect((await send(world, method!, address, { ...body, message: 'Again.' })).status).toBe(409);
    },
  );

  test('opens, updates and resolves: a file, the page, the mail', async () => {
    const world = await open();
    await subscribed(world, 'user@example.com');
    const opened = await send(world, 'POST', '/api/incidents', NEW);
    expect(opened.status).toBe(201);
    expect(opened.json).toEqual({ id: ID, url: `${world.url}/status/incidents/${ID}` });
    expect(opened.headers.get('location')).toBe(opened.json.url);
    expect((await world.get(`/status/incidents/${ID}`)).text).toContain('Signing in takes a minute.');
    const [row] = (await world.get('/api/v2/incidents/unresolved.json')).json.incidents;
    expect(row).toMatchObject({ name: 'Slow sign-in', impact: 'major', status: 'investigating' });
    await world.pass(60);
    const more = { status: 'identified', message: 'A slow query. # not a heading\n## Update 10:00 UTC\nx' };
    expect((await send(world, 'POST', `/api/incidents/${ID}/updates`, more)).status).toBe(201);
    await world.pass(60);
    const end = await send(world, 'POST', `/api/incidents/${ID}/updates`, {
      status: 'resolved',
      message: 'Fast again.',
    });
    expect([end.status, end.json.id]).toEqual([201, ID]);
    const text = await world.read(`${ID}.md`);
    expect(text).toMatch(/^status: resolved$/m);
    expect(text).toMatch(/^resolved: 2026-03-10T12:02:\d\dZ$/m);
    expect(text.match(/^## /gm)).toHaveLength(3);
    await world.pass(1);
    const subjects = world.mails.map(mail => mail.subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] Slow sign-in', '[UPDATE] Slow sign-in', '[RESOLVED] Slow sign-in']);
  });

  test('a maintenance is completed now, though a step of it lies ahead', async () => {
    const world = await open({
      files: {
        '20260310_up.md': `---
title: Upgrade
status: in_progress
started: 2026-03-10T11:00:00Z
scheduled_start: 2026-03-10T11:30:00Z
scheduled_end: 2026-03-10T15:00:00Z
components: [dashboard]
---
We upgrade.

## Verifying 14:00 UTC

We check.
`,
      },
    });
    await world.pass(5);
    const body = { status: 'completed', message: 'Done early.' };
    expect((await send(world, 'POST', '/api/incidents/20260310_up/updates', body)).status).toBe(201);
    expect(await world.read('20260310_up.md')).toContain('## Completed 2026-03-10 12:00:05 UTC');
    const { scheduled_maintenances } = (await world.get('/api/v2/scheduled-maintenances.json')).json;
    expect(scheduled_maintenances[0]).toMatchObject({
      status: 'completed',
      resolved_at: '2026-03-10T12:00:05.000Z',
    });
  });

  test('git’s marks, headings and dashes in a message are text, through every address and twice asked', async () => {
    const world = await open();
    await subscribed(world, 'user@example.com');
    const message =
      'Git says:\n<<<<<<< HEAD\nA\n=======\nB\n>>>>>>> x\n---\n## Resolved 10:00 UTC\n## Post-mortem\nend';
    const { status, json } = await send(world, 'POST', '/api/incidents', { ...NEW, message });
    expect([status, json.id]).toEqual([201, ID]);
    await world.pass(60);
    const updates = `/api/incidents/${ID}/updates`;
    const key = { 'idempotency-key': 'more' };
    const more = { status: 'identified', message };
    expect((await send(world, 'POST', updates, more, key)).status).toBe(201);
    const text = await world.read(`${ID}.md`);
    // As after a crash between the file and the answer.
    await forgetAnswers(world);
    expect((await send(world, 'POST', updates, more, key)).status).toBe(201);
    expect(await world.read(`${ID}.md`)).toBe(text);
    await world.pass(60);
    const over = { status: 'resolved', message };
    expect((await send(world, 'PATCH', `/api/incidents/${ID}`, over)).status).toBe(200);
    await world.pass(60);
    const [row] = (await world.get('/api/v2/incidents.json')).json.incidents;
    expect(row.incident_updates.map((one: { status: string }) => one.status)).toEqual([
      'resolved',
      'identified',
      'investigating',
    ]);
    expect((await world.get(`/status/incidents/${ID}`)).text).toContain('&lt;&lt;&lt;&lt;&lt;&lt;&lt; HEAD');
    expect((await world.get('/readyz')).json.problems).toEqual([]);
    const subjects = world.mails.map(mail => mail.subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] Slow sign-in', '[UPDATE] Slow sign-in', '[RESOLVED] Slow sign-in']);
  });

  test('a message that says nothing is refused, and a file that would be too long to be read', async () => {
    const world = await open();
    await send(world, 'POST', '/api/incidents', NEW);
    const text = await world.read(`${ID}.md`);
    for (const message of ['<!-- note -->', '  \n', '\u200b', '<!-- a -->\n<!--\nb\n-->', '\u2800\u00a0']) {
      for (const [method, address, body] of [
        ['POST', '/api/incidents', { ...NEW, title: 'Another', message }],
        ['PATCH', `/api/incidents/${ID}`, { status: 'identified', message }],
        ['POST', `/api/incidents/${ID}/updates`, { message }],
      ] as const) {
        const { status, json } = await send(world, method, address, body);
        expect([status, json.errors]).toEqual([
          422,
          [{ field: 'message', pointer: '#/message', detail: expect.stringMatching(/^say what is new/) }],
        ]);
      }
    }
    expect(await world.read(`${ID}.md`)).toBe(text);
    const long = { message: `a${'\n'.repeat(19_998)}b` };
    const updates = `/api/incidents/${ID}/updates`;
    const { status, json } = await send(world, 'POST', updates, long);
    expect([status, json.detail]).toEqual([409, expect.stringContaining('too long to read')]);
    const opened = await send(world, 'POST', '/api/incidents', { ...NEW, title: 'Another', ...long });
    expect([opened.status, opened.json.errors?.[0]?.field]).toEqual([422, 'message']);
    expect((await send(world, 'POST', updates, { message: 'Short.' })).status).toBe(201);
  });

  test('what is wrong with a field is said in plain words', async () => {
    const world = await open();
    const bodies = [
      ...[
        { started: 1764403920 },
        { started: null },
        { title: 'x'.repeat(201) },
        { title: 7 },
        { title: undefined },
      ],
      ...[{ message: 'x'.repeat(20_001) }, { message: 7 }, { components: 'api' }, { components: [7] }],
      ...[{ components: ['x'.repeat(65)] }, { components: Array(201).fill('api') }, { severity: 'bad' }],
      ...[{ status: 3 }, { resolved: [] }, { notify: false }, { title: '\u200b' }],
    ];
    const said: Record<string, string> = {};
    for (const body of bodies) {
      const { status, json } = await send(world, 'POST', '/api/incidents', { ...NEW, ...body });
      expect(status).toBe(422);
      for (const { detail } of json.errors) {
        expect(detail).not.toMatch(/expected|received|invalid|too (big|small)|undefined|characters:/i);
        said[JSON.stringify(body).slice(0, 30)] = detail;
      }
    }
    expect(said['{"started":1764403920}']).toBe('write a date and time like 2025-11-06T14:30:00Z');
    expect(Object.values(said)).toContain('write at most 200 characters');
    for (const body of [[], null, 'x']) {
      const { json } = await send(world, 'POST', '/api/incidents', JSON.stringify(body));
      expect(json.errors).toEqual([{ field: '', pointer: '#', detail: 'write a JSON object' }]);
    }
  });

  test('changes fields in place and keeps the operator’s other bytes', async () => {
    const before = `---
# who: night shift
title: >-
  Slow
  sign-in
status: "investigating"   # for now
severity: minor
started: 2026-03-10T11:00:00Z
components:
  - dashboard
  - api
---

## Update 11:00 UTC
We look.
`;
    const world = await open({ files: { [`${ID}.md`]: before } });
    const changed = await send(world, 'PATCH', `/api/incidents/${ID}`, {
      title: 'Sign-in: "slow"',
      severity: 'critical',
      components: ['jobs'],
    });
    expect(changed.status).toBe(200);
    expect(await world.read(`${ID}.md`)).toBe(`---
# who: night shift
title: "Sign-in: \\"slow\\""
status: "investigating"   # for now
severity: critical
started: 2026-03-10T11:00:00Z
components: [jobs]
---

## Update 11:00 UTC
We look.
`);
    const [row] = (await world.get('/api/v2/incidents.json')).json.incidents;
    expect(row).toMatchObject({ name: 'Sign-in: "slow"', impact: 'critical' });
    expect(row.components.map((each: { name: string }) => each.name)).toEqual(['Background Jobs']);
    const ended = await send(world, 'PATCH', `/api/incidents/${ID}`, {
      status: 'resolved',
      message: 'Done.',
    });
    expect(ended.status).toBe(200);
    expect(await world.read(`${ID}.md`)).toMatch(/## Resolved 2026-03-10 12:00:00 UTC\nDone\./);
  });

  describe('changes what counts now, once a section has said it', () => {
    const EARLIER = `---
title: Slow sign-in
status: identified
severity: major
started: 2026-03-10T11:00:00Z
components: [dashboard]
---

## Identified 11:30 UTC
severity: minor
components: [api]

Better.

## Investigating 11:00 UTC
We look.
`;
    const now = async (world: World) => {
      const [{ impact, components }] = (await world.get('/api/v2/incidents.json')).json.incidents;
      return [impact, ...components.map((each: { name: string }) => each.name)];
    };
    const patch = async (world: World, body: object) =>
      (await send(world, 'PATCH', `/api/incidents/${ID}`, body)).status;
    const PATCHED = { severity: 'critical', components: ['api', 'jobs'] };
    const opened = async () => {
      const world = await open();
      await subscribed(world, 'jobs@example.com', ['jobs']);
      await world.write(`${ID}.md`, EARLIER);
      await world.pass(10, 1);
      return world;
    };

    test('in place: in the newest section that says it; followers of what is added are told', async () => {
      const world = await opened();
      expect(await patch(world, PATCHED)).toBe(200);
      const changed = EARLIER.replace('minor', 'critical').replace('[api]', '[api, jobs]');
      expect(await world.read(`${ID}.md`)).toBe(changed);
      expect(await now(world)).toEqual(['critical', 'API', 'Background Jobs']);
      await world.pass(3, 1);
      expect(world.mails.at(-1)!.subject).toBe('[INCIDENT] Slow sign-in');
      await world.restart();
      expect(await now(world)).toEqual(['critical', 'API', 'Background Jobs']);
    });

    test('with a status: in its update, from then on', async () => {
      const world = await opened();
      expect(await patch(world, { ...PATCHED, status: 'monitoring', message: 'Worse.' })).toBe(200);
      const text = await world.read(`${ID}.md`);
      expect(text).toMatch(/^## Monitoring .*\nseverity: critical\ncomponents: \[api, jobs\]\n\nWorse\.\n/m);
      expect(text).toContain(EARLIER.slice(EARLIER.indexOf('## Identified')));
      expect(text).toContain('severity: major\n');
      expect(await now(world)).toEqual(['critical', 'API', 'Background Jobs']);
      await world.pass(3, 1);
      expect(world.mails.at(-1)!.subject).toBe('[INCIDENT] Slow sign-in');
    });

    test('with its end, or after it: in place; what stands in or after the end does not count', async () => {
      const world = await opened();
      expect(await patch(world, { severity: 'critical', status: 'resolved', message: 'Done.' })).toBe(200);
      expect(await world.read(`${ID}.md`)).toContain('UTC\nseverity: critical\ncomponents: [api]\n');
      const ended = await world.read(`${ID}.md`);
      await world.write(`${ID}.md`, `${ended}\n## Update 13:00 UTC\nseverity: minor\n\nA note.\n`);
      await world.pass(5, 1);
      expect(await patch(world, { components: ['jobs'] })).toBe(200);
      const text = await world.read(`${ID}.md`);
      expect(text).toContain('UTC\nseverity: critical\ncomponents: [jobs]\n');
      expect(text).toContain('UTC\nseverity: minor\n\nA note.');
    });
  });

  test('ends once: a second end is 409 and changes nothing; words after it are an update', async () => {
    const world = await open();
    await subscribed(world, 'user@example.com');
    await send(world, 'POST', '/api/incidents', NEW);
    await world.pass(60);
    const end = { status: 'resolved', message: 'Fast again.' };
    const updates = `/api/incidents/${ID}/updates`;
    const first = await send(world, 'POST', updates, end, { 'idempotency-key': 'end' });
    await world.pass(60);
    const text = await world.read(`${ID}.md`);
    const again = await send(world, 'POST', updates, end);
    expect([again.status, again.json.detail]).toEqual([
      409,
      'It is already resolved, at 2026-03-10T12:01:01Z. To add text, POST it to …/updates without a status.',
    ]);
    expect((await send(world, 'PATCH', `/api/incidents/${ID}`, { status: 'resolved' })).status).toBe(409);
    // A repeat of the same request is no second end.
    const repeat = await send(world, 'POST', updates, end, { 'idempotency-key': 'end' });
    expect([repeat.status, repeat.json]).toEqual([first.status, first.json]);
    expect(await world.read(`${ID}.md`)).toBe(text);

    expect((await send(world, 'POST', updates, { message: 'It was a slow query.' })).status).toBe(201);
    await world.pass(60);
    const after = await world.read(`${ID}.md`);
    expect(after).toContain('resolved: 2026-03-10T12:01:01Z\n');
    expect(after).toContain('## Update 2026-03-10 12:02:01 UTC\nIt was a slow query.');
    const subjects = world.mails.map(mail => mail.subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] Slow sign-in', '[RESOLVED] Slow sign-in', '[UPDATE] Slow sign-in']);
    // Open again, it can end again.
    expect((await send(world, 'POST', updates, { status: 'monitoring', message: 'Slow.' })).status).toBe(201);
    await world.pass(60);
    expect((await send(world, 'POST', updates, end)).status).toBe(201);
    await world.pass(60);
    expect(world.mails.at(-1)?.subject).toBe('[RESOLVED] Slow sign-in');
  });

  test('an incident of the past is written whole', async () => {
    const world = await open();
    const past = {
      ...NEW,
      status: 'resolved',
      started: '2026-03-08T10:00:00Z',
      resolved: '2026-03-08T11:30:00Z',
    };
    const { json } = await send(world, 'POST', '/api/incidents', past);
    expect(json.id).toBe('20260308_slow-sign-in');
    const [row] = (await world.get('/api/v2/incidents.json')).json.incidents;
    expect(row).toMatchObject({ status: 'resolved', resolved_at: '2026-03-08T11:30:00.000Z' });
  });

  test('two of one title on one day are two; without components the title decides', async () => {
    const world = await open();
    const { components: _, ...open1 } = { ...NEW, title: 'Dashboard is slow' };
    const ids = [];
    for (let i = 0; i < 2; i++) ids.push((await send(world, 'POST', '/api/incidents', open1)).json.id);
    expect(ids).toEqual(['20260310_dashboard-is-slow', '20260310_dashboard-is-slow-2']);
    expect(await world.read('20260310_dashboard-is-slow.md')).not.toContain('components');
    const { components } = (await world.get('/api/v2/components.json')).json;
    const status = (name: string) => components.find((row: { name: string }) => row.name === name).status;
    expect([status('Dashboard'), status('API')]).toEqual(['partial_outage', 'operational']);
    const nameless = await send(world, 'POST', '/api/incidents', { ...NEW, title: '障害' });
    expect(nameless.json.id).toBe('20260310_incident');
  });

  test('twenty updates at once all stand in the file', async () => {
    const world = await open();
    await send(world, 'POST', '/api/incidents', NEW);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        send(world, 'POST', `/api/incidents/${ID}/updates`, { message: `Note ${i}.` }),
      ),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([201]));
    const text = await world.read(`${ID}.md`);
    for (let i = 0; i < 20; i++) expect(text).toContain(`Note ${i}.`);
  });
});

describe('who may write', () => {
  test.each([
    ['without API_TOKEN', {}, bearer, 403, /API_TOKEN/],
    ['without a token', { API_TOKEN: TOKEN }, {}, 401, /Bearer/],
    ['with a wrong one', { API_TOKEN: TOKEN }, { authorization: 'Bearer wrong' }, 401, /Bearer/],
    [
      'with the webhooks’ token',
      { API_TOKEN: TOKEN },
      { authorization: 'Bearer the-webhook-token-of-this-test' },
      401,
      /Bearer/,
    ],
    [
      'with it as a password',
      { API_TOKEN: TOKEN },
      { authorization: `Basic ${btoa(`x:${TOKEN}`)}` },
      401,
      /Bearer/,
    ],
  ])('%s → %s', async (_name, env, headers, status, words) => {
    const world = await openWorld({ env: env as Record<string, string> });
    for (const [method, address] of [
      ['POST', '/api/incidents'],
      ['PATCH', '/api/incidents/x'],
      ['POST', '/api/incidents/x/updates'],
    ]) {
      const response = await fetch(new URL(address as string, world.url), {
        method: method as string,
        headers: headers as unknown as Record<string, string>,
        body: '{}',
      });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      if (status === 401) expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(await response.json()).toMatchObject({ status, detail: expect.stringMatching(words) });
    }
    expect(await world.files()).toEqual([]);
    expect(JSON.stringify(world.logged)).not.toContain(TOKEN);
  });

  test('too many in a minute are 429', async () => {
    const world = await open();
    const statuses = await Promise.all(
      Array.from({ length: 125 }, () =>
        send(world, 'POST', '/api/incidents', '{').then(({ status }) => status),
      ),
    );
    expect(statuses.filter(status => status === 400)).toHaveLength(120);
    expect(statuses.filter(status => status === 429)).toHaveLength(5);
  });
});

describe('faults are named by field', () => {
  test.each<[string, unknown, number, string[]]>([
    ['no JSON', '{', 400, []],
    ['a list', [], 422, ['']],
    ['nothing', {}, 422, ['title', 'severity']],
    ['unknown words', { ...NEW, severity: 'sev1', status: 'open' }, 422, ['status', 'severity']],
    ['an unknown component', { ...NEW, components: ['dashbord'] }, 422, ['components.0']],
    ['an unknown field', { ...NEW, impact: 'x' }, 422, ['impact']],
    ['no such day', { ...NEW, started: '2026-02-31T10:00:00Z' }, 422, ['started']],
    ['the future', { ...NEW, started: '2026-03-11T10:00:00Z' }, 422, ['started']],
    [
      'an end before the start',
      { ...NEW, status: 'resolved', started: '2026-03-10T11:00:00Z', resolved: '2026-03-10T10:00:00Z' },
      422,
      ['resolved'],
    ],
    ['an end while open', { ...NEW, resolved: '2026-03-10T10:00:00Z' }, 422, ['resolved']],
  ])('%s', async (_name, body, status, fields) => {
    const world = await open();
    const answer = await send(world, 'POST', '/api/incidents', body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const errors = (answer.json.errors ?? []) as { field: string; pointer: string; detail: string }[];
    expect(errors.map(({ field }) => field)).toEqual(fields);
    for (const { pointer, detail } of errors) {
      expect(pointer).toMatch(/^#(\/|$)/);
      expect(detail).toMatch(/\w/);
      expect(detail).not.toMatch(/Invalid/);
    }
    expect(await world.files()).toEqual([]);
  });

  test('of updates and changes', async () => {
    const broken = '---\ntitle: [\n---\n';
    const world = await open({ files: { '20260310_broken.md': broken } });
    await send(world, 'POST', '/api/incidents', NEW);
    const fieldsOf = async (method: string, address: string, body: unknown) => {
      const { status, json } = await send(world, method, address, body);
      return [status, ...(json.errors ?? []).map(({ field }: { field: string }) => field)];
    };
    const updates = `/api/incidents/${ID}/updates`;
    expect(await fieldsOf('POST', updates, { message: ' ' })).toEqual([422, 'message']);
    expect(await fieldsOf('POST', updates, { message: 'x', status: 'completed' })).toEqual([422, 'status']);
    expect(await fieldsOf('POST', updates, { message: 'x', at: '2026-03-10T11:00:00Z' })).toEqual([
      422,
      'at',
    ]);
    expect(await fieldsOf('POST', updates, { message: 'x', at: '2026-03-10T12:00:01Z' })).toEqual([
      422,
      'at',
    ]);
    expect(await fieldsOf('PATCH', `/api/incidents/${ID}`, {})).toEqual([422, '']);
    expect(await fieldsOf('PATCH', `/api/incidents/${ID}`, { message: 'x' })).toEqual([422, 'message']);
    expect(await fieldsOf('PATCH', '/api/incidents/none', { title: 'x' })).toEqual([404]);
    expect(await fieldsOf('PATCH', '/api/incidents/..%2f..%2fetc', { title: 'x' })).toEqual([404]);
    expect(await fieldsOf('PATCH', '/api/incidents/20260310_broken', { title: 'x' })).toEqual([409]);
    expect(await world.read('20260310_broken.md')).toBe(broken);
  });

  test('a folder that cannot be written is 503', async () => {
    const world = await open();
    const folder = path.join(world.dir, 'status', 'incidents');
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder was');
    const answer = await send(world, 'POST', '/api/incidents', NEW);
    expect([answer.status, answer.json.detail]).toEqual([503, expect.stringContaining('cannot be written')]);
  });
});

describe('Idempotency-Key', () => {
  const key = { 'idempotency-key': '7d8f' };

  test('a repeat gets the same answer; another body is refused; a refused one frees the key', async () => {
    const world = await open();
    expect((await send(world, 'POST', '/api/incidents', {}, key)).status).toBe(422);
    const first = await send(world, 'POST', '/api/incidents', NEW, key);
    await world.pass(3600);
    await world.restart();
    const again = await send(world, 'POST', '/api/incidents', NEW, key);
    expect([again.status, again.json.id]).toEqual([201, first.json.id]);
    expect(await world.files()).toEqual([`${ID}.md`]);
    const other = await send(world, 'POST', '/api/incidents', { ...NEW, title: 'Other' }, key);
    expect(other.status).toBe(422);
    expect(other.json.detail).toContain('Idempotency-Key');
    await world.pass(24 * 3600);
    expect((await send(world, 'POST', '/api/incidents', { ...NEW, title: 'Other' }, key)).status).toBe(201);
  });

  test('at once, and after a crash between the file and the answer, it is written once', async () => {
    const world = await open();
    const all = await Promise.all([1, 2, 3].map(() => send(world, 'POST', '/api/incidents', NEW, key)));
    expect(new Set(all.map(({ json }) => json.id))).toEqual(new Set([ID]));
    await world.pass(60);
    const more = { message: 'Still looking.' };
    const noted = { 'idempotency-key': 'note' };
    await send(world, 'POST', `/api/incidents/${ID}/updates`, more, noted);
    expect(await forgetAnswers(world)).toBe(2n);
    await world.pass(60);
    expect((await send(world, 'POST', `/api/incidents/${ID}/updates`, more, noted)).status).toBe(201);
    expect((await send(world, 'POST', '/api/incidents', NEW, key)).json.id).toBe(ID);
    expect((await world.read(`${ID}.md`)).match(/Still looking/g)).toHaveLength(1);
    expect(await world.files()).toEqual([`${ID}.md`]);
  });
});

test('several people: each token is known by its name, and one that may only read writes nothing', async () => {
  const [ONCALL, READER] = ['token-of-the-oncall-person', 'token-of-a-dashboard-now'];
  const world = await openWorld({ env: { API_TOKEN: `oncall:${ONCALL}:write,screen:${READER}:read` } });
  const post = (token: string) => world.post('/api/incidents', NEW, { authorization: `Bearer ${token}` });
  const refused = await post(READER);
  expect([refused.status, refused.json.detail]).toEqual([403, 'This token may only read.']);
  expect((await post('screen')).status).toBe(401);
  expect(await world.files()).toEqual([]);
  expect((await post(ONCALL)).status).toBe(201);
  const lines = world.logged.filter(({ message }) => message === 'incident written by API');
  expect(lines.map(({ fields }) => [fields.by, fields.change])).toEqual([['oncall', 'create']]);
  expect(JSON.stringify(world.logged)).not.toContain(ONCALL);
});

async function forgetAnswers(world: World): Promise<bigint> {
  const db = await world.openDb();
  const done = await db.updateTable('requests').set({ answer: null }).executeTakeFirst();
  await db.destroy();
  return done.numUpdatedRows;
}
