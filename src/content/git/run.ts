// Running git: no shell, no questions, a time limit, and no credentials in what it says.
import { isUtf8 } from 'node:buffer';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** git failed; the message may be logged. */
export class GitFailure extends Error {
  readonly fix: string;
  /** Its full error output, without credentials. */
  readonly said: string;
  /** Its exit code; null when it did not finish. */
  readonly code: number | null;
  readonly printed: Buffer;

  constructor(message: string, fix: string, said = '', code: number | null = null, printed?: Buffer) {
    super(message);
    this.fix = fix;
    this.said = said;
    this.code = code;
    this.printed = printed ?? Buffer.alloc(0);
  }
}

export interface GitRun {
  /** git's output, trimmed. Throws GitFailure. */
  out(...args: string[]): Promise<string>;
  /** The same; null when git fails. */
  try(...args: string[]): Promise<string | null>;
  /** True for exit code 0, false for 1; throws GitFailure otherwise. */
  yes(...args: string[]): Promise<boolean>;
  fed(input: string, ...args: string[]): Promise<Buffer>;
  with(more: Readonly<Record<string, string>>): GitRun;
}

/** How long a git command may take, ms. */
const TIMEOUT = 30_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** While another git holds the index: how often, and after how many ms, to try again. */
const LOCKED_TRIES = 12;
const LOCKED_WAIT = 250;

/** The authors of commits: the machine for automatic incidents, the API for programs and people who use it. */
export const AUTHORS = { machine: 'status-live@localhost', api: 'status-live+api@localhost' };
const NAME = 'Status Live';

export function signed(email: string, name: string = NAME): Record<string, string> {
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email };
}

/** A person's git, with their name, hooks and signature; git must not guess a name. */
export const BY_HAND = { by: 'hand' } as const;

/** A repository apart from its work tree, and limits for its remote. */
interface Area {
  readonly gitDir: string;
  readonly workTree: string;
  /** ms */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs git in `dir`, without hooks and signing, which are the operator's and may prompt. With `area`, git does not
 * search the folders above for a repository: DATA_DIR may be inside one of the operator's.
 */
export function makeGitRun(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  area?: Area | typeof BY_HAND,
): GitRun {
  const own = area && 'gitDir' in area ? area : undefined;
  const hand = area !== undefined && !own;
  const env: NodeJS.ProcessEnv = {
    ...variables,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND:
      variables.GIT_SSH_COMMAND ?? 'ssh -oBatchMode=yes -oConnectTimeout=10 -oServerAliveInterval=10',
    ...(hand ? {} : signed(AUTHORS.machine)),
    ...(hand ? {} : { GIT_COMMITTER_NAME: NAME, GIT_COMMITTER_EMAIL: AUTHORS.machine }),
    GIT_EDITOR: 'true',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
  };
  // git sets these when it starts us from a hook: they would select another repository.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']) delete env[name];
  if (own) Object.assign(env, { GIT_DIR: own.gitDir, GIT_WORK_TREE: own.workTree });
  const timeout = own?.timeout ?? TIMEOUT;
  const stop = own?.signal ? { signal: own.signal } : {};
  const settings = [...SETTINGS, ...(hand ? ['user.useConfigOnly=true'] : UNATTENDED)];
  return gitRun(
    dir,
    env,
    settings.flatMap(setting => ['-c', setting]),
    { timeout, ...stop },
  );
}

const NO_FOLDER = ['the status folder is missing', 'restore it; the server retries automatically'] as const;

const SETTINGS = [
  ...['core.quotePath=false', 'http.lowSpeedLimit=1', 'http.lowSpeedTime=20', 'protocol.ext.allow=never'],
  'merge.autoStash=false',
];
const UNATTENDED = ['core.hooksPath=/dev/null', 'commit.gpgsign=false'];

function gitRun(
  dir: string,
  env: NodeJS.ProcessEnv,
  fixed: readonly string[],
  limits: { readonly timeout: number; readonly signal?: AbortSignal },
): GitRun {
  const once = async (args: readonly string[], input = ''): Promise<Buffer> => {
    // Without the folder, git fails as if it were not installed.
    if (!existsSync(`${dir}/.`)) throw new GitFailure(...NO_FOLDER);
    const options = { cwd: dir, env, maxBuffer: MAX_BYTES, encoding: 'buffer', ...limits } as const;
    const running = exec('git', [...fixed, ...args], options);
    running.child.stdin?.on('error', () => undefined);
    running.child.stdin?.end(input);
    return running.then(
      ({ stdout }) => stdout,
      (error: Failed) => {
        throw failure(args[0]!, error, limits.timeout);
      },
    );
  };
  const run = async (args: readonly string[], input = ''): Promise<Buffer> => {
    for (let left = LOCKED_TRIES; ; left--) {
      try {
        return await once(args, input);
      } catch (error) {
        if (left === 0 || !isLocked(error) || limits.signal?.aborted) throw error;
        await new Promise(resolve => setTimeout(resolve, LOCKED_WAIT));
      }
    }
  };
  return {
    out: async (...args) => (await run(args)).toString().trimEnd(),
    try: (...args) =>
      run(args).then(
        text => text.toString().trimEnd(),
        () => null,
      ),
    yes: (...args) =>
      run(args).then(
        () => true,
        (error: GitFailure) => {
          if (error.code === 1) return false;
          throw error;
        },
      ),
    fed: (input, ...args) => run(args, input),
    with: more => gitRun(dir, { ...env, ...more }, fixed, limits),
  };
}

/** The object id of a name; null when there is none. */
export function oidOf(git: GitRun, name: string): Promise<string | null> {
  return git.try('rev-parse', '--verify', '--quiet', name);
}

/** The files of a commit or tree, by their paths from the top, and the blob of each. */
export async function filesIn(git: GitRun, tree: string, ...within: string[]): Promise<Map<string, string>> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', tree, ...(within.length > 0 ? ['--', ...within] : [])];
  const found = (await git.out(...args)).matchAll(/\S+ \S+ (\S+)\t([^\0]+)/g);
  return new Map([...found].map(([, oid, name]) => [name!, oid!]));
}

/** The blobs of those names; null for one that is not there. */
export async function blobsOf(git: GitRun, names: readonly string[]): Promise<(Buffer | null)[]> {
  const answer = await git.fed(names.map(name => `${name}\n`).join(''), 'cat-file', '--batch');
  let at = 0;
  return names.map(() => {
    const end = answer.indexOf(10, at);
    const size = / blob (\d+)$/.exec(answer.subarray(at, end).toString())?.[1];
    at = end + 1;
    if (size === undefined) return null;
    const bytes = answer.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return bytes;
  });
}

/** The texts of blobs; null for one that is not there or is no text. */
export async function textsOf(git: GitRun, names: readonly string[]): Promise<(string | null)[]> {
  const blobs = await blobsOf(git, names);
  return blobs.map(bytes => (bytes && isUtf8(bytes) ? bytes.toString() : null));
}

export function isLocked(error: unknown): boolean {
  return error instanceof GitFailure && /\.lock'?: File exists/.test(error.said);
}

interface Failed extends Error {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

function failure(verb: string, error: Failed, timeout: number): GitFailure {
  if (error.code === 'ENOENT') return new GitFailure('git is not installed', 'install git');
  if (error.killed)
    return new GitFailure(`git ${verb} took longer than ${timeout / 1000} s`, 'check the remote');
  const stderr = String(error.stderr ?? '');
  const lines = stderr.split('\n').map(text => text.trim());
  const line =
    lines.find(text => /^(fatal|error|remote|ssh|hint: Updates)/i.test(text)) ??
    lines.find(text => text !== '' && !/^(warning|hint):/i.test(text)) ??
    lines[0];
  const said =
    withoutUrlSecrets(line ?? '').replace(/^(fatal|error): /, '') || `exit code ${String(error.code)}`;
  const fix =
    FIXES.find(([pattern]) => pattern.test(said))?.[1] ??
    'try the same command manually in the status folder';
  const code = typeof error.code === 'number' ? error.code : null;
  return new GitFailure(
    `git ${verb}: ${said.slice(0, 300)}`,
    fix,
    withoutUrlSecrets(stderr),
    code,
    error.stdout,
  );
}

/** Removes passwords and tokens from URLs. */
export function withoutUrlSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@')
    .replace(/([?&][\w-]+=)[^\s&']+/g, '$1***');
}

/** Quotes a word for a shell, in commands shown to people. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /\.lock'?: File exists/,
    'another git process is running there, or one was killed: if `pgrep -a git` shows none, delete that file',
  ],
  [/dubious ownership/, 'make the server’s user the owner of the folder, or add it to safe.directory'],
  [
    /Authentication|Permission denied|could not read Username|403/i,
    'give the server a deploy key or a token that can push',
  ],
  [
    /resolve host|Connection|timed out|unable to access|does not appear|Could not read from remote/i,
    'the page keeps working; the server retries automatically',
  ],
  [
    /non-fast-forward|fetch first|rejected|but expected/i,
    'somebody else committed or pushed at the same time; the server retries automatically',
  ],
];
