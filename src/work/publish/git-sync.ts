// Git sync: by schedule or at a git hook, commits and pushes the machine's files and pulls people's commits.
import path from 'node:path';
import type { StatusFolder } from '../../content/folder.ts';
import { openGit, type Synced, type SyncGit } from '../../content/git/git.ts';
import { type Histories, openHistory } from '../../content/git/history.ts';
import type { Author } from '../../content/git/own-files.ts';
import { GitFailure } from '../../content/git/run.ts';
import { knownWaiting, type Waiting } from '../../content/git/waiting.ts';
import { isOrMayBeOpen } from '../../core/incidents/file/reparse.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { GitSettings, Site } from '../../core/model/site.ts';
import { HOUR, type Millis, SECOND } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { makeAlarm } from '../monitoring/alarm.ts';
import { UncommittedFiles } from './uncommitted.ts';

interface GitSyncDeps {
  /** The path of the status folder, and the environment of git. */
  readonly dir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly db: Db;
  readonly folder: StatusFolder;
  readonly site: () => Site;
  readonly ring: () => void;
  readonly log: Log;
}

export type Writer = Pick<StatusFolder, 'create' | 'replace'>;

/** A failed sync is tried again after this time, whatever the schedule. */
const RETRY_AFTER: Millis = 30 * SECOND;

/** How long /readyz shows what a merge rule decided; the log keeps it. */
const SHOWN_FOR: Millis = HOUR;

const MAX_NAMED = 10;

const problem = (level: Problem['level'], what: string, fix: string): Problem => {
  return { level, where: 'content.git', what, fix };
};

export class GitSync {
  readonly #deps: GitSyncDeps;
  readonly #uncommitted: UncommittedFiles;
  readonly #sync: SyncGit;
  readonly #readHistory: () => Promise<Histories>;
  readonly #alarm = makeAlarm();
  /** True at start: commits made while the server was down come in at once. */
  #isAsked = true;
  #tried: Millis = 0;
  #found: readonly Problem[] = [];
  #decided: readonly { readonly note: string; readonly at: Millis }[] = [];
  /** Files at the remote that could not be pulled and may describe an open incident. */
  #waiting: readonly Waiting[] = [];
  #isUsed = false;
  /** The git history of the files, as last read. */
  histories: Histories = new Map();

  private constructor(deps: GitSyncDeps, uncommitted: UncommittedFiles) {
    const { dir, variables, folder } = deps;
    this.#deps = deps;
    this.#uncommitted = uncommitted;
    this.#sync = openGit(dir, variables, work => folder.alone(work));
    this.#readHistory = openHistory(dir, variables);
  }

  static async open(deps: GitSyncDeps, now: Millis): Promise<GitSync> {
    const sync = new GitSync(deps, await UncommittedFiles.open(deps.db));
    const { git } = deps.site();
    if (git === null) return sync;
    // The cause that stopped the last process may stop this one too. The page must not be green before that is known.
    sync.#noteWaiting(await knownWaiting(deps.dir, deps.variables, git.branch), now);
    sync.#found = sync.#behind([]);
    return sync;
  }

  ask(): void {
    this.#isAsked = true;
  }

  /** The texts of the incident files at the remote that may describe an open incident and are not on the page. */
  unread(): readonly (string | null)[] {
    return this.#deps.site().git ? this.#waiting.map(({ text }) => text) : [];
  }

  /** Returns what the last sync could not do, and what merge rules decided within the last hour. */
  problems(): readonly Problem[] {
    if (!this.#deps.site().git) return [];
    const fix = 'check the result, and commit a correction if it is wrong; this message is shown for an hour';
    return [
      ...this.#found,
      ...this.#decided.map(({ note }) => problem('warning', `merged by rule: ${note}`, fix)),
    ];
  }

  /** Syncs if the pull schedule fired since the last call, a sync was requested, or the last one failed. */
  async round(now: Millis): Promise<void> {
    const { site, ring, log } = this.#deps;
    this.#decided = this.#decided.filter(({ at }) => Math.abs(now - at) < SHOWN_FOR);
    const { git } = site();
    await this.#uncommitted.save();
    if (git === null) return;
    const fired = this.#alarm(git.pull, now) !== null;
    const isFailed = this.#found.length > 0 && Math.abs(now - this.#tried) >= RETRY_AFTER;
    if (!(this.#isAsked || fired || isFailed)) return;
    this.#isAsked = false;
    this.#tried = now;
    const { moved, committed, notes, problems } = await this.#exchange(git, now);
    if (committed.length > 0) log.info({ files: committed }, 'incidents committed');
    if (moved) log.info({}, 'commits pulled');
    for (const note of notes) log.warn({ note }, 'commits merged by rule');
    this.#decided = [
      ...this.#decided.filter(({ note }) => !notes.includes(note)),
      ...notes.map(note => ({ note, at: now })),
    ];
    this.#found = [...problems, ...this.#behind(problems)];
    if (moved) ring();
  }

  async #exchange(git: GitSettings, now: Millis): Promise<Synced> {
    const { folder } = this.#deps;
    const { incidents, missing } = await folder.incidents();
    const owned = {
      list: () => this.#uncommitted.list(),
      forget: (names: readonly string[]) => this.#uncommitted.forget(names),
      new: incidents.filter(({ openedBy }) => openedBy !== null).map(({ id }) => folder.nameOf(id)),
    };
    // If the folder is missing, files that git writes there would look like all incidents there are.
    const synced = await this.#sync(missing === null ? owned : null, git);
    if (synced.waiting) this.#noteWaiting(synced.waiting, now);
    if (missing !== null && synced.moved) this.ask();
    await this.#forgetGone();
    return synced;
  }

  /** Deleted files, and files never written because the process ended, need no commit. */
  async #forgetGone(): Promise<void> {
    const { folder } = this.#deps;
    if ((await folder.incidents()).missing !== null) return;
    const gone = this.#uncommitted.list().filter(({ name }) => !folder.knows(name));
    await this.#uncommitted.forget(gone.map(({ name }) => name));
  }

  #noteWaiting(waiting: readonly Waiting[], now: Millis): void {
    this.#waiting = waiting.filter(({ file, text }) =>
      isOrMayBeOpen(path.basename(file).replace(/\.md$/i, ''), text, now),
    );
  }

  /** The incident files that wait because the sync is stopped, and how to fix that. */
  #behind(problems: readonly Problem[]): Problem[] {
    const waiting = this.#waiting.map(({ file }) => file);
    if (waiting.length === 0) return [];
    const names = waiting.slice(0, MAX_NAMED).join(', ');
    const more = waiting.length > MAX_NAMED ? ` and ${waiting.length - MAX_NAMED} more` : '';
    const files =
      waiting.length === 1
        ? 'a file that may describe an outage waits'
        : 'files that may describe an outage wait';
    const what = `the sync with the remote is stopped, and ${files} there: ${names}${more}. The page does not show this, and is not green`;
    const stops = problems.findLast(({ level }) => level === 'error') ?? problems.at(-1);
    return [problem('error', what, stops?.fix ?? 'the server retries automatically')];
  }

  /** Reads new commits, outside of any request. */
  async readHistories(): Promise<void> {
    if (!this.#deps.site().history) return;
    try {
      this.histories = await this.#readHistory();
    } catch (error) {
      // A missing folder is reported elsewhere. The known histories stay.
      if (!(error instanceof GitFailure)) throw error;
    }
  }

  /** Writes files and lists them for a commit. Files written by API are committed and pushed at once, by the name of the token's owner. */
  writer(author: Author, by: string | null = null): Writer {
    const { folder, site } = this.#deps;
    const write = async (id: string, before: string | null, after: string) => {
      const name = folder.nameOf(id);
      const put = () => (before === null ? folder.create(id, after) : folder.replace(id, before, after));
      // A half-saved status.yaml may lack `content.git` for a moment. Files written then must be committed, too.
      this.#isUsed ||= site().git !== null;
      const isWritten = this.#isUsed
        ? await this.#uncommitted.write({ name, author, by, before, after }, put)
        : await put();
      if (isWritten && author === 'api') this.ask();
      return isWritten;
    };
    return {
      create: (id, text) => folder.inTurn(() => write(id, null, text)),
      replace: (id, before, text) => folder.inTurn(() => write(id, before, text)),
    };
  }
}
