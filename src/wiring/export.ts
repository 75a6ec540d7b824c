// The wiring of the static copy: for the schedule of the server, and for the command that needs no server.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/environment.ts';
import { openSite } from '../config/live-site.ts';
import { readSite } from '../config/site-file.ts';
import type { Content } from '../content/folder.ts';
import { openContent } from '../content/folder.ts';
import { openHistory } from '../content/git-history.ts';
import { writeMirror } from '../content/mirror.ts';
import type { Log } from '../core/log.ts';
import type { Outcome } from '../core/problem.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Clock } from '../core/time.ts';
import type { Db } from '../store/database.ts';
import { readMeasured } from '../store/measured.ts';
import { makeSightings } from '../store/sightings.ts';
import { makeRender } from '../views.ts';
import { makeExport } from '../web/export.ts';
import { makePages } from '../web/pages.ts';
import { openRefresh } from '../work/refresh.ts';
import { openFigures } from './metrics.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The function that writes a Snapshot's copy into a folder; relative folders are below DATA_DIR. */
export function exportInto(env: Environment, content: Pick<Content, 'brandFile'>) {
  const files = makeExport({
    pages: makePages(makeRender(path.join(ROOT, 'views'))),
    publicDir: path.join(ROOT, 'public'),
    brandFile: content.brandFile,
  });
  return async (snapshot: Snapshot, to: string) =>
    writeMirror(path.resolve(env.dataDir, to), await files(snapshot));
}

/** The Snapshot as the server would show it now, read from the folder and, where there is one, its database. */
export async function readSnapshot(
  env: Environment,
  db: Db | null,
  clock: Clock,
  log: Log,
): Promise<Outcome<Snapshot>> {
  const content = openContent(env.statusDir);
  const { value: site, problems } = await openSite(content.siteFile, content.siteText, text =>
    readSite(text, content.siteFile, env.variables, env.publicUrl, `http://localhost:${env.port}`),
  );
  if (!site) return { value: null, problems };
  const histories = await openHistory(env.statusDir, env.variables)();
  const refresh = await openRefresh(
    {
      site: site.reload,
      files: content.incidents,
      // Filing is the server's: a reader writes nothing.
      file: async () => ({ wrote: false, unfiled: new Map(), gathering: new Set(), problems: [] }),
      histories: () => histories,
      metrics: openFigures(db),
      measured: async from => (db ? readMeasured(db, from) : new Map()),
      sightings: db ? makeSightings(db) : async () => ({}),
      blindSince: () => null,
      warnings: () => [],
      log,
    },
    clock(),
  );
  return { value: refresh.current(), problems: [] };
}
