// Wires the static copy, for the server's schedule and for the command that needs no server.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { StatusFolder } from '../content/folder.ts';
import { openHistory } from '../content/git/history.ts';
import { openPublish } from '../content/git/mirror-branch.ts';
import { makeWriteMirror } from '../content/mirror.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Outcome } from '../core/model/problem.ts';
import type { MirrorTarget } from '../core/model/site.ts';
import type { Clock } from '../core/model/time.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import type { Db } from '../store/db/database.ts';
import { makeReadOutages } from '../store/incidents/recorded-transitions.ts';
import { readMeasured } from '../store/monitoring/component-status.ts';
import { makeRender } from '../views.ts';
import type { BrandFolder } from '../web/context.ts';
import { hostFiles, makeExport } from '../web/export/export.ts';
import { makePages } from '../web/pages.ts';
import { NOTHING_CARRIED } from '../work/incidents/carried-edits.ts';
import { NOTHING_FILED } from '../work/incidents/file.ts';
import { FirstSeen } from '../work/incidents/first-seen.ts';
import { recallLastGood } from '../work/incidents/last-good-files.ts';
import { Plans } from '../work/incidents/plans.ts';
import { Refresh } from '../work/incidents/refresh.ts';
import { makeMetricDays } from '../work/monitoring/metrics.ts';
import { makeResponses } from '../work/monitoring/responses.ts';
import { Watchdog } from '../work/monitoring/watchdog.ts';
import { openSiteFile } from './base.ts';
import { ROOT } from './root.ts';

/** The files of a Snapshot's copy; without a database they have no charts. */
export function copyOf(folder: BrandFolder, db: Db | null) {
  return makeExport({
    pages: makePages(makeRender(path.join(ROOT, 'views'))),
    publicDir: path.join(ROOT, 'public'),
    folder,
    db,
  });
}

/** Makes the function that writes a Snapshot's copy to its target; relative folders are below DATA_DIR. */
export function exportInto(env: Environment, folder: StatusFolder, db: Db) {
  const files = copyOf(folder, db);
  const write = makeWriteMirror();
  const publish = openPublish(path.join(env.dataDir, 'mirror'), write, { variables: env.variables });
  return async (snapshot: Snapshot, to: MirrorTarget, signal: AbortSignal) => {
    const all = await files(snapshot);
    if (to.kind === 'folder') return write(path.resolve(env.dataDir, to.folder), all, signal);
    return publish([...hostFiles(to.cname), ...all], to, signal);
  };
}

/** The Snapshot as the server would show it now, read from the folder and, if there is one, the database. */
export async function readSnapshot(
  env: Environment,
  db: Db | null,
  clock: Clock,
  log: Log,
): Promise<Outcome<Snapshot>> {
  const folder = new StatusFolder(env.statusDir, env.variables, clock);
  const kept = db ? await recallLastGood(folder, db) : null;
  const { value: site, problems } = await openSiteFile(env, folder, env.port, async () => kept?.site ?? null);
  if (!site) return { value: null, problems };
  const histories = await openHistory(env.statusDir, env.variables)();
  const refresh = await Refresh.open(
    {
      site: () => site.reload(),
      files: () => folder.incidents(),
      missingSince: kept?.missingSince ?? null,
      // Only the server files: a reader writes nothing.
      carry: async () => NOTHING_CARRIED,
      file: async () => NOTHING_FILED,
      histories: () => histories,
      metrics: makeMetricDays(db),
      // There is only one round, so it reads all of them.
      responses: makeResponses(db, Number.POSITIVE_INFINITY),
      recorder: { measured: async from => (db ? readMeasured(db, from) : new Map()) },
      outages: db ? makeReadOutages(db) : async () => ({}),
      network: { downSince: () => null },
      firstSeen: new FirstSeen(db, 'reader'),
      plans: new Plans(db, 'reader'),
      warnings: () => [],
      // A new watchdog: results of a server that has been off for a day are not current.
      watchdog: new Watchdog({ clock, monotonic: clock, awake: clock, ring: () => {}, log }),
      log,
    },
    clock(),
  );
  return { value: refresh.current(), problems: [] };
}
