// What a command is, how its arguments are read, and what it may open.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { confirm } from '@inquirer/prompts';
import type { Environment } from '../../config/environment.ts';
import { foundSecret, keptSecret } from '../../config/secret.ts';
import { readSite } from '../../config/site-file.ts';
import { StatusFolder } from '../../content/folder.ts';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { nearest, type Outcome, printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock } from '../../core/model/time.ts';
import { type Db, openDatabase } from '../../store/db/database.ts';

/** What a command is handed: the world as cli.ts knows it. */
export interface Cli {
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person sits there who can be asked. */
  readonly interactive: boolean;
}

export interface Command {
  /** One word, or two (`incident new`). */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** What `--help` says below the usage. */
  readonly help: string;
  /** Does it; resolves to the exit code. Throws Misuse (2) and Refused (1). */
  readonly run: (args: readonly string[], cli: Cli) => Promise<number>;
}

/** What was typed after a command's name. */
export interface Arguments {
  readonly words: readonly string[];
  /** The values of `--option VALUE`. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** The names of `--option`. */
  readonly flags: ReadonlySet<string>;
}

interface Specification extends Omit<Command, 'run'> {
  /** What is said when a word that the usage asks for is not there. */
  readonly lacking?: string;
}

/** The command was not understood: exit code 2, with its usage. */
export class Misuse extends Error {}
/** It was understood but cannot be done: exit code 1. */
export class Refused extends Error {}

/**
 * A command whose usage is the grammar of its arguments: `--title T` takes a value and `--yes` none, `FILE` is a word
 * that must be there, `[ID]` one that may, `FILE…` several. `work` resolves to the exit code; none is 0.
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

/** One that works on the server's database; Refused without one. */
export function databaseCommand(
  about: Specification,
  work: (db: Db, typed: Arguments, cli: Cli) => Promise<number | undefined>,
): Command {
  return command(about, async (typed, cli) => {
    const db = databaseOf(cli);
    if (!db) {
      const file = cli.env.databaseFile;
      throw new Refused(`There is no database yet: ${file} — ${ELSEWHERE}, or start it first`);
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
  if (words.length > most) throw new Misuse(`"${words[most]}" is not understood.`);
  if (words.length < places.filter(place => !place.startsWith('[')).length)
    throw new Misuse(lacking ?? `Name ${usage}.`);
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

/** Asks before something is done, unless `--yes` was typed; Refused with `instead` when the answer is no. */
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

/** status.yaml as the server would read it; Refused with every problem when it cannot be used. */
export async function siteOf({ env }: Cli): Promise<Site> {
  const content = new StatusFolder(env.statusDir);
  const text = await content.siteText();
  const read = readSite(text, content.siteFile, env.variables, env.publicUrl, `http://localhost:${env.port}`);
  return needed(read);
}

/** The secret that signs links, made when there is none yet. */
export async function secretOf({ env }: Cli): Promise<string> {
  return env.secret ?? needed(await keptSecret(env.dataDir));
}

/**
 * The secret of the server. It is made where DATA_DIR was named for one that is yet to run, and Refused in the folder
 * that is meant when nothing is said: the server's may be another.
 */
export async function serverSecret(cli: Cli): Promise<string> {
  const { env } = cli;
  if (env.secret !== null) return env.secret;
  const found = await foundSecret(env.dataDir);
  if (found.value !== null || found.problems.length > 0) return needed(found);
  if (env.variables.DATA_DIR) {
    cli.err(`${notHere(env.dataDir)} yet: its secret is made now.`);
    return secretOf(cli);
  }
  throw new Refused(`${notHere(env.dataDir)}, so there is no secret yet — ${ELSEWHERE}, or start it once`);
}

/** What is said where a command finds no trace of a server. */
export function notHere(dataDir: string): string {
  return `No server has run with DATA_DIR=${dataDir}`;
}

export const ELSEWHERE = 'set DATA_DIR and STATUS_DIR as the server has them';

/** The database where there is one already; a command never makes it. Close it with `destroy()`. */
export function databaseOf(cli: Cli): Db | null {
  return existsSync(cli.env.databaseFile) ? openedDatabase(cli) : null;
}

/** The database, made when there is none yet; Refused in words when it cannot be opened. */
export function openedDatabase({ env }: Cli): Db {
  try {
    return openDatabase(env.databaseFile);
  } catch (error) {
    if (error instanceof DatabaseRefused) throw new Refused(printProblem(error.problem));
    throw error;
  }
}

/** "did you mean api?", or what there is. */
export function hint(typed: string, known: readonly string[]): string {
  const near = nearest(typed, known);
  return near ? `did you mean ${near}?` : `there are: ${known.join(', ') || 'none'}`;
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
