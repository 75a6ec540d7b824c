// Running git: no shell, no questions, a time limit, and no credentials in what it says.
import { execFile } from 'node:child_process';

/** git said no, in words that may be logged. */
export class GitFailure extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

export interface GitRun {
  /** What git printed, trimmed. Throws GitFailure. */
  out(...args: string[]): Promise<string>;
  /** The same, or null when git said no. */
  try(...args: string[]): Promise<string | null>;
  /** With this text on its standard input. */
  fed(input: string, ...args: string[]): Promise<Buffer>;
  /** In another folder. */
  in(folder: string): GitRun;
}

/** A remote that says nothing for so long is dead, ms. */
const TIMEOUT = 30_000;
const MAX_BYTES = 256 * 1024 * 1024;

const AUTHOR = { name: 'Status Live', email: 'status-live@localhost' };

/** A repository that stands apart from its work tree, and the patience with its remote. */
export interface Area {
  readonly gitDir: string;
  readonly workTree: string;
  /** ms */
  readonly timeout: number;
  /** Ends what is running. */
  readonly signal?: AbortSignal;
}

/**
 * Runs git in `dir`. Hooks and signing are off: they are the operator's, and may ask. With `area`, git
 * never looks for a repository above the folder: DATA_DIR may lie in one of the operator's.
 */
export function makeGitRun(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  area?: Area,
): GitRun {
  const env: NodeJS.ProcessEnv = {
    ...variables,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND:
      variables.GIT_SSH_COMMAND ?? 'ssh -oBatchMode=yes -oConnectTimeout=10 -oServerAliveInterval=10',
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    GIT_EDITOR: 'true',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
  // Set by git itself when we are started from a hook: they would lead us to another repository.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']) delete env[name];
  if (area) Object.assign(env, { GIT_DIR: area.gitDir, GIT_WORK_TREE: area.workTree });
  const timeout = area?.timeout ?? TIMEOUT;
  const stop = area?.signal ? { signal: area.signal } : {};
  const fixed = [
    ...['core.hooksPath=/dev/null', 'commit.gpgsign=false', 'core.quotePath=false', 'rebase.autoStash=false'],
    ...[
      'http.lowSpeedLimit=1',
      'http.lowSpeedTime=20',
      'protocol.ext.allow=never',
      'advice.detachedHead=false',
    ],
  ].flatMap(setting => ['-c', setting]);

  const run = (args: readonly string[], input = ''): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'git',
        [...fixed, ...args],
        { cwd: dir, env, timeout, maxBuffer: MAX_BYTES, encoding: 'buffer', ...stop },
        (error, stdout, stderr) => {
          if (!error) return resolve(stdout);
          reject(failure(args[0] as string, error, stderr.toString(), timeout));
        },
      );
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  return {
    out: async (...args) => (await run(args)).toString().trimEnd(),
    try: (...args) =>
      run(args).then(
        text => text.toString().trimEnd(),
        () => null,
      ),
    fed: (input, ...args) => run(args, input),
    in: folder => makeGitRun(folder, variables, area),
  };
}

function failure(
  verb: string,
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
  timeout: number,
): GitFailure {
  if (error.code === 'ENOENT')
    return new GitFailure('git is not installed', 'install git, or remove `content.git`');
  if (error.killed)
    return new GitFailure(`git ${verb} took longer than ${timeout / 1000} s`, 'look at the remote');
  const line =
    stderr.split('\n').find(text => /^(fatal|error|remote|ssh|hint: Updates)/i.test(text)) ??
    stderr.split('\n')[0];
  const said = redacted(line ?? '').replace(/^(fatal|error): /, '') || `exit code ${String(error.code)}`;
  return new GitFailure(
    `git ${verb}: ${said.slice(0, 300)}`,
    FIXES.find(([pattern]) => pattern.test(said))?.[1] ?? 'try the same by hand in the status folder',
  );
}

/** Addresses may hold passwords and tokens: only the host is shown. */
export function redacted(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@')
    .replace(/([?&][\w-]*(?:token|key|secret)[\w-]*=)[^\s&']+/gi, '$1***');
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [/dubious ownership/, 'let the folder belong to the server’s user, or add it to safe.directory'],
  [
    /Authentication|Permission denied|could not read Username|403/i,
    'give the server a deploy key or a token that may push',
  ],
  [
    /resolve host|Connection|timed out|unable to access|does not appear|Could not read from remote/i,
    'the page goes on; it is tried again at the next pull',
  ],
  [/non-fast-forward|fetch first|rejected/i, 'somebody pushed meanwhile; it is tried again at the next pull'],
];
