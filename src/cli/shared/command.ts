// Defines commands: how their arguments are parsed, and what they may open.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { confirm } from '@inquirer/prompts';
import type { Environment } from '../../config/environment.ts';
import { foundSecret, keptSecret } from '../../config/secret.ts';
import { readSite } from '../../config/site-file.ts';
import { StatusFolder } from '../../content/folder.ts';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { nearestWord, type Outcome, printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock } from '../../core/model/time.ts';
import { type Db, openDatabase } from '../../store/db/database.ts';

export interface Cli {
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
}

export interface Command {
  /** One word, or two (`incident new`). */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** The text of `--help` below the usage. */
  readonly help: string;
  /** Runs the command; resolves to the exit code. Throws Misuse (2) and Refused (1). */
  readonly run: (args: readonly string[], cli: Cli) => Promise<number>;
}

export interface Arguments {
  readonly words: readonly string[];
  /** The values of `--option VALUE`. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** The names of `--option`. */
  readonly flags: ReadonlySet<string>;
}

interface Specification extends Omit<Command, 'run'> {
  /** The message if a required word is missing. */
  readonly lacking?: string;
}

/** The command line is wrong: exit code 2, with the usage. */
export class Misuse extends Error {}
/** The command is valid but cannot be done: exit code 1. */
export class Refused extends Error {}

/**
 * Makes a command whose usage is the grammar of its arguments: `--title T` takes a value, `--yes` none, `FILE` is
 * required, `[ID]` is optional, `FILE…` is several. `work` resolves to the exit code; undefined means 0.
 */
export function command(
  { lacking, ...about }: Specification,
  work: (typed: Arguments, cli: Cli) => Promise<number | undefined>,
): Command {
  return {
    ...about,
    run: async (args, cli) => (await work(readArguments(about.usage, args, lacking), cli)) ?? 0,
  };
}

/** A command on the server's database; throws Refused if there is none. */
export function databaseCommand(
  about: Specification,
  work: (db: Db, typed: Arguments, cli: Cli) => Promise<number | undefined>,
): Command {
  return command(about, async (typed, cli) => {
    const db = databaseOf(cli);
    if (!db) {
      const file = cli.env.databaseFile;
      throw new Refused(`There is no database yet: ${file} — ${ELSEWHERE}, or start the server first`);
    }
    return work(db, typed, cli).finally(() => db.destroy());
  });
}

function readArguments(usage: string, args: readonly string[], lacking: string | undefined): Arguments {
  const known = [...usage.matchAll(/--([a-z-]+)(?: ([^\s\][-]+))?/g)].map(([, name, value]) => {
    const type = value ? ('string' as const) : ('boolean' as const);
    return [name as string, name === 'yes' ? { type, short: 'y' } : { type }] as const;
  });
  const { values, positionals: words } = parsed(args, Object.fromEntries(known));
  const places = usage.replace(/--[a-z-]+(?: [^\s\][-]+)?/g, '').match(/\[?[^\s\][]+/g) ?? [];
  const most = usage.includes('…') ? words.length : places.length;
  if (words.length > most) throw new Misuse(`Unknown argument "${words[most]}".`);
  if (words.length < places.filter(place => !place.startsWith('[')).length)
    throw new Misuse(lacking ?? `Missing argument: ${usage}`);
  const entries = Object.entries(values);
  return {
    words,
    options: Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== true)),
    flags: new Set(entries.flatMap(([name, value]) => (value === true ? [name] : []))),
  };
}

function parsed(
  args: readonly string[],
  options: Record<string, { type: 'string' | 'boolean'; short?: string }>,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/** Asks before an action, unless `--yes` was typed; throws Refused with `instead` if the answer is no. */
export async function agreed(
  question: string,
  { flags }: Arguments,
  { interactive }: Cli,
  words: { readonly add: string; readonly instead: string; readonly default: boolean },
): Promise<void> {
  if (flags.has('yes')) return;
  if (!interactive) throw new Misuse(`Add --yes to ${words.add}.`);
  if (!(await confirm({ message: question, default: words.default }))) throw new Refused(words.instead);
}

/** Reads status.yaml as the server would; throws Refused with every problem if it is not usable. */
export async function siteOf({ env }: Cli): Promise<Site> {
  const content = new StatusFolder(env.statusDir);
  const text = await content.siteText();
  const read = readSite(text, content.siteFile, env.variables, env.publicUrl, `http://localhost:${env.port}`);
  return needed(read);
}

/** The secret that signs links; created if there is none. */
export async function secretOf({ env }: Cli): Promise<string> {
  return env.secret ?? needed(await keptSecret(env.dataDir));
}

/**
 * The server's secret. Created if DATA_DIR was set, for a server that will run there. In the default folder it throws
 * Refused, because the server may use another one.
 */
export async function serverSecret(cli: Cli): Promise<string> {
  const { env } = cli;
  if (env.secret !== null) return env.secret;
  const found = await foundSecret(env.dataDir);
  if (found.value !== null || found.problems.length > 0) return needed(found);
  if (env.variables.DATA_DIR) {
    cli.err(`${notHere(env.dataDir)} yet: its secret is created now.`);
    return secretOf(cli);
  }
  throw new Refused(
    `${notHere(env.dataDir)}, so there is no secret yet — ${ELSEWHERE}, or start the server once`,
  );
}

/** The message if a command finds no trace of a server. */
export function notHere(dataDir: string): string {
  return `No server has run with DATA_DIR=${dataDir}`;
}

export const ELSEWHERE = 'set DATA_DIR and STATUS_DIR to the server’s values';

/** The database, if there is one; a command never creates it. Close it with `destroy()`. */
export function databaseOf(cli: Cli): Db | null {
  return existsSync(cli.env.databaseFile) ? openedDatabase(cli) : null;
}

/** The database, created if there is none; throws Refused if it cannot be opened. */
export function openedDatabase({ env }: Cli): Db {
  try {
    return openDatabase(env.databaseFile);
  } catch (error) {
    if (error instanceof DatabaseRefused) throw new Refused(printProblem(error.problem));
    throw error;
  }
}

/** "did you mean api?", or the list of known names. */
export function hint(typed: string, known: readonly string[]): string {
  const near = nearestWord(typed, known);
  return near ? `did you mean ${near}?` : `available: ${known.join(', ') || 'none'}`;
}

/** A path as the operator would type it. */
export function shown(file: string, { cwd }: Pick<Cli, 'cwd'>): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith('..') || relative === '' ? file : relative;
}

function needed<T>({ value, problems }: Outcome<T>): T {
  if (value !== null) return value;
  throw new Refused(problems.map(printProblem).join('\n'));
}
