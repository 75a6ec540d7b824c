// What is the server's own to commit: files it filed, and what was written by its API.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Place } from './git-place.ts';
import { AUTHORS, type GitRun, signed } from './git-run.ts';

/** Who wrote a file that is to be committed. */
export type Author = keyof typeof AUTHORS;

/** A file that was, or was about to be, written. */
export interface OwnFile {
  /** Relative to the incidents folder. */
  readonly name: string;
  readonly author: Author;
  /** Of the text it had before, see `stampOf`; null when it was to be made. */
  readonly before: string | null;
}

export interface Owned {
  /** What is not known to be committed. */
  list(): readonly OwnFile[];
  /** Told of those that are, or that need not be. */
  forget(names: readonly string[]): Promise<void>;
  /** Files of the machine, which it may have forgotten writing: committed only if git knows nothing of them. */
  readonly new: readonly string[];
}

/** Tells one text of a file from another. */
export function stampOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Commits those of the files that git sees changed, and nothing else that may be changed or staged. What was
 * to be written and never was, because the process ended first, is forgotten; so is what is committed already.
 */
export async function commitOwn(git: GitRun, { top, incidents }: Place, owned: Owned): Promise<string[]> {
  const listed = owned.list();
  if (listed.length + owned.new.length === 0) return [];
  // A folder that is away comes back, with its files.
  if (!existsSync(path.join(top, incidents))) return [];
  const states = await statesOf(git, incidents);
  const pending: OwnFile[] = [];
  for (const one of listed) {
    const text = await readFile(path.join(top, incidents, one.name), 'utf8').catch(() => null);
    const isWritten = text !== null && (one.before === null || stampOf(text) !== one.before);
    if (isWritten && states.has(incidents + one.name)) pending.push(one);
  }
  const names = new Set(pending.map(({ name }) => name));
  await owned.forget(listed.flatMap(({ name }) => (names.has(name) ? [] : [name])));
  for (const name of owned.new) {
    const isNew = states.get(incidents + name) === '??' && !names.has(name);
    if (isNew) pending.push({ name, author: 'machine', before: null });
  }
  const committed: string[] = [];
  for (const author of Object.keys(AUTHORS) as Author[]) {
    const mine = pending.filter(one => one.author === author).map(({ name }) => name);
    if (mine.length === 0) continue;
    const files = mine.map(name => path.join(top, incidents, name));
    const said = mine.map(name => path.basename(name, '.md')).join(', ');
    const subject = said.length > 60 ? `${mine.length} incidents` : said;
    const as = git.with(signed(AUTHORS[author]));
    await as.out('add', '--', ...files);
    await as.out('commit', '--quiet', '--only', '-m', `Status: ${subject}`, '--', ...files);
    await owned.forget(mine);
    committed.push(...mine.map(name => incidents + name));
  }
  return committed;
}

/** What git sees changed below the folder: `??` for a file it does not know. Those that are gone are not named. */
async function statesOf(git: GitRun, incidents: string): Promise<Map<string, string>> {
  const args = ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', incidents];
  const lines = (await git.out(...args)).split('\0').filter(line => /^.[^D] /.test(line));
  return new Map(
    lines
      .map(line => [line.slice(3), line.slice(0, 2)] as const)
      .filter(([file]) => file.startsWith(incidents)),
  );
}
