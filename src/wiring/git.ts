// The wiring of git: the carrier of the incident files, and what it knows of their versions.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import type { LiveSite } from '../config/live-site.ts';
import type { Content } from '../content/folder.ts';
import { openGit } from '../content/git/git.ts';
import { type Histories, openHistory } from '../content/git/history.ts';
import type { Author } from '../content/git/own-files.ts';
import { GitFailure } from '../content/git/run.ts';
import type { Turns } from '../content/turns.ts';
import { isOrMayBeOpen } from '../core/incidents/file/reparse.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Problem } from '../core/model/problem.ts';
import type { Db } from '../store/db/database.ts';
import { forgetUncommitted, noteUncommitted, readUncommitted } from '../store/incidents/uncommitted.ts';
import { makeLedger } from '../work/incidents/uncommitted.ts';
import { GitSync } from '../work/publish/git-sync.ts';
import { lastGood } from '../work/timing/storage.ts';

const WHILE_MISSING: Problem = {
  level: 'warning',
  where: 'content.git',
  what: 'nothing is pulled or pushed while incident files are missing',
  fix: 'bring the folder back (`git checkout -- incidents` in the status folder)',
};

export interface CarrierParts {
  readonly env: Environment;
  readonly db: Db;
  readonly turns: Turns;
  readonly site: LiveSite;
  /** Called when files came in. */
  readonly ring: () => void;
  readonly log: Log;
}

/** Carries the folder by git as status.yaml says. */
export async function openCarrier({ env, db, turns, site, ring, log }: CarrierParts) {
  const { folder } = turns;
  const readHistory = openHistory(env.statusDir, env.variables);
  let histories: Histories = new Map();
  const settings = () => site.current().git;
  const noted = await lastGood(() => readUncommitted(db), [])();
  const left = noted.map(file => ({ ...file, after: null }));
  const ledger = makeLedger(left, {
    note: file => noteUncommitted(db, file),
    forget: names => forgetUncommitted(db, names),
  });
  const sync = openGit(env.statusDir, env.variables, turns.alone);
  let waiting: readonly string[] = [];
  const carry = new GitSync({
    settings,
    async sync(options, now) {
      const { incidents, missing } = await turns.content.incidents();
      // What git would bring into a folder that is missing would pass for all there is.
      if (missing !== null)
        return { moved: false, committed: [], notes: [], problems: [WHILE_MISSING], waiting };
      const filed = incidents.filter(({ openedBy }) => openedBy !== null).map(({ id }) => turns.nameOf(id));
      const synced = await sync({ ...ledger, new: filed }, options);
      waiting = synced.waiting.flatMap(({ file, text }) =>
        isOrMayBeOpen(path.basename(file).replace(/\.md$/i, ''), text, now) ? [file] : [],
      );
      return { ...synced, waiting };
    },
    ring,
    log,
  });
  const written = (
    id: string,
    author: Author,
    [before, after]: readonly [string | null, string],
    write: () => Promise<boolean>,
  ) =>
    turns.inTurn(() => {
      if (settings() === null) return write();
      return ledger.written({ name: turns.nameOf(id), author, before, after }, write);
    });
  return {
    carry,
    histories: () => histories,
    /** Reads what was committed since the last look, away from any request. */
    async lookBack(): Promise<void> {
      if (!site.current().history) return;
      try {
        histories = await readHistory();
      } catch (error) {
        // A folder that is away says so itself; what is known of its versions stays.
        if (!(error instanceof GitFailure)) throw error;
      }
    },
    /** Writes files that are to be committed; what programs write goes out at once. */
    writerOf(author: Author): Pick<Content, 'create' | 'replace'> {
      const told = async (writing: Promise<boolean>) => {
        const isWritten = await writing;
        if (isWritten && author === 'api') carry.ask();
        return isWritten;
      };
      return {
        create: (id, text) => told(written(id, author, [null, text], () => folder.create(id, text))),
        replace: (id, before, text) =>
          told(written(id, author, [before, text], () => folder.replace(id, before, text))),
      };
    },
  };
}
