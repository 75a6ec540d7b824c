// A status folder in the server's clone, a bare remote and an operator's clone, all with two open incidents.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openWorld, type World } from '../world.ts';
import { git } from './repository.ts';

const API_TOKEN = 'the-api-token-of-this-test';
export const SITE = () => `title: Levqor Status
components:
  - { id: api, name: API, check: { type: manual } }
content: { git: { remote: origin, branch: main, pull: "0 * * * * *" } }
`;
export const INCIDENT = (title: string) =>
  `---\ntitle: ${title}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\ncomponents: []\n---\n\n## Update 11:00 UTC\nSlow.\n`;

export const problems = (world: World) =>
  world.system
    .snapshot()
    // What is remarked of the incidents themselves is no news here.
    .problems.filter(({ what }) => !what.startsWith('"'))
    .map(({ where, what, fix }) => `${where}: ${what} — ${fix}`)
    .join('\n');
export const titles = (world: World) => world.system.snapshot().incidents.map(({ title }) => title);

/** A world whose status folder is `below` the top of a clone, `make` called before its first commit. */
export async function openRepository(make: (status: string) => void = () => {}, below = '.') {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-replaced-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, desk] = [path.join(root, 'bare.git'), path.join(root, 'desk')];
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  const world = await openWorld({
    site: SITE,
    files: {
      '20260310_open.md': INCIDENT('Open'),
      '20260310_shop.md': INCIDENT('Shop'),
    },
    env: { PATH: process.env.PATH ?? '', API_TOKEN },
  });
  const status = path.join(world.dir, 'status');
  const top = below === '.' ? status : world.dir;
  await world.restart(async () => {
    make(status);
    git(top, 'init', '-q', '-b', 'main');
    git(top, 'add', path.relative(top, status) || '.');
    git(top, 'commit', '-qm', 'begin');
    git(top, 'remote', 'add', 'origin', bare);
    git(top, 'push', '-q', 'origin', 'main');
    git(root, 'clone', '-q', bare, desk);
  });
  const api = async (id: string, message: string) =>
    (await world.post(`/api/incidents/${id}/updates`, { message }, { authorization: `Bearer ${API_TOKEN}` }))
      .status;
  const minute = async () => {
    await world.pass(60);
    await world.pass(1);
  };
  const push = (said: string) => {
    git(desk, 'add', '-A');
    git(desk, 'commit', '-qm', said);
    git(desk, 'push', '-q', 'origin', 'HEAD:main');
  };
  await minute();
  return { world, bare, desk, status, top, api, minute, push };
}
