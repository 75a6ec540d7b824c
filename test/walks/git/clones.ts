// The server's clone and a laptop's of one repository, and commands typed as they are shown.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openGit } from '../../../src/content/git/git.ts';
import { git } from './repository.ts';

export const FILE = '20260310_slow.md';
export const OPTIONS = { remote: 'origin', branch: 'main', push: true };
export const TEXT = `---
title: Uploads are slow
status: investigating
severity: critical
started: 2026-03-10T11:00:00Z
components: []
---

## Investigating 2026-03-10 11:00:00 UTC
We look.
`;
export const section = (text: string, heading: string, words: string) =>
  text.replace('---\n\n', `---\n\n## ${heading}\n${words}\n\n`);

/** The server's clone, and a laptop's, with one file pushed. */
export function openClones(text = TEXT, file = FILE) {
  const root = mkdtempSync(path.join(tmpdir(), 'status-live-people-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, server, laptop] = ['bare.git', 'server', 'laptop'].map(name => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  git(root, 'clone', '-q', bare, server);
  const at = (clone: string, name = file) => path.join(clone, 'incidents', name);
  const commit = (clone: string, next: string | null, name = file, said = 'edit') => {
    mkdirSync(path.join(clone, 'incidents'), { recursive: true });
    if (next === null) rmSync(at(clone, name));
    else writeFileSync(at(clone, name), next);
    git(clone, 'add', '-A');
    git(clone, 'commit', '-qm', said);
  };
  commit(server, text);
  git(server, 'push', '-q', 'origin', 'HEAD:main');
  git(root, 'clone', '-q', bare, laptop);
  const sync = openGit(server, { PATH: process.env.PATH }, work => work());
  const nothing = { list: () => [], forget: async () => {}, new: [] };
  return {
    root,
    bare,
    server,
    laptop,
    commit,
    sync: (options = OPTIONS) => sync(nothing, options),
    push: () => git(laptop, 'push', '-q', 'origin', 'main'),
    pushed: (name = file) => git(bare, 'show', `main:incidents/${name}`),
    read: (name = file) => readFileSync(at(server, name), 'utf8'),
    /** Whether every commit on the server's side and the laptop's is part of what was pushed. */
    holds: (...commits: string[]) =>
      commits.every(one => git(bare, 'rev-list', 'main').split('\n').includes(one)),
    head: (clone: string) => git(clone, 'rev-parse', 'HEAD'),
  };
}
export const lower = (text: string) => text.replace('severity: critical', 'severity: minor');

/** The lines of a conflict's fix that are to be pasted: before the edit, and after it. */
export function stepsOf(fix: string): readonly [begin: string, end: string] {
  const steps = /^1\. run: (.*) {2}2\. edit: .* {2}3\. run: (.*) {2}4\. the server then pushes it$/.exec(fix);
  if (!steps) throw new Error(`not in steps: ${fix}`);
  return [steps[1]!, steps[2]!];
}

export function type(cwd: string, command: string): void {
  const who = {
    GIT_EDITOR: 'true',
    GIT_AUTHOR_NAME: 'Olga',
    GIT_AUTHOR_EMAIL: 'o@x.org',
    GIT_COMMITTER_NAME: 'Olga',
    GIT_COMMITTER_EMAIL: 'o@x.org',
  };
  execFileSync('sh', ['-ec', command], { cwd, env: { ...process.env, ...who }, stdio: 'pipe' });
}

export const at = (clone: string, name: string) => path.join(clone, 'incidents', name);

/** One pair of commits: each name with its text in the base, here and there; null where it is not. */
export function openPair(
  files: Readonly<Record<string, readonly [base: string | null, here: string | null, there: string | null]>>,
) {
  const clones = openClones();
  const { server, laptop, push } = clones;
  const put = (clone: string, side: 0 | 1 | 2) => {
    for (const [name, texts] of Object.entries(files)) {
      const [file, text] = [at(clone, name), texts[side]];
      mkdirSync(path.dirname(file), { recursive: true });
      if (text === null) rmSync(file, { force: true });
      else writeFileSync(file, text);
    }
    git(clone, 'add', '-A');
    git(clone, 'commit', '-q', '--allow-empty', '-m', 'all at once');
  };
  put(server, 0);
  git(server, 'push', '-q', 'origin', 'HEAD:main');
  git(laptop, 'pull', '-q', 'origin', 'main');
  put(server, 1);
  put(laptop, 2);
  push();
  return clones;
}
