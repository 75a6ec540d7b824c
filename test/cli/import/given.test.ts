// What is given to an import, and the status.yaml beside it: what cannot be read is said, what is there stays as it is.
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { openTerminal } from '../terminal.ts';

const saved = (name = 'API', id = 'a') =>
  JSON.stringify({
    page: { id: 'p', name: 'Acme' },
    incidents: [
      {
        id,
        name: 'Logins fail',
        status: 'resolved',
        impact: 'major',
        created_at: '2026-11-20T10:00:00Z',
        resolved_at: '2026-11-20T11:00:00Z',
        components: [{ id: 'c1', name, status: 'operational' }],
        incident_updates: [],
      },
    ],
  });

async function openGiven(site?: string) {
  const terminal = await openTerminal(site);
  const file = path.join(terminal.dir, 'saved.json');
  await writeFile(file, saved('Fax'));
  return { ...terminal, file, site: path.join(terminal.dir, 'status', 'status.yaml') };
}

test.each(['constructor', '__proto__', 'toString'])('%s is no kind', async kind => {
  const { run, file } = await openGiven();
  await expect(run(importing, kind, file)).rejects.toThrow(`"${kind}" cannot be imported`);
});

test.each([
  ['uptimerobot', 'folder', 'this is a folder'],
  ['uptime-kuma', 'folder', 'this is a folder'],
  ['cstate', 'saved.json', 'this is no folder'],
  ['statuspage', 'pipe', 'this is neither a file nor a folder'],
])('%s: of a %s is said what it is', async (kind, name, what) => {
  const { run, dir } = await openGiven();
  await mkdir(path.join(dir, 'folder'));
  execFileSync('mkfifo', [path.join(dir, 'pipe')]);
  await expect(run(importing, kind, path.join(dir, name))).rejects.toThrow(what);
});

test('a file that cannot be read is named, and the others are taken', async () => {
  const { run, dir } = await openGiven();
  const folder = path.join(dir, 'folder');
  await mkdir(path.join(folder, 'deep.json'), { recursive: true });
  await writeFile(path.join(folder, 'good.json'), saved());
  await symlink('loop.json', path.join(folder, 'loop.json'));
  const { code, out, err } = await run(importing, 'statuspage', folder);
  expect(code).toBe(1);
  expect(out).toMatch(/loop\.json: nothing taken\n {2}wrong: it cannot be read \(ELOOP/);
  expect(out).toContain('1 incident written');
  expect(err).toContain('1 file could not be read');
});

test('the rights of status.yaml, and a link that it is, stay when former components are added', async () => {
  const { run, site, dir, file } = await openGiven();
  const target = path.join(dir, 'elsewhere.yaml');
  await rename(site, target);
  await symlink(target, site);
  execFileSync('chmod', ['600', target]);
  if (process.getuid?.() === 0) execFileSync('chown', ['1234:2345', target]);
  const { uid, gid } = await stat(target);
  await run(importing, 'statuspage', file);
  expect((await lstat(site)).isSymbolicLink()).toBe(true);
  expect(await readFile(target, 'utf8')).toContain('- { id: fax, name: "Fax" }');
  const after = await stat(target);
  expect([after.mode & 0o777, after.uid, after.gid]).toEqual([0o600, uid, gid]);
});

test('a dry run promises no former components where the real one adds none', async () => {
  const list = 'retired: [{ id: old, name: Old }]\n';
  const { run, file } = await openGiven(`title: T\ncomponents: [{ id: api, name: API }]\n${list}`);
  const { out } = await run(importing, 'statuspage', file, '--dry-run');
  expect(out).not.toContain('would add');
  expect(out).toContain('add these lines');
});
