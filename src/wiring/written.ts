// What the operator writes, as each round reads it: status.yaml, incident files, templates; and what is kept of it.
import type { LiveSite } from '../config/live-site.ts';
import { makeBrand } from '../content/brand.ts';
import type { Content } from '../content/folder.ts';
import type { TemplateFolder } from '../content/templates.ts';
import type { Problem } from '../core/problem.ts';
import type { Site } from '../core/site.ts';
import type { Clock } from '../core/time.ts';
import type { Db } from '../store/database.ts';
import { changeKeptFiles, readKeptFiles } from '../store/kept-files.ts';
import { makeKeep } from '../work/keep.ts';
import type { RefreshDeps } from '../work/refresh.ts';
import { evenSo, lastGood } from '../work/storage.ts';

export interface WrittenDeps {
  readonly db: Db;
  readonly content: Content;
  readonly site: LiveSite;
  readonly templates: TemplateFolder;
  /** Makes a changed site's components known. */
  readonly note: (site: Site) => Promise<void>;
  /** What is wrong with the folder besides what stands in it. */
  readonly others: () => readonly Problem[];
  readonly clock: Clock;
}

export interface Written extends Pick<RefreshDeps, 'site' | 'files'> {
  /** Keeps the last good text of what is not over, for a start at which its file cannot be read. */
  keep(): Promise<void>;
}

/** Opens it with what was kept at hand: nothing may have been read of the incidents before. */
export async function openWritten(deps: WrittenDeps): Promise<Written> {
  const { db, content, site, templates, note, others, clock } = deps;
  await rememberKept(content, db);
  const brand = makeBrand(content);
  const keep = makeKeep({
    good: content.good,
    read: () => readKeptFiles(db),
    change: (texts, over) => changeKeptFiles(db, texts, over),
  });
  return {
    async site() {
      const now = await site.reload();
      if (now.changed) await note(now.site);
      const dressed = await brand(now.site);
      const wrong = [...now.problems, ...dressed.problems, ...others(), ...(await templates.read())];
      return { site: dressed.site, problems: wrong };
    },
    files: () => content.incidents(),
    keep: () => evenSo(keep(clock())),
  };
}

/** Hands what the database keeps of the files to their folder; nothing while the database gives nothing. */
export async function rememberKept(content: Content, db: Db): Promise<void> {
  content.remember(await lastGood(() => readKeptFiles(db), new Map<string, string>())());
}
