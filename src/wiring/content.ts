// What the operator writes, as each round reads it: status.yaml, incident files, templates; and what is kept of it.
import { existsSync } from 'node:fs';
import type { LiveSite } from '../config/live-site.ts';
import { makeBrand } from '../content/brand-files.ts';
import type { Content } from '../content/folder.ts';
import type { TemplateFolder } from '../content/templates.ts';
import type { Log } from '../core/model/ports/log.ts';
import { DatabaseRefused } from '../core/model/ports/storage.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import type { Millis } from '../core/model/time.ts';
import { type Db, openDatabase } from '../store/db/database.ts';
import {
  changeKeptFiles,
  type Kept,
  readForgotten,
  readKept,
  readKeptFiles,
} from '../store/incidents/last-good-files.ts';
import { makeKeep } from '../work/incidents/last-good-files.ts';
import type { RefreshDeps } from '../work/incidents/refresh.ts';
import type { GitSync } from '../work/publish/git-sync.ts';
import { ignoreStorageFault, lastGood } from '../work/timing/storage.ts';

export interface WrittenDeps {
  readonly db: Db;
  readonly content: Content;
  readonly site: LiveSite;
  readonly templates: TemplateFolder;
  /** Makes a changed site's components known. */
  readonly note: (site: Site) => Promise<void>;
  /** What is wrong with the folder besides what stands in it. */
  readonly others: () => readonly Problem[];
  /** Counts the incident files that could not come into the folder. */
  readonly carry: Pick<GitSync, 'unread'>;
  readonly log: Log;
}

export interface Written extends Pick<RefreshDeps, 'site' | 'files' | 'missingSince'> {
  /** Keeps the last good texts, for a start at which they cannot be read, and since when their folder is missing. */
  keep(missingSince: Millis | null): Promise<void>;
}

/** Opens it with what was kept at hand: nothing may have been read of the incidents before. */
export async function openWritten(deps: WrittenDeps): Promise<Written> {
  const { db, content, site, templates, note, others, carry, log } = deps;
  const { missingSince } = await rememberKept(content, db);
  const forgotten = lastGood(() => readForgotten(db), null);
  let heeded = await forgotten();
  const brand = makeBrand(content);
  const keep = makeKeep<Kept>({
    good: content.good,
    read: () => readKeptFiles(db),
    change: (texts, gone, beside) => changeKeptFiles(db, texts, gone, beside),
  });
  return {
    async site() {
      const now = await site.reload();
      if (now.changed) await note(now.site);
      const dressed = await brand(now.site);
      const wrong = [...now.problems, ...dressed.problems, ...others(), ...(await templates.read())];
      return { site: dressed.site, problems: wrong };
    },
    missingSince,
    async files() {
      const asked = await forgotten();
      if (asked !== heeded) {
        heeded = asked;
        log.info({}, 'an operator let go of the missing incidents');
        content.forgetMissing();
        keep.readAgain();
      }
      const files = await content.incidents();
      return { ...files, unread: files.unread + carry.unread() };
    },
    keep: since =>
      ignoreStorageFault(
        keep.round({ folder: content.identity(), missingSince: since, site: site.goodText() }),
      ),
  };
}

/** Hands what the database keeps of the files to their folder; nothing while the database gives nothing. */
export async function rememberKept(content: Content, db: Db): Promise<Kept> {
  const nothing: Kept = { folder: null, missingSince: null, site: null };
  const kept = await lastGood(() => readKept(db), nothing)();
  const texts = await lastGood(() => readKeptFiles(db), new Map<string, string>())();
  content.remember(texts, kept.folder, kept.missingSince !== null);
  return kept;
}

/** The last good status.yaml that a server kept in the database `file`; null without one. Nothing is made. */
export async function keptSite(file: string): Promise<string | null> {
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
