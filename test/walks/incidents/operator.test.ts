// Walk 1: an operator saves a markdown file; page, API, feeds and mail follow.
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed } from '../world.ts';

const SAMPLE = readFileSync('status/incidents/20251106_api-latency-spike.md', 'utf8');

describe('an incident file', () => {
  test('is on page, API, feed and history, and mailed once to each subscriber', async () => {
    const world = await openWorld({ now: '2025-11-06T14:30:10Z' });
    await subscribed(world, 'user@example.com');
    await world.write(
      '20251106_api-latency-spike.md',
      SAMPLE.replace('status: resolved', 'status: investigating')
        .replace(/^resolved:.*\n/m, '')
        .replace(/## Update 15:00[\s\S]*(?=## Update 14:30)/, ''),
    );
    await world.pass(60);
    await world.pass(60);
    const page = await world.get('/status/live');
    expect(page.text).toContain('API Latency Spike');
    expect(page.text).toContain('Investigating elevated API response times.');
    expect(page.text).not.toContain('All systems operational');
    const summary = (await world.get('/api/v2/summary.json')).json;
    expect(summary.incidents).toMatchObject([
      { name: 'API Latency Spike', status: 'investigating', impact: 'major' },
    ]);
    expect(summary.components[0]).toMatchObject({ name: 'API', status: 'partial_outage' });
    const news = world.mails.filter(mail => mail.subject?.startsWith('['));
    expect(news.map(mail => mail.subject)).toEqual(['[INCIDENT] API Latency Spike']);

    await world.write('20251106_api-latency-spike.md', SAMPLE);
    await world.pass(29 * 60);
    await world.pass(60);
    const after = await world.get('/api/v2/incidents.json');
    expect(after.json.incidents[0]).toMatchObject({
      status: 'resolved',
      resolved_at: '2025-11-06T15:00:00.000Z',
    });
    const statuses = after.json.incidents[0].incident_updates.map(
      (update: { status: string }) => update.status,
    );
    expect(statuses).toEqual(['resolved', 'investigating', 'investigating']);
    const subjects = world.mails.map(mail => mail.subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual([
      '[INCIDENT] API Latency Spike',
      '[UPDATE] API Latency Spike',
      '[RESOLVED] API Latency Spike',
    ]);
    const [first, ...later] = world.mails.filter(mail => mail.subject?.startsWith('['));
    for (const mail of later) expect(mail.references).toBe(first?.messageId);
  });

  test('edited for a typo mails nobody again; the page shows the edit', async () => {
    const world = await openWorld({ now: '2025-11-06T15:00:30Z' });
    await subscribed(world, 'user@example.com');
    await world.write('20251106_api-latency-spike.md', SAMPLE);
    await world.pass(60);
    const before = world.mails.length;
    await world.write('20251106_api-latency-spike.md', SAMPLE.replace('connection pool', 'connection-pool'));
    await world.pass(60);
    expect((await world.get('/status/live')).text).toContain('connection-pool');
    expect(world.mails.length).toBe(before);
  });

  test('that was there before the first start is shown and not shouted', async () => {
    const world = await openWorld({
      now: '2025-11-06T14:50:00Z',
      files: { '20251106_api-latency-spike.md': SAMPLE },
    });
    await subscribed(world, 'user@example.com');
    await world.pass(60);
    expect(world.mails.map(mail => mail.subject?.startsWith('['))).toEqual([false]);
  });

  test('goes only to those who asked for its components', async () => {
    const world = await openWorld({ now: '2025-11-06T15:00:30Z' });
    await subscribed(world, 'api@example.com', ['api']);
    await subscribed(world, 'dashboard@example.com', ['dashboard']);
    await subscribed(world, 'all@example.com');
    await world.write('20251106_api-latency-spike.md', SAMPLE);
    await world.pass(60);
    const to = world.mails
      .filter(mail => mail.subject?.startsWith('['))
      .map(mail => [mail.to].flat()[0]?.text);
    expect([...new Set(to)].sort()).toEqual(['all@example.com', 'api@example.com']);
  });
});

describe('a bad incident file', () => {
  const cases: [string, string, RegExp][] = [
    ['malformed frontmatter', '---\ntitle: "API\nstatus: [\n---\n', /bad\.md:\d+: this is not YAML/],
    [
      'unknown status',
      SAMPLE.replace('status: resolved', 'status: resloved'),
      /bad\.md:3: .*did you mean resolved/,
    ],
    ['resolved without its time', SAMPLE.replace(/^resolved:.*\n/m, ''), /bad\.md:3: .*write when it ended/],
    ['an end before the start', SAMPLE.replace('T15:00', 'T13:00'), /bad\.md:6: it ends before it begins/],
    ['an empty file', '', /bad\.md:1: the file is empty/],
    [
      'JavaScript',
      '---js\n({ title: (globalThis.ran = true) })\n---\n',
      /bad\.md:1: front matter in "js" is not accepted/,
    ],
    [
      'a date that does not exist',
      SAMPLE.replace('11-06T14:30:00Z', '02-31T14:30:00Z'),
      /bad\.md:5: .*is not a date/,
    ],
  ];
  test.each(cases)('%s: named on /readyz, the page stays up', async (_name, text, message) => {
    const world = await openWorld({ files: { '20251106_api-latency-spike.md': SAMPLE } });
    await world.write('20260310_bad.md', text);
    await world.pass(1);
    const ready = await world.get('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.json.problems.map((problem: { message: string }) => problem.message).join('\n')).toMatch(
      message,
    );
    const page = await world.get('/status/incidents/20251106_api-latency-spike');
    expect(page.status).toBe(200);
    expect((await world.get('/status/live')).status).toBe(200);
    expect((globalThis as { ran?: boolean }).ran).toBeUndefined();
  });

  test('keeps its last good version on the page until it is mended', async () => {
    const world = await openWorld({
      now: '2025-11-06T15:05:00Z',
      files: { '20251106_api-latency-spike.md': SAMPLE },
    });
    await world.write('20251106_api-latency-spike.md', SAMPLE.replace('severity: major', 'severity: huge'));
    await world.pass(1);
    expect((await world.get('/status/live')).text).toContain('API Latency Spike');
    expect((await world.get('/readyz')).json.ok).toBe(false);
    await world.write('20251106_api-latency-spike.md', SAMPLE.replace('Spike', 'Trouble'));
    await world.pass(1);
    expect((await world.get('/status/live')).text).toContain('API Latency Trouble');
    expect((await world.get('/readyz')).json.problems).toEqual([]);
  });

  test('that names an unknown component says so on /readyz, while it is open', async () => {
    const world = await openWorld();
    const text = (status: string) =>
      `---\ntitle: Odd\nstatus: ${status}\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\n${status === 'resolved' ? 'resolved: 2026-03-10T11:30:00Z\n' : ''}components: [apo]\n---\nWords.\n`;
    await world.write('20260310_odd.md', text('investigating'));
    await world.pass(2, 1);
    const told = async () =>
      (await world.get('/readyz')).json.problems.map(({ message }: { message: string }) => message);
    expect(await told()).toContain(
      'incidents/20260310_odd.md: there is no component "apo" — did you mean api?',
    );
    await world.write('20260310_odd.md', text('resolved'));
    await world.pass(2, 1);
    expect(await told()).toEqual([]);
  });

  test('two files with one id: one is shown, the other named', async () => {
    const world = await openWorld({ files: { '20251106_same.md': SAMPLE, '20251106_same.MD': SAMPLE } });
    const { problems } = (await world.get('/readyz')).json;
    expect(problems[0].message).toMatch(/another file with the id "20251106_same"/);
    expect((await world.get('/api/v2/incidents.json')).json.incidents).toHaveLength(1);
  });

  test('HTML and javascript: links reach no visitor anywhere', async () => {
    const evil = '<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)>';
    const world = await openWorld({ now: '2025-11-06T15:00:30Z' });
    await subscribed(world, 'user@example.com');
    await world.write(
      '20251106_evil.md',
      SAMPLE.replace('Issue resolved.', evil).replace('Spike', '<b>Spike'),
    );
    await world.pass(60);
    const places = [
      '/status/live',
      '/status/incidents/20251106_evil',
      '/status/history/2025-11',
      '/status/feed.atom',
    ];
    for (const place of [...places, '/status/feed.rss', '/status/feed.json', '/api/v2/incidents.json']) {
      const { text } = await world.get(place);
      expect(text, place).toContain('Spike');
      expect(text, place).not.toMatch(/<script>alert|href="javascript|<img src=x|<b>Spike/);
    }
    const html = world.mails.map(mail => mail.html || '').join('');
    expect(html).toContain('Spike');
    expect(html).not.toMatch(/<script>alert|href="javascript|<img src=x|<b>Spike/);
  });

  test('deleted, it leaves the page and mails nobody', async () => {
    const world = await openWorld({
      now: '2025-11-06T15:05:00Z',
      files: { '20251106_api-latency-spike.md': SAMPLE },
    });
    rmSync(`${world.dir}/status/incidents/20251106_api-latency-spike.md`);
    await world.pass(1);
    expect((await world.get('/status/live')).text).not.toContain('API Latency Spike');
    expect((await world.get('/status/incidents/20251106_api-latency-spike')).status).toBe(404);
  });
});

describe('status.yaml while running', () => {
  test('a valid edit shows; an invalid one keeps the last good and says what is wrong', async () => {
    const world = await openWorld();
    const file = `${world.dir}/status/status.yaml`;
    const { readFile, writeFile } = await import('node:fs/promises');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('Levqor Status', 'Other Name'));
    await world.pass(1);
    expect((await world.get('/status/live')).text).toContain('Other Name');
    await writeFile(file, good.replace('name: API', 'nam: API'));
    await world.pass(1);
    expect((await world.get('/status/live')).text).toContain('Other Name');
    const messages = (await world.get('/readyz')).json.problems.map(
      (problem: { message: string }) => problem.message,
    );
    expect(messages.join('\n')).toMatch(/status\.yaml:4: `components\.0\.name` is missing/);
  });
});
