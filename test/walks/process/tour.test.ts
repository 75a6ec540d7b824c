// The tour of the README, pasted into a fresh clone whose server runs.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../free-port.ts';

const CLONED = ['build.js', 'package.json', 'dist', 'fonts', 'native', 'public', 'src', 'status', 'views'];

test('each command of the tour works when pasted, and the incident goes from its beginning to its end', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-tour-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const filter = (file: string) => path.basename(file) !== 'node_modules';
  for (const name of CLONED) await cp(name, path.join(dir, name), { recursive: true, filter });
  for (const name of ['node_modules', 'native/node20/node_modules'])
    await symlink(path.resolve(name), path.join(dir, name));

  const port = await freePort();
  // No mail leaves, and nothing outside is asked: the tour's own component is on this machine.
  const env = { ...process.env, PORT: `${port}`, HOST: '127.0.0.1', EDITOR: '', NODE_OPTIONS: '' };
  const server = spawn(process.execPath, ['dist/main.js'], { cwd: dir, env, stdio: 'ignore' });
  const ended = new Promise(resolve => server.once('exit', resolve));
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  const get = (at: string) =>
    fetch(`http://127.0.0.1:${port}${at}`).then(
      answer => answer.text(),
      () => '',
    );
  await expect.poll(() => get('/healthz'), { timeout: 30_000 }).toContain('true');

  const readme = await readFile('README.md', 'utf8');
  const tour = readme.slice(readme.indexOf('## Five-minute tour'), readme.indexOf('### 4. '));
  const pasted = [...tour.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block as string);
  expect(pasted).toHaveLength(4);
  const script = pasted.join('\n').replaceAll('localhost:3000', `localhost:${port}`);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: dir, env });
  expect(stdout).toMatch(/^Checkout +up/im);
  expect(stdout).toMatch(/^http:\S+\/status\/confirm\?token=\S+$/m);

  expect(await get('/readyz')).not.toContain('checkout');
  const incidents = await readdir(path.join(dir, 'status/incidents'));
  const [file = ''] = incidents.filter(name => name.endsWith('_checkout-errors.md'));
  const text = await readFile(path.join(dir, 'status/incidents', file), 'utf8');
  expect(text).toMatch(/^status: resolved$/m);
  expect(text.match(/^## /gm)).toHaveLength(3);
  await expect.poll(() => get('/status/live')).toContain('Fast again.');
  expect(await get('/status/live')).toContain('>Checkout<');
}, 120_000);
