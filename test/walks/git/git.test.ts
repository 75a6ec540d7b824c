// Git as the carrier: people's commits come in, the machine's files go out, and a dead remote changes nothing.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withoutUrlSecrets } from '../../../src/content/git/run.ts';
import { openWorld, subscribed, type World } from '../world.ts';
import { git } from './repository.ts';

const SITE = (extra = '') => `title: Levqor Status
components:
  - { id: api, name: API, check: { type: manual } }
content: { git: { remote: origin, branch: main, pull: "0 * * * * *"${extra} } }
`;
const API_TOKEN = 'the-api-token-of-this-test';
const INCIDENT = (title: string) =>
  `---\ntitle: ${title}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\n\n## Update 11:00 UTC\nSlow.\n`;

interface Repositories {
  readonly world: World;
  readonly bare: string;
  /** An operator's clone. */
  readonly desk: string;
  commit(name: string, text: string | null, push?: boolean): void;
  /** Lets the next pull happen. */
  minute(): Promise<void>;
}

async function openRepositories(extra = '', tokens = API_TOKEN): Promise<Repositories> {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-git-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, desk] = [path.join(root, 'bare.git'), path.join(root, 'desk')];
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  // Nothing to pull from until the remote is set below: the world begins as a folder without git.
  const world = await openWorld({
    site: () => SITE(extra),
    env: { PATH: process.env.PATH ?? '', API_TOKEN: tokens },
  });
  const status = path.join(world.dir, 'status');
  git(status, 'init', '-q', '-b', 'main');
  git(status, 'add', '-A');
  git(status, 'commit', '-qm', 'begin');
  git(status, 'remote', 'add', 'origin', bare);
  git(status, 'push', '-q', 'origin', 'main');
  git(root, 'clone', '-q', bare, desk);
  return {
    world,
    bare,
    desk,
    commit(name, text, push = true) {
      const file = path.join(desk, 'incidents', name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
      git(desk, 'add', '-A');
      git(desk, 'commit', '-qm', name);
      if (push) git(desk, 'push', '-q', 'origin', 'main');
    },
    async minute() {
      await world.pass(60);
      await world.pass(1);
    },
  };
}

const titles = (world: World) => world.system.snapshot().incidents.map(({ title }) => title);
const problems = (world: World) =>
  world.system
    .snapshot()
    .problems.map(({ what }) => what)
    .join('\n');
const down = (world: World, name = 'Shop') =>
  world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
    alert_type: 'down',
    monitor_name: name,
  });

const up = (world: World, name = 'Shop') =>
  world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
    alert_type: 'up',
    monitor_name: name,
  });
interface Told {
  readonly where: string;
  readonly what: string;
  readonly fix: string;
  readonly level: string;
}
/** What the carrier says, or nothing. */
const stuck = (world: World) =>
  world.system
    .snapshot()
    .problems.filter(({ what }) => /git|commit|merge/.test(what))
    .map(({ what }) => what)
    .join('\n');
const readyz = async (world: World) => (await world.get('/readyz')).json.problems as Told[];
/** Types a command that was shown, as an operator would. */
const sh = (cwd: string, command: string) =>
  execFileSync('sh', ['-ec', command], {
    cwd,
    env: {
      ...process.env,
      ...{ GIT_AUTHOR_NAME: 'Olga', GIT_AUTHOR_EMAIL: 'olga@example.com' },
      ...{ GIT_COMMITTER_NAME: 'Olga', GIT_COMMITTER_EMAIL: 'olga@example.com' },
    },
    stdio: 'pipe',
  });

describe('with a remote', () => {
  test('a pushed commit is on the page, a deleted file leaves it', async () => {
    const { world, commit, minute } = await openRepositories();
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    expect(titles(world)).toEqual([]);
    await minute();
    expect(titles(world)).toEqual(['Uploads are slow']);
    commit('20260310_slow.md', null);
    await minute();
    expect(titles(world)).toEqual([]);
    expect(problems(world)).toBe('');
  });

  test('the machine’s incident is pushed, with its own name; an operator’s unfinished file is not', async () => {
    const { world, bare, minute } = await openRepositories();
    await world.write('20260310_draft.md', INCIDENT('Not committed yet'));
    await down(world);
    await minute();
    expect(git(bare, 'log', '-1', '--format=%an: %s', 'main')).toBe(
      'Status Live: Status: 20260310_shop-down',
    );
    expect(git(bare, 'ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual([
      'incidents/20260310_shop-down.md',
      'status.yaml',
    ]);
    expect(titles(world).sort()).toEqual(['Not committed yet', 'Shop Down']);
  });

  test('what programs write by API is pushed, updates of a person’s file too; also after the remote was away', async () => {
    const { world, bare, commit, minute } = await openRepositories();
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    await minute();
    renameSync(bare, `${bare}.away`);
    const headers = { authorization: `Bearer ${API_TOKEN}` };
    const body = { title: 'Odd mails', severity: 'minor', message: 'We look.' };
    const opened = await world.post('/api/incidents', body, headers);
    expect(opened.status).toBe(201);
    await world.pass(5, 1);
    renameSync(`${bare}.away`, bare);
    await world.post('/api/incidents/20260310_slow/updates', { message: 'Still slow.' }, headers);
    await world.pass(2, 1);
    expect(git(bare, 'ls-tree', '-r', '--name-only', 'main')).toContain(`incidents/${opened.json.id}.md`);
    expect(git(bare, 'show', 'main:incidents/20260310_slow.md')).toContain('Still slow.');
    expect(problems(world)).toBe('');
  });

  test('what people write by API is committed in their names', async () => {
    const [ONCALL, ADA] = ['token-of-the-oncall-person', 'token-of-ada-lovelace-1'];
    const tokens = `oncall:${ONCALL},ada:${ADA}`;
    const { world, bare } = await openRepositories('', tokens);
    const post = (at: string, body: object, token: string) =>
      world.post(`/api/incidents${at}`, body, { authorization: `Bearer ${token}` });
    const body = { severity: 'minor', message: 'We look.' };
    const { id } = (await post('', { ...body, title: 'Odd mails' }, ONCALL)).json;
    await post(`/${id}/updates`, { message: 'Still odd.' }, ADA);
    await world.pass(2, 1);
    await post(`/${id}/updates`, { message: 'Found.' }, ADA);
    await world.pass(2, 1);
    const log = git(bare, 'log', '--format=%an <%ae>', 'main', '--', `incidents/${id}.md`);
    expect(log.split('\n')).toEqual([
      'ada <status-live+api@localhost>',
      'oncall, ada <status-live+api@localhost>',
    ]);
  });

  test('diverged histories are merged: both sides stand', async () => {
    const { world, bare, commit, minute } = await openRepositories();
    await down(world);
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    await minute();
    expect(titles(world).sort()).toEqual(['Shop Down', 'Uploads are slow']);
    expect(git(bare, 'log', '--no-merges', '--format=%an', 'main').split('\n').sort()).toEqual([
      ...['Olga', 'Olga', 'Status Live'],
    ]);
    expect(git(path.join(world.dir, 'status'), 'status', '--porcelain')).toBe('');
    expect(stuck(world)).toBe('');
  });

  test('commits that were amended and forced are corrections: once on the page, told to nobody', async () => {
    const { world, desk, bare, commit, minute } = await openRepositories();
    await subscribed(world, 'a@example.com');
    const name = '20260310_slow.md';
    const first = INCIDENT('Uploads are slow').replaceAll('11:00', '11:59');
    const next = `${first}\n## Update 12:00 UTC\nHalf of the paymnts work again.\n`;
    const amend = async (text: string) => {
      writeFileSync(path.join(desk, 'incidents', name), text);
      git(desk, 'commit', '-qa', '--amend', '--no-edit');
      git(desk, 'push', '-q', '--force', 'origin', 'main');
      await minute();
    };
    commit(name, INCIDENT('Uploads are broken').replaceAll('11:00', '11:59').replace('minor', 'critical'));
    await minute();
    await amend(first);
    expect(world.system.snapshot().incidents[0]).toMatchObject({
      title: 'Uploads are slow',
      severity: 'minor',
    });
    git(desk, 'pull', '-q', 'origin', 'main');
    commit(name, next);
    await minute();
    await amend(next.replace('paymnts', 'payments'));
    expect(await world.read(name)).toBe(next.replace('paymnts', 'payments'));
    const told = world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
    expect(told).toEqual(['[INCIDENT] Uploads are broken', '[UPDATE] Uploads are slow']);
    // One more is taken back: it leaves the page as a deletion does.
    git(desk, 'pull', '-q', 'origin', 'main');
    git(desk, 'reset', '-q', '--hard', git(desk, 'log', '-1', '--format=%H', '--grep=begin'));
    git(desk, 'push', '-q', '--force', 'origin', 'main');
    await minute();
    expect(titles(world)).toEqual([]);
    expect(git(bare, 'ls-tree', '-r', '--name-only', 'main')).toBe('status.yaml');
    expect(problems(world)).toMatch(/^merged by rule: the remote branch was rewritten[^\n]*$/);
  });

  test('an operator’s commit in the server’s clone, another pushed first: both stand', async () => {
    const { world, desk, bare, commit, minute } = await openRepositories();
    const name = '20260310_slow.md';
    const status = path.join(world.dir, 'status');
    commit(name, INCIDENT('Uploads are slow'));
    await minute();
    const said = INCIDENT('Uploads are slow').replace(
      '## Upd',
      '## Identified 11:40 UTC\nThe deploy.\n\n## Upd',
    );
    await world.write(name, said);
    git(status, 'commit', '-qam', 'Identified');
    const mine = git(status, 'rev-parse', 'HEAD');
    commit(name, INCIDENT('Uploads are slow').replace('minor', 'major'));
    const theirs = git(desk, 'rev-parse', 'HEAD');
    await minute();
    expect(await world.read(name)).toBe(said.replace('minor', 'major'));
    expect(git(bare, 'rev-list', 'main').split('\n')).toEqual(expect.arrayContaining([mine, theirs]));
    expect(stuck(world)).toBe('');
    const { text } = await world.get('/status/incidents/20260310_slow');
    expect(text).toContain('The deploy.');
    expect(text).toContain('severity raised from minor to major');
    expect(text).not.toMatch(/removed/);
  });

  test('the same words changed by both: said on /readyz, over a restart too, the page goes on', async () => {
    const { world, desk, bare, commit, minute } = await openRepositories();
    const name = '20260310_slow.md';
    const status = path.join(world.dir, 'status');
    commit(name, INCIDENT('Uploads are slow'));
    await minute();
    await world.write(name, INCIDENT('Uploads are slow').replace('Slow.', 'The disk.'));
    git(status, 'commit', '-qam', 'here');
    commit(name, INCIDENT('Uploads are slow').replace('Slow.', 'The network.'));
    const before = git(bare, 'rev-parse', 'main');
    await minute();
    const told = async () => (await readyz(world)).filter(({ where }) => where.endsWith(name));
    const [first] = await told();
    expect(first).toMatchObject({ level: 'error', what: expect.stringContaining('changed in two ways') });
    expect((await world.get('/readyz')).json.ok).toBe(false);
    await world.restart();
    await minute();
    expect((await told())[0]).toEqual(first);
    // Somebody tries: git's marks are in the file, and on no page.
    expect(() => sh(status, 'git merge -q --no-edit status-live/main')).toThrow();
    await minute();
    expect(await world.read(name)).toContain('<<<<<<<');
    const page = await world.get('/status/incidents/20260310_slow');
    expect(page.text).toContain('The disk.');
    expect(page.text).not.toContain('The network.');
    expect(git(bare, 'rev-parse', 'main')).toBe(before);
    await world.write(name, INCIDENT('Uploads are slow').replace('Slow.', 'The disk and the network.'));
    sh(status, 'git commit -qam both');
    await minute();
    expect(stuck(world)).toBe('');
    expect(git(bare, 'show', `main:incidents/${name}`)).toContain('The disk and the network.');
    expect(git(bare, 'rev-list', 'main')).toContain(git(desk, 'rev-parse', 'HEAD'));
  });

  test('the machine resolves what a person goes on with: both sections stay, and it is open', async () => {
    const { world, desk, bare, commit, minute } = await openRepositories();
    await down(world);
    await minute();
    git(desk, 'pull', '-q', 'origin', 'main');
    const name = '20260310_shop-down.md';
    const theirs = readFileSync(path.join(desk, 'incidents', name), 'utf8')
      .replace('status: investigating', 'status: identified')
      .replace('## Inv', '## Identified 12:01 UTC\nThe deploy.\n\n## Inv');
    await up(world);
    commit(name, theirs);
    await minute();
    const text = await world.read(name);
    expect(text).toContain('The deploy.');
    expect(text).toMatch(/## Resolved /);
    expect(text).not.toMatch(/^resolved:/m);
    expect(git(bare, 'show', `main:incidents/${name}`)).toBe(text.trim());
    expect(world.system.snapshot().incidents[0]).toMatchObject({ status: 'identified' });
    // Theirs is open: that the monitor has recovered is said, and not written over it.
    expect(problems(world)).toContain('it is open, but uptimerobot:Shop has been up since');
    expect(JSON.stringify(world.logged)).toContain('the person’s is kept: it is open');
  });

  test.each(['a person ends it, the API holds it open', 'the API ends it, a person holds it open'])(
    '%s: open, with both sections, and it is said for an hour',
    async which => {
      const { world, bare, commit, minute } = await openRepositories();
      const name = '20260310_slow.md';
      commit(name, INCIDENT('Uploads are slow'));
      await minute();
      const isEnded = which.startsWith('a person');
      const body = isEnded
        ? { status: 'identified', message: 'Found.' }
        : { status: 'resolved', message: 'Mended.' };
      const headers = { authorization: `Bearer ${API_TOKEN}` };
      const theirs = INCIDENT('Uploads are slow')
        .replace(
          'status: investigating',
          isEnded ? 'status: resolved\nresolved: 2026-03-10T11:50:00Z' : 'status: identified',
        )
        .replace(
          '## Upd',
          `${isEnded ? '## Resolved 11:50 UTC\nMended.' : '## Identified 11:50 UTC\nFound.'}\n\n## Upd`,
        );
      commit(name, theirs);
      const answer = await world.post('/api/incidents/20260310_slow/updates', body, headers);
      expect(answer.status).toBeLessThan(300);
      await minute();
      expect(world.system.snapshot().incidents[0]).toMatchObject({ status: 'identified', resolved: null });
      const text = await world.read(name);
      for (const words of ['Found.', 'Mended.']) expect(text).toContain(words);
      expect(git(bare, 'show', `main:incidents/${name}`)).toBe(text.trim());
      const said = async () =>
        (await readyz(world)).filter(({ what }) => what.includes('it is open') && what.includes(name));
      expect(await said()).toMatchObject([{ level: 'warning' }]);
      expect((await world.get('/readyz')).json.ok).toBe(true);
      await world.pass(3600, 600);
      await world.pass(60);
      expect(await said()).toEqual([]);
    },
  );

  test('the machine resolves while a person lowers the severity: both', async () => {
    const { world, desk, commit, minute } = await openRepositories();
    await down(world);
    await minute();
    git(desk, 'pull', '-q', 'origin', 'main');
    const name = '20260310_shop-down.md';
    const text = readFileSync(path.join(desk, 'incidents', name), 'utf8');
    await up(world);
    commit(name, text.replace(/severity: \w+/, 'severity: minor'));
    await minute();
    expect(world.system.snapshot().incidents[0]).toMatchObject({ status: 'resolved', severity: 'minor' });
    expect(stuck(world)).toBe('');
  });

  test('the machine resolves what a person renames and gives another title: one incident, ended once', async () => {
    const { world, desk, minute } = await openRepositories();
    await subscribed(world, 'a@example.com');
    await down(world);
    await minute();
    git(desk, 'pull', '-q', 'origin', 'main');
    const [name, other] = ['incidents/20260310_shop-down.md', 'incidents/20260310_sign-in.md'];
    git(desk, 'mv', name, other);
    const text = readFileSync(path.join(desk, other), 'utf8');
    writeFileSync(path.join(desk, other), text.replace(/title: .*/, 'title: Sign-in is broken'));
    git(desk, 'commit', '-qam', 'rename');
    git(desk, 'push', '-q', 'origin', 'main');
    await up(world);
    await minute();
    await minute();
    const { incidents } = world.system.snapshot();
    expect(incidents).toMatchObject([{ title: 'Sign-in is broken', status: 'resolved' }]);
    expect(stuck(world)).toBe('');
    const told = world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
    expect(told).toEqual([expect.stringMatching(/^\[INCIDENT\]/), expect.stringMatching(/^\[RESOLVED\]/)]);
  });

  test('an operator’s deletion stands against the machine’s edit, not against a person’s', async () => {
    const { world, desk, commit, minute } = await openRepositories();
    await down(world);
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    await minute();
    git(desk, 'pull', '-q', 'origin', 'main');
    await up(world);
    const headers = { authorization: `Bearer ${API_TOKEN}` };
    await world.post('/api/incidents/20260310_slow/updates', { message: 'Still slow.' }, headers);
    commit('20260310_shop-down.md', null, false);
    commit('20260310_slow.md', null);
    await minute();
    expect(titles(world)).toEqual(['Uploads are slow']);
    expect(await world.read('20260310_slow.md')).toContain('Still slow.');
  });

  test('uncommitted edits: what does not touch them comes in, what does waits and names them', async () => {
    const { world, commit, minute } = await openRepositories();
    const status = path.join(world.dir, 'status');
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    await minute();
    await world.write('20260310_slow.md', INCIDENT('My edit'));
    await world.write('20260310_new.md', INCIDENT('My new one'));
    commit('20260310_other.md', INCIDENT('Other'));
    await minute();
    expect(titles(world).sort()).toEqual(['My edit', 'My new one', 'Other']);
    expect(
      (await readyz(world))
        .filter(({ what }) => what.includes('committed'))
        .map(({ what, level }) => `${level}: ${what}`)
        .sort(),
    ).toEqual([
      'warning: it is not committed: only this server has it',
      'warning: it was edited or deleted, and the change is not committed: only this server has it',
    ]);
    commit('20260310_slow.md', INCIDENT('Uploads are slow').replace('minor', 'major'));
    commit('20260310_new.md', INCIDENT('Their new one'));
    await minute();
    expect(titles(world).sort()).toEqual(['My edit', 'My new one', 'Other']);
    const told = (await readyz(world)).filter(({ what }) => what.includes('at the remote'));
    expect(told.map(({ where }) => path.basename(where)).sort()).toEqual([
      ...['20260310_new.md', '20260310_slow.md'],
    ]);
    for (const { what, fix, level, where } of told) {
      expect(level).toBe('error');
      expect(what).toContain('uncommitted edits');
      // Exactly what is said ends it.
      const command =
        /^commit it: (.*); the server then merges both versions\. Or, to put your edits aside: (.*)$/.exec(
          fix,
        )!;
      sh(status, command[where.includes('slow') ? 1 : 2] as string);
    }
    await minute();
    expect(stuck(world)).toBe('');
    expect(await world.read('20260310_slow.md')).toBe(INCIDENT('My edit').replace('minor', 'major'));
    expect(await world.read('20260310_new.md')).toBe(INCIDENT('Their new one'));
    expect(git(status, 'stash', 'list')).not.toBe('');
  });

  describe('what a person has not committed is not committed for them', () => {
    const NAME = '20260310_slow.md';
    const headers = { authorization: `Bearer ${API_TOKEN}` };
    const update = (world: World, body: object) =>
      world.post('/api/incidents/20260310_slow/updates', body, headers);

    async function openEdited(edit: (text: string) => string) {
      const found = await openRepositories();
      const { world, bare, commit, minute } = found;
      commit(NAME, INCIDENT('Uploads are slow'));
      await minute();
      await world.write(NAME, edit(INCIDENT('Uploads are slow')));
      const status = path.join(world.dir, 'status');
      return { ...found, status, pushed: () => git(bare, 'show', `main:incidents/${NAME}`) };
    }
    const mine = (text: string) => `${text.replace('minor', 'major')}\n## Update 11:05 UTC\nMy words.\n`;

    test.each(['edited', 'staged', 'edited again between two updates'])('%s', async how => {
      const { world, status, bare, minute, pushed } = await openEdited(mine);
      if (how === 'staged') git(status, 'add', '-A');
      await world.pass(1);
      expect((await update(world, { message: 'By program.' })).status).toBeLessThan(300);
      if (how.startsWith('edited again')) {
        await world.write(NAME, (await world.read(NAME)).replace('My words.', 'My words, and more.'));
        await world.pass(1);
        await update(world, { message: 'By program again.' });
      }
      await minute();
      expect(pushed()).toContain('By program.');
      expect(pushed()).not.toMatch(/My words|major/);
      expect(git(bare, 'log', '-1', '--format=%ae', 'main')).toBe('status-live+api@localhost');
      if (how.startsWith('edited again')) expect(pushed()).toContain('By program again.');
      const text = await world.read(NAME);
      for (const words of ['By program.', 'My words', 'major']) expect(text).toContain(words);
      expect(stuck(world)).toMatch(/^it was edited or deleted, and the change is not committed: [^\n]*$/);
      // Nothing staged takes the program's words back.
      expect(git(status, 'diff', '--cached')).not.toMatch(/^-By program/m);
      git(status, 'commit', '-qam', 'mine');
      await minute();
      expect(`${pushed()}\n`).toBe(text);
      expect(git(bare, 'log', '-1', '--format=%an', 'main')).toBe('Olga');
    });

    test('an update while a merge is under way, an edit after it', async () => {
      const { world, status, minute, pushed } = await openEdited(text => text);
      writeFileSync(path.join(status, '.git', 'MERGE_HEAD'), git(status, 'rev-parse', 'HEAD'));
      await update(world, { message: 'By program.' });
      await minute();
      expect(pushed()).not.toContain('By program.');
      await world.write(NAME, mine(await world.read(NAME)));
      await world.pass(1);
      await update(world, { message: 'By program again.' });
      rmSync(path.join(status, '.git', 'MERGE_HEAD'));
      await minute();
      expect(pushed()).toContain('By program.');
      expect(pushed()).toContain('By program again.');
      expect(pushed()).not.toMatch(/My words|major/);
      expect(await world.read(NAME)).toContain('My words.');
    });

    test('where the two cannot be told apart nothing is, and it is named', async () => {
      const { world, status, minute, pushed } = await openEdited(text =>
        text.replace('status: investigating', 'status: identified'),
      );
      await world.pass(1);
      await update(world, { status: 'monitoring', message: 'By program.' });
      await minute();
      expect(pushed()).not.toMatch(/identified|monitoring|By program/);
      const [told] = (await readyz(world)).filter(({ where }) => where.endsWith(NAME));
      expect(told).toMatchObject({ level: 'warning', what: expect.stringContaining('cannot separate them') });
      sh(status, told!.fix.replace('commit it: ', ''));
      await minute();
      expect(pushed()).toContain('By program.');
      expect(stuck(world)).toBe('');
    });

    test('a new file is named until it is committed, and stops nothing', async () => {
      const { world, status, bare, commit, minute } = await openEdited(text => text);
      await world.write('20260310_it’s new.md', INCIDENT('By hand'));
      commit('20260310_other.md', INCIDENT('Other'));
      await minute();
      expect(titles(world)).toContain('Other');
      const [told, ...others] = (await readyz(world)).filter(({ what }) => what.includes('committed'));
      expect(others).toEqual([]);
      expect(told).toMatchObject({
        level: 'warning',
        where: expect.stringMatching(/new\.md$/),
        what: 'it is not committed: only this server has it',
      });
      sh(status, told!.fix.replace('commit it: ', ''));
      await minute();
      expect(stuck(world)).toBe('');
      expect(git(bare, '-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', 'main')).toContain(
        'it’s new.md',
      );
      for (let n = 10; n < 22; n++) await world.write(`20260310_many-${n}.md`, INCIDENT(`Many ${n}`));
      await minute();
      const [many, ...more] = (await readyz(world)).filter(({ what }) => what.includes('committed'));
      expect(more).toEqual([]);
      expect(many!.what).toContain('12 files');
      sh(status, many!.fix.replace('check them, then run: ', ''));
      await minute();
      expect(stuck(world)).toBe('');
    });
  });

  test('a pull that a killed git left half done goes on', async () => {
    const { world, commit, minute } = await openRepositories();
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    await minute();
    const after = INCIDENT('Uploads are slower');
    await world.write('20260310_slow.md', after);
    await world.write('20260310_new.md', after);
    commit('20260310_slow.md', after, false);
    commit('20260310_new.md', after);
    await minute();
    expect(stuck(world)).toBe('');
    expect(git(path.join(world.dir, 'status'), 'status', '--porcelain')).toBe('');
  });

  test('a dead remote changes nothing on the page, and is pulled from once it is back', async () => {
    const { world, bare, commit, minute } = await openRepositories();
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    execFileSync('mv', [bare, `${bare}.away`]);
    await down(world);
    await minute();
    expect(titles(world)).toEqual(['Shop Down']);
    expect((await world.get('/status/live')).status).toBe(200);
    expect((await world.get('/readyz')).status).toBe(200);
    expect(problems(world)).toMatch(/git fetch: /);
    execFileSync('mv', [`${bare}.away`, bare]);
    await minute();
    expect(titles(world).sort()).toEqual(['Shop Down', 'Uploads are slow']);
    expect(problems(world)).not.toContain('git');
  });

  test('hooks of the repository are not run, and `push: false` pushes nothing', async () => {
    const { world, bare, minute } = await openRepositories(', push: false');
    const hook = path.join(world.dir, 'status', '.git', 'hooks', 'pre-commit');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await down(world);
    await minute();
    expect(git(path.join(world.dir, 'status'), 'log', '-1', '--format=%s')).toBe(
      'Status: 20260310_shop-down',
    );
    expect(git(bare, 'log', '--format=%s', 'main')).toBe('begin');
  });
});

test('the permalink shows who changed what, unless it is switched off', async () => {
  const { world, commit, minute } = await openRepositories();
  const name = '20260310_slow.md';
  commit(name, INCIDENT('Uploads are slow').replace('minor', 'critical'));
  await minute();
  expect((await world.get('/status/incidents/20260310_slow')).text).not.toContain('History of this page');
  commit(name, INCIDENT('Uploads are slow').replace('Slow.', 'A little slow.'));
  await minute();
  const page = (await world.get('/status/incidents/20260310_slow')).text;
  expect(page).toContain('severity lowered from critical to minor · one update edited');
  expect(page).toMatch(/<time[^>]*>[^<]*<\/time> by Olga/);
  const yaml = path.join(world.dir, 'status', 'status.yaml');
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('content: {', 'content: { history: false,'));
  await world.pass(60);
  expect((await world.get('/status/incidents/20260310_slow')).text).not.toContain('by Olga');
});

test('a folder that is no repository: said, and the page goes on', async () => {
  const world = await openWorld({
    site: () => SITE(),
    env: { PATH: process.env.PATH ?? '', GIT_CEILING_DIRECTORIES: tmpdir() },
  });
  await world.pass(60);
  await world.pass(1);
  expect(problems(world)).toContain('the status folder is not a git repository');
  const { problems: said } = (await world.get('/readyz')).json;
  expect(JSON.stringify(said)).toContain('copy into the clone every file that is not pushed yet');
  expect((await world.get('/status/live')).status).toBe(200);
});

describe('POST /webhooks/git', () => {
  const body = JSON.stringify({ ref: 'refs/heads/main' });
  const digest = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');
  const SECRET = 'what the host signs with';
  test.each([
    ['GitHub', { 'x-hub-signature-256': `sha256=${digest(SECRET)}` }, 202],
    ['Gitea', { 'x-gitea-signature': digest(SECRET) }, 202],
    ['GitLab', { 'x-gitlab-token': SECRET }, 202],
    ['the webhook token', { 'x-webhook-token': 'the-webhook-token-of-this-test' }, 202],
    ['nothing', {}, 401],
    ['an empty signature', { 'x-hub-signature-256': '' }, 401],
    ['another secret', { 'x-hub-signature-256': `sha256=${digest('guessed')}` }, 401],
    ['another token', { 'x-gitlab-token': 'guessed' }, 401],
  ])('%s', async (_, headers, status) => {
    const { world, commit } = await openRepositories(`, secret: "${SECRET}"`);
    await world.pass(1);
    commit('20260310_slow.md', INCIDENT('Uploads are slow'));
    const answer = await world.post('/webhooks/git', body, {
      'content-type': 'application/json',
      ...headers,
    });
    expect(answer.status).toBe(status);
    await world.pass(1);
    await world.pass(1);
    expect(titles(world)).toEqual(status === 202 ? ['Uploads are slow'] : []);
  });

  test('without git it is not there', async () => {
    const world = await openWorld();
    expect(
      (await world.post('/webhooks/git', '{}', { 'x-webhook-token': 'the-webhook-token-of-this-test' }))
        .status,
    ).toBe(404);
  });
});

test('credentials of a remote never reach a message', () => {
  expect(
    withoutUrlSecrets("unable to access 'https://bot:ghp_secret@git.example.com/x.git/?token=abc'"),
  ).toBe("unable to access 'https://***@git.example.com/x.git/?token=***'");
  expect(withoutUrlSecrets('ssh://git@host/x')).toBe('ssh://***@host/x');
});
