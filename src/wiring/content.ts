// What the operator writes, as each round reads it: status.yaml, incident files, templates; and what is kept of it.
import { existsSync } from 'node:fs';
import type { LiveSite } from '../config/live-site.ts';
import { makeBrand } from '../content/brand-files.ts';
import type { StatusFolder } from '../content/folder.ts';
import type { TemplateFolder } from '../content/templates.ts';
import type { Log } from '../core/model/ports/log.ts';
import { DatabaseRefused } from '../core/model/ports/storage.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import type { Millis } from '../core/model/time.ts';
import { type Db, openDatabase } from '../store/db/database.ts';
import { readForgotten, readKept } from '../store/incidents/last-good-files.ts';
import { LastGoodFiles, recallLastGood } from '../work/incidents/last-good-files.ts';
import type { GitSync } from '../work/publish/git-sync.ts';
import { ignoreStorageFault, lastGood } from '../work/timing/storage.ts';

export interface FolderFactsDeps {
  readonly db: Db;
  readonly folder: StatusFolder;
  readonly site: LiveSite;
  readonly templates: TemplateFolder;
  readonly note: (site: Site) => Promise<void>;
  /** What is wrong with the folder besides what stands in it. */
  readonly others: () => readonly Problem[];
  readonly git: GitSync;
  readonly log: Log;
}

/** Opens it with what was kept at hand: nothing may have been read of the incidents before. */
export async function openFolderFacts({
  db,
  folder,
  site,
  templates,
  note,
  others,
  git,
  log,
}: FolderFactsDeps) {
  const recalled = await recallLastGood(folder, db);
  let isRecalled = recalled !== null;
  const forgotten = lastGood(() => readForgotten(db), null);
  let heeded = await forgotten();
  const brand = makeBrand(folder);
  const kept = new LastGoodFiles(db, folder);
  return {
    async site() {
      const now = await site.reload();
      if (now.changed) await note(now.site);
      const branded = await brand(now.site);
      const problems = [...now.problems, ...branded.problems, ...others(), ...(await templates.read())];
      return { site: branded.site, problems };
    },
    missingSince: recalled?.missingSince ?? null,
    async files() {
      if (!isRecalled && (await recallLastGood(folder, db))) {
        isRecalled = true;
        folder.lookEverywhere();
      }
      const asked = await forgotten();
      if (asked !== heeded) {
        heeded = asked;
        log.info({}, 'an operator let go of the missing incidents');
        folder.forgetMissing();
        kept.readAgain();
      }
      const files = await folder.incidents();
      // Until it is known what there was, nobody can say that nothing is missing.
      return { ...files, unread: files.unread + git.unread() + (isRecalled ? 0 : 1) };
    },
    /** Saves the last good texts, for a start at which they cannot be read, and since when their folder is missing. */
    async save(since: Millis | null) {
      // What was not read yet would be taken for gone.
      if (isRecalled) await ignoreStorageFault(kept.round({ missingSince: since, site: site.goodText() }));
    },
  };
}

/** The last good status.yaml that a server kept in the database `file`; null without one. Nothing is made. */
export async function lastGoodSite(file: string): Promise<string | null> {
  if (!existsSync(file)) return null;
  try {
    const db = openDatabase(file);
    try {
      return (await readKept(db)).site;
    } finally {
      await db.destroy();
    }
  } catch (error) {
    if (error instanceof DatabaseRefused) return null;
    throw error;
  }
}
