// The static copy: every public address as a file, kept fresh by its schedule, never half, never others' files.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { exporting } from '../../../src/cli/export.ts';
import { makeWriteMirror } from '../../../src/content/mirror.ts';
import type { ExportFile } from '../../../src/core/model/ports/export-file.ts';
import { STATUSPAGE } from '../../../src/web/statuspage/statuspage.ts';
import { copyOf } from '../../../src/wiring/export.ts';
import { openTerminal } from '../../cli/terminal.ts';
import { openWorld, SITE } from '../world.ts';

const MIRRORED = (target: string) => `${SITE(target)}
metrics: [{ id: orders, name: Orders }]
export: { schedule: "*/5 * * * *", to: copy }
`;
const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';

describe('export: in status.yaml', () => {
  test('writes the copy at the start and by its schedule; JSON, feeds and badges are the server’s own', async () => {
    const world = await openWorld({ site: MIRRORED });
    const at = (name: string) => path.join(world.dir, 'data', 'copy', name);
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
    await world.pass(1);
    const names = [
      ...Object.keys(STATUSPAGE).map(name => `api/v2/${name}`),
      'api/uptime.json',
      'api/openapi.json',
      ...['atom', 'rss', 'json'].flatMap(end => [`status/feed.${end}`, `status/feed/api.${end}`]),
      'history.atom',
      'history.rss',
      'status/maintenance.ics',
      'status/badge.svg',
      'status/badge/api.svg',
      'api/components/api/latency.json',
      'status/widget.js',
      'status/widget.json',
      'status/assets/live.js',
      'status/assets/status.css',
    ];
    for (const name of names) {
      expect(await readFile(at(name), 'utf8'), name).toBe((await world.get(`/${name}`)).text);
    }
    for (const [name, address] of [
      ['status/badge/api.uptime.svg', '/status/badge/api.svg?show=uptime'],
      ['status/badge.response.svg', '/status/badge.svg?show=response'],
      ['api/components/api/latency.7d.json', '/api/components/api/latency.json?range=7d'],
      ['api/metrics/orders.90d.json', '/api/metrics/orders.json?range=90d'],
    ] as const) {
      expect(await readFile(at(name), 'utf8'), name).toBe((await world.get(address)).text);
    }
    const page = () => readFile(at('index.html'), 'utf8');
    expect(await page()).toContain('<h1>Dashboard is down</h1>');
    expect(await readFile(at('de/index.html'), 'utf8')).toContain('Eine Kopie von');
    await world.pass(60);
    await world.post(HOOK, { alert_type: 'up', monitor_name: 'Dashboard' });
    await world.pass(1);
    expect(await page()).toContain('<h1>Dashboard is down</h1>');
    await world.pass(300, 60);
    expect(await page()).not.toContain('<h1>Dashboard is down</h1>');
    expect(await readFile(at('status/incidents/20260310_dashboard-down/index.html'), 'utf8')).toContain(
      'Resolved',
    );
  });

  test('an incident that goes leaves no page; a folder of others is refused and said', async () => {
    const file =
      '---\ntitle: Gone\nstatus: resolved\nseverity: minor\nstarted: 2026-03-09T10:00:00Z\nresolved: 2026-03-09T11:00:00Z\n---\nx\n';
    const world = await openWorld({ site: MIRRORED, files: { '20260309_gone.md': file } });
    await world.pass(1);
    const folder = path.join(world.dir, 'data', 'copy');
    const incidents = () =>
      readdir(path.join(folder, 'status', 'incidents', '20260309_gone')).catch(() => []);
    expect(await incidents()).toEqual(['index.html']);
    await writeFile(path.join(folder, 'ours.txt'), 'the operator’s own');
    await rm(path.join(world.dir, 'status', 'incidents', '20260309_gone.md'));
    await world.pass(360, 60);
    expect(await incidents()).toEqual([]);
    expect(await readFile(path.join(folder, 'ours.txt'), 'utf8')).toBe('the operator’s own');

    const strange = await openWorld({ site: target => MIRRORED(target).replace('to: copy', 'to: home') });
    const home = path.join(strange.dir, 'data', 'home');
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, 'index.html'), 'my homepage');
    await strange.pass(1);
    expect(await readdir(home)).toEqual(['index.html']);
    expect(
      strange.logged
        .filter(({ level }) => level === 'error')
        .map(({ message }) => message)
        .join(),
    ).toContain('not from an export');
  });
});

describe('status export DIR', () => {
  const INCIDENT = `---
title: Slow
status: resolved
severity: minor
started: 2026-11-20T10:00:00Z
resolved: 2026-11-20T11:00:00Z
components: [api]
---
Slow.
`;
  test('needs no server; a second run writes only what changed', async () => {
    const terminal = await openTerminal();
    await terminal.write('incidents/20261120_slow.md', INCIDENT);
    const first = await terminal.run(exporting, 'out');
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringMatching(/^\d+ files written, 0 unchanged, 0 removed: out/),
    ]);
    const index = await readFile(path.join(terminal.dir, 'out', 'status', 'live', 'index.html'), 'utf8');
    expect(index).toContain('href="../incidents/20261120_slow/index.html"');
    expect(index).toContain('href="https://status.levqor.ai/status/subscribe"');
    expect(index).toContain('href="../../de/status/live/index.html"');
    expect(index).not.toMatch(/(?:href|src)="\//);
    expect(index).not.toContain('data-events');
    const second = await terminal.run(exporting, 'out');
    expect(second.out).toMatch(/^0 files written, \d+ unchanged, 0 removed/);
    await writeFile(path.join(terminal.dir, 'file'), 'x');
    await expect(terminal.run(exporting, '.')).rejects.toThrow(/not from an export/);
    await expect(terminal.run(exporting)).rejects.toThrow(/Give the folder to write to/);
  });
});

describe('what did not change', () => {
  const told = (title: string, day: string, more = '') =>
    `---\ntitle: ${title}\nstatus: resolved\nseverity: minor\nstarted: 2026-03-${day}T10:00:00Z\nresolved: 2026-03-${day}T11:00:00Z\ncomponents: [api]\n---\nx${more}\n`;
  const going = (title: string) =>
    `---\ntitle: ${title}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\nx\n`;

  test('keeps its key: an old page, until its words, its neighbours’ or the site’s change', async () => {
    const world = await openWorld({
      files: {
        '20260201_a.md': told('First', '01').replaceAll('2026-03', '2026-02'),
        '20260302_b.md': told('Second', '02'),
        '20260303_c.md': told('Third', '03'),
        '20260310_d.md': going('Open'),
      },
    });
    await world.pass(1);
    const make = copyOf({ brandFile: async () => null }, null);
    const keys = async () =>
      new Map((await make(world.system.snapshot())).map(({ path, key }) => [path, key] as const));
    const changed = (before: Map<string, string | null>, after: Map<string, string | null>) =>
      [...after]
        .filter(([name, key]) => key !== null && key !== before.get(name))
        .map(([name]) => name)
        .sort();
    const page = (id: string) => `status/incidents/${id}/index.html`;
    const first = await keys();
    expect(first.get(page('20260302_b'))).toEqual(expect.any(String));
    for (const name of [
      'index.html',
      'status/history/index.html',
      page('20260310_d'),
      'status/copy.json',
      '404.html',
    ]) {
      expect([name, first.get(name)]).toEqual([name, null]);
    }
    await world.pass(3600, 60);
    const second = await keys();
    expect(changed(first, second)).toEqual([]);
    await world.write('20260303_c.md', told('Third, renamed', '03'));
    await world.pass(60);
    const third = await keys();
    const ids = ['20260302_b', '20260303_c'];
    // The month of an open incident has no key, and February does not change.
    expect(changed(second, third)).toEqual(ids.flatMap(id => [`de/${page(id)}`, page(id)]).sort());
    const yaml = path.join(world.dir, 'status', 'status.yaml');
    await writeFile(yaml, (await readFile(yaml, 'utf8')).replace('Levqor Status', 'Levqor'));
    await world.pass(60);
    expect(changed(third, await keys())).toContain(page('20260201_a'));
  });

  test('is neither made nor written again, unless somebody was at the folder', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'status-live-copy-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const write = makeWriteMirror();
    const made: string[] = [];
    const file = (name: string, text: string, key: string | null, apart?: RegExp): ExportFile => ({
      path: name,
      key,
      ...(apart ? { apart } : {}),
      body: () => {
        made.push(name);
        return text;
      },
    });
    const run = async (...files: ExportFile[]) => {
      made.length = 0;
      return [await write(dir, files), [...made]];
    };
    const [old, now] = [file('old', 'words', 'k1'), file('now', '12:00', null)];
    expect(await run(old, now)).toEqual([{ written: 2, unchanged: 0, removed: 0 }, ['old', 'now']]);
    expect(await run(old, now)).toEqual([{ written: 0, unchanged: 2, removed: 0 }, ['now']]);
    expect(await run(file('old', 'other words', 'k2'), now)).toEqual([
      { written: 1, unchanged: 1, removed: 0 },
      ['old', 'now'],
    ]);
    // Another process knows nothing: it looks, and leaves alone what differs in its moment only.
    await writeFile(path.join(dir, 'old'), 'made at 12:00, words');
    const again = await makeWriteMirror()(dir, [file('old', 'made at 12:05, words', 'k3', /\d\d:\d\d/g)]);
    expect(again).toEqual({ written: 0, unchanged: 1, removed: 1 });
    expect(await readFile(path.join(dir, 'old'), 'utf8')).toBe('made at 12:00, words');
    // The list is not ours any more: everything is looked at.
    expect(await run(file('old', 'made at 12:10, words', 'k2'))).toEqual([
      { written: 1, unchanged: 0, removed: 0 },
      ['old'],
    ]);
  });
});
