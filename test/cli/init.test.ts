// `init`: what it writes, that it overwrites nothing, and that the page it makes names no host but its owner's.
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { init } from '../../src/cli/init.ts';
import { lint } from '../../src/cli/lint.ts';
import { nextSteps } from '../../src/cli/shared/next-steps.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { readSite } from '../../src/config/site-file.ts';
import { atTerminal, ENTER } from './keyboard.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const ANSWERS = ['--title', 'Ours: "a" # c', '--component', 'Web site=http://127.0.0.1:9/a,b', '--yes'];

async function filesIn(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries.flatMap(one =>
    one.isFile() ? [path.relative(dir, path.join(one.parentPath, one.name))] : [],
  );
  const own = names.filter(name => !name.startsWith('.git/')).sort();
  return new Map(
    await Promise.all(own.map(async name => [name, await readFile(path.join(dir, name), 'utf8')] as const)),
  );
}

/** The hosts in a text, without our own; names of XML formats are no addresses. */
function hostsIn(text: string): string[] {
  const found = [...text.matchAll(/(?:\b[a-z]+:)?\/\/([\w.-]+\.[\w-]+|localhost)(?=[:/"'\s)\\]|$)/g)];
  return found
    .map(([, host]) => host as string)
    .filter(host => !['www.w3.org', 'localhost', '127.0.0.1'].includes(host));
}

/** The same terminal, in the folder that was made. */
function inside({ cli }: Terminal, dir: string) {
  const { value } = readEnvironment({}, path.resolve(cli.cwd, dir));
  return { ...cli, env: value!, cwd: path.resolve(cli.cwd, dir) };
}

describe('init', () => {
  test('what it writes passes lint without a word, and is a page', async () => {
    const terminal = await openTerminal();
    const { code, out } = await terminal.run(init, 'page', ...ANSWERS, '--component', 'Support');
    expect(code).toBe(0);
    expect(out).toContain('http://localhost:3000/status/live');
    const files = await filesIn(path.join(terminal.dir, 'page'));
    expect([...files.keys()]).toEqual([
      '.env.example',
      '.gitignore',
      'status/incidents/_example.md',
      'status/status.yaml',
    ]);
    // A backup holds every subscriber's address.
    expect(files.get('.gitignore')).toBe('data/\nnode_modules/\n.env\n*.db\n');
    const { value } = readSite(files.get('status/status.yaml')!, '', {}, null, '');
    expect(value).toMatchObject({ title: 'Ours: "a" # c', network: { reference: null } });
    expect(value!.components.map(({ id, name, check }) => [id, name, check.type])).toEqual([
      ['web-site', 'Web site', 'http'],
      ['support', 'Support', 'manual'],
    ]);
    const said = await lintIn(terminal, 'page');
    expect(said).toBe('0 incident files: 0 errors, 0 warnings\n');
  });

  test('a workflow is written where GitHub reads it, and only to run the package that is locked there', async () => {
    const terminal = await openTerminal();
    const made = async (name: string, source?: string) => {
      const dir = path.join(terminal.dir, name);
      await mkdir(dir, { recursive: true });
      if (source) {
        const text = JSON.stringify({ dependencies: { 'status-live': source } });
        await writeFile(path.join(dir, 'package.json'), text);
        await writeFile(path.join(dir, 'package-lock.json'), '{}');
      }
      const { out } = await terminal.run(init, name, ...ANSWERS);
      const workflow = (await filesIn(dir)).get('.github/workflows/status.yml');
      expect([out.includes('not written: a check of pull requests'), workflow === undefined]).toEqual([
        workflow === undefined,
        out.includes('not written'),
      ]);
      return workflow ?? out;
    };
    expect(await made('packed', 'file:status-live-1.0.0.tgz')).toContain(
      'npm ci && npx --no-install status-live',
    );
    expect(await made('none')).toContain('it needs the package in package.json and package-lock.json here');
    expect(await made('far', 'file:../status-live-1.0.0.tgz')).toContain('outside this folder');
    await mkdir(path.join(terminal.dir, 'repository', '.git'), { recursive: true });
    expect(await made('repository/page', '1.0.0')).toContain(
      `GitHub reads it only in ${path.join(terminal.dir, 'repository')};`,
    );
  });

  test('the example becomes an incident by its name, without a mistake', async () => {
    const terminal = await openTerminal();
    await terminal.run(init, 'page', ...ANSWERS);
    const incidents = path.join(terminal.dir, 'page', 'status', 'incidents');
    await writeFile(
      path.join(incidents, '20260115_slow.md'),
      await readFile(path.join(incidents, '_example.md'), 'utf8'),
    );
    expect(await lintIn(terminal, 'page')).toBe('1 incident file: 0 errors, 0 warnings\n');
  });

  test('it overwrites nothing', async () => {
    const terminal = await openTerminal();
    await expect(terminal.run(init, '.', ...ANSWERS)).rejects.toThrow(
      'status/status.yaml is already there; nothing was written. Edit it',
    );
    expect(await readdir(terminal.dir)).toEqual(['status']);
    await mkdir(path.join(terminal.dir, 'other'));
    await writeFile(path.join(terminal.dir, 'other', '.gitignore'), 'mine\n');
    expect((await terminal.run(init, 'other', ...ANSWERS)).out).toContain('kept as it was: other/.gitignore');
    expect(await readFile(path.join(terminal.dir, 'other', '.gitignore'), 'utf8')).toBe('mine\n');
  });

  test('without a terminal, everything that is missing is named at once, with an example', async () => {
    const terminal = await openTerminal();
    const run = terminal.run(init);
    await expect(run).rejects.toThrow('  DIR\n  --title T\n  --component NAME=URL…\n');
    await expect(run).rejects.toThrow('For example: npm run status -- init my-page --title "Example Status"');
  });

  test.each([
    [['--domain', 'mailto:me@x'], '--domain: this is not an address; write https://HOST.'],
    [['--smtp', 'https://mail.levqor.ai'], '--smtp: this is not an address; write smtps://HOST:465'],
    [['--smtp', 'foo'], '--smtp: this is not an address; write smtps://HOST:465, or smtp://HOST:587.'],
    [['--component', 'web SITE'], '--component: "web SITE" is there already; give each its own name.'],
    [['--component', 'API=ftp://x'], '--component: "ftp://x" is not a web address'],
    [['--component', 'Web site=http://127.0.0.1:8'], 'Nothing was written: correct the values.'],
    [['--component', 'a ${b}'], 'the environment variable b is not set'],
    [['--reference', 'nonsense'], 'Nothing was written: correct the values.'],
  ])('%j is refused, and nothing is written', async (args, message) => {
    const terminal = await openTerminal();
    const named =
      args[1] === 'Web site=http://127.0.0.1:8'
        ? [...ANSWERS, ...args.with(1, '=http://x')]
        : [...ANSWERS, ...args];
    await expect(terminal.run(init, 'page', ...named)).rejects.toThrow(message);
    expect(await readdir(terminal.dir)).toEqual(['status']);
  });

  test('domain and mail server are settings; a password is not written; the reference is a comment until it is known', async () => {
    const terminal = await openTerminal();
    const more = [
      '--domain',
      'status.levqor.ai',
      '--smtp',
      'smtps://me:geheim@mail.levqor.ai',
      '--reference',
      '192.0.2.1:53',
    ];
    await terminal.run(init, 'other', ...ANSWERS);
    const other = await filesIn(path.join(terminal.dir, 'other'));
    expect(other.get('status/status.yaml')).toContain('\n# network: { reference: ');
    await terminal.run(init, 'page', ...ANSWERS, ...more);
    const files = await filesIn(path.join(terminal.dir, 'page'));
    const settings = files.get('.env.example')!;
    expect(settings).toContain('\nPUBLIC_URL=https://status.levqor.ai\n');
    expect(settings).toContain('\nSMTP_URL=smtps://me:PASSWORD@mail.levqor.ai:465\n');
    expect(settings).toContain('\nMAIL_FROM=status@status.levqor.ai\n');
    expect([...files.values()].join()).not.toContain('geheim');
    expect(files.get('status/status.yaml')).toContain('network: { reference: "192.0.2.1:53" }');
    // As a shell reads it.
    const lines = settings.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    const env = Object.fromEntries(lines.map(line => line.split(/=(.*)/s) as [string, string]));
    expect(readEnvironment(env, '/').problems).toEqual([]);
  });

  test.each([
    ['localhost:3000', 'http://localhost:3000'],
    ['10.0.0.5', 'http://10.0.0.5'],
    ['status.levqor.ai:8443', 'https://status.levqor.ai:8443'],
  ])('the domain %s: %s', async (domain, address) => {
    const terminal = await openTerminal();
    await terminal.run(init, 'page', ...ANSWERS, '--domain', domain);
    const settings = await readFile(path.join(terminal.dir, 'page', '.env.example'), 'utf8');
    expect(settings).toContain(`\nPUBLIC_URL=${address}\n`);
  });

  test('where settings go: beside the page of the service, and with a folder that a container names', async () => {
    const { cli } = await openTerminal();
    const said = (dir: string, variables: Record<string, string> = {}) =>
      nextSteps(dir, { publicUrl: null }, { env: readEnvironment(variables, dir).value!, cwd: dir });
    const service = said('/var/lib/status-live', { STATUS_DIR: '/var/lib/status-live/status' });
    expect(service).toContain('/etc/status-live/settings');
    expect(service).toContain('/etc/status-live/secrets/smtp_url');
    expect(service).not.toContain('.env');
    expect(said('/srv', { STATUS_DIR: '/srv/status' })).toContain(
      'write it to /srv/.env, as /srv/.env.example',
    );
    expect(said(cli.cwd)).toContain(`write them to ${path.resolve('.env')}, as `);
  });

  test('without git, it says so, and of nothing that the page does not have', async () => {
    const terminal = await openTerminal(undefined, { PATH: '/nowhere' });
    const { err } = await terminal.run(init, 'page', ...ANSWERS, '--git');
    expect(err).toBe('Not in git: git is not installed — install git\n');
  });

  test.each([
    ['smtp.levqor.ai:587', 'smtp://USER:PASSWORD@smtp.levqor.ai:587'],
    ['smtp.levqor.ai:25', 'smtp://USER:PASSWORD@smtp.levqor.ai:25'],
    ['smtp.levqor.ai:465', 'smtps://USER:PASSWORD@smtp.levqor.ai:465'],
    ['smtp.levqor.ai', 'smtps://USER:PASSWORD@smtp.levqor.ai:465'],
    ['smtp://mailpit:1025', 'smtp://USER:PASSWORD@mailpit:1025'],
  ])('the mail server %s: the port tells how the connection begins', async (smtp, address) => {
    const terminal = await openTerminal();
    await terminal.run(init, 'page', ...ANSWERS, '--smtp', smtp);
    const settings = await readFile(path.join(terminal.dir, 'page', '.env.example'), 'utf8');
    expect(settings).toContain(`\nSMTP_URL=${address}\n`);
  });

  test('--git makes a repository with one commit; inside one it only says what to commit', async () => {
    const identity = {
      GIT_AUTHOR_NAME: 'Ada',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'a@levqor.ai',
      GIT_COMMITTER_EMAIL: 'a@levqor.ai',
    };
    const terminal = await openTerminal(undefined, { ...process.env, ...identity });
    const dir = path.join(terminal.dir, 'page');
    expect((await terminal.run(init, 'page', ...ANSWERS, '--git')).out).toMatch(/Committed \(\w+, by Ada\)/);
    const git = (...args: string[]) => execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8' });
    expect(git('log', '--format=%an %s')).toBe('Ada A status page\n');
    expect(git('status', '--porcelain')).toBe('');
    const below = await terminal.run(init, 'page/second', ...ANSWERS, '--git');
    expect(below.err).toContain(
      `Not committed: this folder is in the repository ${dir}. Commit it:\n  git -C `,
    );
    expect(git('status', '--porcelain')).toBe('?? second/\n');
  });

  test('in a terminal, it asks', async () => {
    const cwd = await mkdtemp(path.join(tmpdir(), 'status-live-init-'));
    onTestFinished(() => rm(cwd, { recursive: true, force: true }));
    const asked = await atTerminal(
      ['init'],
      [
        ['Which folder?', `mine${ENTER}`],
        ['What is the page called?', `Our Status${ENTER}`],
        ['first component', `Shop${ENTER}`],
        ['shows that Shop works', `nonsense${ENTER}`],
        ['Write an address like', `${'\u007f'.repeat(8)}http://127.0.0.1:9/${ENTER}`],
        ['And the next one?', `shop${ENTER}`],
        ['"shop" is there already', `${'\u007f'.repeat(4)}API=http://127.0.0.1:8/${ENTER}`],
        ['And the next one?', ENTER],
        ['At which domain', `https://status levqor/${ENTER}`],
        ['this is not an address', `${'\u007f'.repeat(22)}${ENTER}`],
        ['Which mail server', `foo${ENTER}`],
        ['this is not an address', `${'\u007f'.repeat(3)}${ENTER}`],
        ['Which address outside', `https://example.net${ENTER}`],
        ['Keep it in a git repository?', `n${ENTER}`],
      ],
      { cwd },
    );
    expect(asked).toMatchObject({ code: 0, text: expect.stringContaining('/status/live') });
    const site = await readFile(path.join(cwd, 'mine', 'status', 'status.yaml'), 'utf8');
    expect(site).toContain('network: { reference: "https://example.net" }');
    expect(site).toContain('name: "Shop"\n    check: { type: http, url: "http://127.0.0.1:9/" }');
    expect(site).toContain('name: "API"\n    check: { type: http, url: "http://127.0.0.1:8/" }');
  });

  test('neither the files nor the served page name the host of anybody else', async () => {
    const terminal = await openTerminal();
    await terminal.run(init, 'page', ...ANSWERS);
    const dir = path.join(terminal.dir, 'page');
    for (const [name, text] of await filesIn(dir)) expect([name, hostsIn(text)]).toEqual([name, []]);
    const child = spawn(process.execPath, [path.resolve('dist/main.js')], {
      cwd: dir,
      env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1' },
    });
    const ended = new Promise(resolve => child.once('exit', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data;
    });
    await expect.poll(() => said, { timeout: 20_000 }).toMatch(/localhost:\d+/);
    const origin = `http://127.0.0.1:${/localhost:(\d+)/.exec(said)![1]}`;
    const page = await (await fetch(`${origin}/status/live`)).text();
    expect(page).toContain('Web site');
    const parts = [...page.matchAll(/(?:src|href)="(\/status\/(?:assets|brand)[^"]+)"/g)].map(
      ([, at]) => at as string,
    );
    expect(parts.length).toBeGreaterThan(1);
    const texts = await Promise.all(parts.map(async at => (await fetch(origin + at)).text()));
    expect([page, ...texts].flatMap(hostsIn)).toEqual([]);
  });
});

async function lintIn(terminal: Terminal, dir: string): Promise<string> {
  let said = '';
  const say = (text: string) => {
    said += `${text}\n`;
  };
  const code = await lint.run([], { ...inside(terminal, dir), out: say, err: say });
  expect(code).toBe(0);
  return said;
}
