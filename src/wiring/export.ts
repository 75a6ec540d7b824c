// The wiring of the static copy: for the schedule of the server, and for the command that needs no server.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { openSite } from '../config/live-site.ts';
import { readSite } from '../config/site-file.ts';
import { makeBrand } from '../content/brand-files.ts';
import type { Content } from '../content/folder.ts';
import { openContent } from '../content/folder.ts';
import { openHistory } from '../content/git/history.ts';
import { openPublish } from '../content/git/mirror-branch.ts';
import { makeWriteMirror } from '../content/mirror.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Outcome } from '../core/model/problem.ts';
import type { MirrorTarget } from '../core/model/site.ts';
import type { Clock } from '../core/model/time.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import type { Db } from '../store/db/database.ts';
import { makeSightings } from '../store/incidents/recorded-transitions.ts';
import { readMeasured } from '../store/monitoring/component-status.ts';
import { readSights } from '../store/notify/announcements.ts';
import { makeRender } from '../views.ts';
import { makeExport } from '../web/export/export.ts';
import { makePages } from '../web/page/pages.ts';
import { openRefresh } from '../work/incidents/refresh.ts';
import { makeWatchdog } from '../work/monitoring/watchdog.ts';
import { type Mirror, makeMirror } from '../work/publish/mirror.ts';
import { rememberKept } from './content.ts';
import { openFigures, openResponses } from './metrics.ts';
import { ROOT } from './root.ts';

/** The files of a Snapshot's copy; without a database there are no charts in it. */
export function copyOf(content: Pick<Content, 'brandFile'>, db: Db | null) {
  return makeExport({
    pages: makePages(makeRender(path.join(ROOT, 'views'))),
    publicDir: path.join(ROOT, 'public'),
    brandFile: content.brandFile,
    db,
  });
}

export interface MirrorParts {
  readonly env: Environment;
  readonly content: Pick<Content, 'brandFile'>;
  readonly db: Db;
  readonly snapshot: () => Snapshot;
  readonly monotonic: Clock;
  readonly log: Log;
}

/** What keeps the copy fresh while the server runs. */
export function openMirror({ env, content, db, snapshot, monotonic, log }: MirrorParts): Mirror {
  return makeMirror({ snapshot, write: exportInto(env, content, db), monotonic, log });
}

/** The function that brings a Snapshot's copy to its place; relative folders are below DATA_DIR. */
function exportInto(env: Environment, content: Pick<Content, 'brandFile'>, db: Db) {
  const files = copyOf(content, db);
  const write = makeWriteMirror();
  const publish = openPublish(path.join(env.dataDir, 'mirror'), write, { variables: env.variables });
  return async (snapshot: Snapshot, to: MirrorTarget, signal: AbortSignal) => {
    const all = await files(snapshot);
    if (to.kind === 'folder') return write(path.resolve(env.dataDir, to.folder), all, signal);
    return publish([...hostFiles(to.cname), ...all], to, signal);
  };
}

/** What GitHub Pages and its like want beside the pages: files that begin with a dot, and the host's name. */
function hostFiles(cname: string | null) {
  const file = (name: string, text: string) => ({ path: name, key: text, body: () => text });
  return [file('.nojekyll', ''), ...(cname === null ? [] : [file('CNAME', `${cname}\n`)])];
}

/** The Snapshot as the server would show it now, read from the folder and, where there is one, its database. */
export async function readSnapshot(
  env: Environment,
  db: Db | null,
  clock: Clock,
  log: Log,
): Promise<Outcome<Snapshot>> {
  const content = openContent(env.statusDir, env.variables, clock);
  const kept = db ? await rememberKept(content, db) : null;
  const { value: site, problems } = await openSite(
    content.siteFile,
    content.siteText,
    text => readSite(text, content.siteFile, env.variables, env.publicUrl, `http://localhost:${env.port}`),
    async () => kept?.site ?? null,
  );
  if (!site) return { value: null, problems };
  const histories = await openHistory(env.statusDir, env.variables)();
  const refresh = await openRefresh(
    {
      site: async () => {
        const now = await site.reload();
        const dressed = await makeBrand(content)(now.site);
        return { site: dressed.site, problems: [...now.problems, ...dressed.problems] };
      },
      files: content.incidents,
      missingSince: kept?.missingSince ?? null,
      // Filing is the server's: a reader writes nothing.
      file: async () => ({ wrote: false, unfiled: new Map(), gathering: new Set(), problems: [] }),
      histories: () => histories,
      metrics: openFigures(db),
      // There is one round, so it reads them all.
      responses: openResponses(db, Number.POSITIVE_INFINITY),
      measured: async from => (db ? readMeasured(db, from) : new Map()),
      sightings: db ? makeSightings(db) : async () => ({}),
      blindSince: () => null,
      sights: readSights(db),
      warnings: () => [],
      // What a server that was off for a day last saw is not how things are.
      watchdog: makeWatchdog({ clock, monotonic: clock, awake: clock, ring: () => {}, log }),
      log,
    },
    clock(),
  );
  return { value: refresh.current(), problems: [] };
}
