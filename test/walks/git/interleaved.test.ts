// Writes, a folder that goes and comes, crashes, a full disk and pushes of others, in any order: all that the server
// wrote is committed in the end.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { StatusFolder } from '../../../src/content/folder.ts';
import type { Author } from '../../../src/content/git/own-files.ts';
import type { GitSettings, Site } from '../../../src/core/model/site.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { noteUncommitted, readUncommitted } from '../../../src/store/incidents/uncommitted.ts';
import { LastGoodFiles } from '../../../src/work/incidents/last-good-files.ts';
import { GitSync } from '../../../src/work/publish/git-sync.ts';
import { ignoreStorageFault } from '../../../src/work/timing/storage.ts';
import { git } from './repository.ts';

const IDS = ['20260310_one', '20260310_two', '20260310_three'];
const TEXT = (title: string, openedBy = '') =>
  `---\ntitle: ${title}\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\n${openedBy}components: []\n---\n\n## Investigating 2026-03-10 11:00:00 UTC\nWe look.\n`;
const GIT: GitSettings = { remote: 'origin', branch: 'main', push: true, pull: '0 0 * * * *', secret: null };
const NOTHING = { info() {}, warn() {}, error() {}, debug() {} };

class Town {
  readonly root = mkdtempSync(path.join(tmpdir(), 'status-live-interleaved-'));
  readonly status = path.join(this.root, 'status');
  readonly desk = path.join(this.root, 'desk');
  readonly incidents: string;
  readonly #aside = path.join(this.root, 'aside');
  readonly #db = openDatabase(path.join(this.root, 'status.db'));
  /** What was said to be written: words, by incident. */
  readonly written: (readonly [id: string, words: string])[] = [];
  #now = Date.parse('2026-03-10T12:00:00Z');
  #count = 0;
  #folder!: StatusFolder;
  #kept!: LastGoodFiles;
  #sync!: GitSync;

  constructor(isLinked: boolean) {
    const bare = path.join(this.root, 'bare.git');
    git(this.root, 'init', '-q', '--bare', '-b', 'main', bare);
    mkdirSync(this.status);
    const below = isLinked ? 'real' : 'incidents';
    this.incidents = path.join(this.status, below);
    mkdirSync(this.incidents);
    if (isLinked) symlinkSync('real', path.join(this.status, 'incidents'));
    writeFileSync(path.join(this.status, 'status.yaml'), 'title: T\n');
    for (const id of IDS) writeFileSync(this.#file(id), TEXT(id));
    git(this.status, 'init', '-q', '-b', 'main');
    git(this.status, 'add', '-A');
    git(this.status, 'commit', '-qm', 'begin');
    git(this.status, 'remote', 'add', 'origin', bare);
    git(this.status, 'push', '-q', 'origin', 'main');
    git(this.root, 'clone', '-q', bare, this.desk);
  }

  async open(): Promise<this> {
    const { status: dir } = this;
    this.#folder = new StatusFolder(dir, { PATH: process.env.PATH });
    const site = () => ({ git: GIT, history: false }) as Site;
    const variables = { PATH: process.env.PATH };
    const deps = { dir, variables, db: this.#db, folder: this.#folder, site, ring() {}, log: NOTHING };
    this.#sync = await GitSync.open(deps as never, this.#now);
    this.#kept = (await LastGoodFiles.open(this.#db, this.#folder, NOTHING)).kept;
    await this.look();
    return this;
  }

  async close(): Promise<void> {
    await this.#db.destroy();
    rmSync(this.root, { recursive: true, force: true });
  }

  #file(id: string): string {
    return path.join(this.incidents, `${id}.md`);
  }

  /** As each round does. */
  async look(): Promise<void> {
    const { missing } = await this.#folder.incidents();
    await ignoreStorageFault(this.#kept.round({ missingSince: missing ? this.#now : null, site: null }));
  }

  /** A write by a program; what the folder refuses is not written. */
  async write(author: Author, at: number): Promise<void> {
    const words = `Words ${++this.#count}.`;
    const id = IDS[at] ?? `20260310_new-${this.#count}`;
    const { text } = await this.#folder.incidents();
    const before = text(id) ?? null;
    const minute = String(this.#count % 60).padStart(2, '0');
    const section = `## Monitoring 2026-03-10 11:${minute}:00 UTC\n${words}\n\n## Investigating`;
    const after = (before ?? TEXT(id, 'opened_by: shop\n')).replace('## Investigating', section);
    const writer = this.#sync.writer(author);
    const isWritten = await (before === null
      ? writer.create(id, after)
      : writer.replace(id, before, after)
    ).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'MISSING' && error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
      return false;
    });
    if (isWritten) this.written.push([id, words]);
  }

  round(): Promise<void> {
    this.#now += 31_000;
    this.#sync.ask();
    return this.#sync.round(this.#now);
  }

  away(isEmpty: boolean): void {
    if (existsSync(this.#aside)) return;
    renameSync(this.incidents, this.#aside);
    if (isEmpty) mkdirSync(this.incidents);
  }

  back(): void {
    if (!existsSync(this.#aside)) return;
    rmSync(this.incidents, { recursive: true, force: true });
    renameSync(this.#aside, this.incidents);
  }

  /** Away and back while `what` is under way. */
  async blink(what: Promise<void>, turns: number, lasts: number, isEmpty: boolean): Promise<void> {
    for (let left = turns; left > 0; left--) await turn();
    this.away(isEmpty);
    for (let left = lasts; left > 0; left--) await turn();
    this.back();
    await what;
  }

  /** The process ends; of what it did last the database holds nothing, or what git said is not noted. */
  async crash(kind: 'plain' | 'noted' | 'committed'): Promise<void> {
    if (kind === 'noted') {
      const before = existsSync(this.#file(IDS[0]!)) ? readFileSync(this.#file(IDS[0]!), 'utf8') : null;
      const noted = (await readUncommitted(this.#db)).some(({ name }) => name === `${IDS[0]}.md`);
      if (!noted)
        await ignoreStorageFault(noteUncommitted(this.#db, { name: `${IDS[0]}.md`, author: 'api', before }));
    }
    const noted = await readUncommitted(this.#db);
    if (kind === 'committed') await this.round();
    if (kind === 'committed')
      for (const one of noted) await ignoreStorageFault(noteUncommitted(this.#db, one));
    await this.open();
  }

  async disk(isFull: boolean): Promise<void> {
    await sql.raw(`pragma query_only = ${isFull ? 1 : 0}`).execute(this.#db);
  }

  push(at: number): void {
    const [place] = ['real', 'incidents'].map(name => path.join(this.desk, name)).filter(existsSync) as [
      string,
    ];
    git(this.desk, 'pull', '-q', '--no-rebase', '--no-edit', 'origin', 'main');
    const file = path.join(place, `${IDS[at]}.md`);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('severity: minor', 'severity: major').replace(/title: .*/, `title: T${++this.#count}`),
    );
    git(this.desk, 'commit', '-qam', 'desk');
    git(this.desk, 'push', '-q', 'origin', 'HEAD:main');
  }

  /** What is not committed, and what of the server's HEAD does not hold. */
  left(): { readonly open: string; readonly lost: readonly string[] } {
    const below = path.relative(this.status, this.incidents);
    // A write whose folder was moved away leaves its draft in it, which is no incident.
    const open = git(this.status, 'status', '--porcelain', '--untracked-files=all', '--', below, ':!*.tmp');
    const lost = this.written.filter(
      ([id, words]) => !git(this.status, 'show', `HEAD:${below}/${id}.md`).includes(words),
    );
    return { open, lost: lost.map(one => one.join(': ')) };
  }
}

type Deed = readonly [name: string, deed: (town: Town) => Promise<void> | void];

const AT = fc.nat(3);
const DEEDS: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom<Author>('api', 'machine'), AT)
      .map(([author, at]): Deed => [`${author} writes ${at}`, town => town.write(author, at)]),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map((isEmpty): Deed => [`away, empty: ${isEmpty}`, town => town.away(isEmpty)]),
  },
  { weight: 3, arbitrary: fc.constant<Deed>(['back', town => town.back()]) },
  { weight: 2, arbitrary: fc.constant<Deed>(['look', town => town.look()]) },
  { weight: 2, arbitrary: fc.constant<Deed>(['round', town => town.round()]) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(400), fc.nat(200), fc.boolean())
      .map(
        ([turns, lasts, isEmpty]): Deed => [
          `a round, and after ${turns} turns away for ${lasts}, empty: ${isEmpty}`,
          town => town.blink(town.round(), turns, lasts, isEmpty),
        ],
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(AT, fc.nat(40), fc.nat(20), fc.boolean())
      .map(
        ([at, turns, lasts, isEmpty]): Deed => [
          `machine writes ${at}, and after ${turns} turns away for ${lasts}, empty: ${isEmpty}`,
          town => town.blink(town.write('machine', at), turns, lasts, isEmpty),
        ],
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('plain', 'noted', 'committed')
      .map((kind): Deed => [`crash ${kind}`, town => town.crash(kind)]),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Deed>([
      'disk is full for a write',
      async town => {
        await town.disk(true);
        await town.write('machine', 0);
        await town.disk(false);
        await town.round();
      },
    ]),
  },
  { weight: 1, arbitrary: fc.nat(2).map((at): Deed => [`push ${at}`, town => town.push(at)]) },
);

test('whatever happened, two rounds after the folder is back all is committed', async () => {
  const deeds = fc.array(DEEDS, { minLength: 3, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), deeds, async (isLinked, list) => {
      const town = await new Town(isLinked).open();
      try {
        for (const [, deed] of list) await deed(town);
        await town.disk(false);
        town.back();
        await town.look();
        for (let left = 2; left > 0; left--) await town.round();
        expect(town.left(), list.map(([name]) => name).join('; ')).toEqual({ open: '', lost: [] });
      } finally {
        await town.close();
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 12), endOnFailure: false },
  );
}, 600_000);
