// Defines commands: how their arguments are parsed, and what they may open.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { confirm } from '@inquirer/prompts';
import type { Environment } from '../../config/environment.ts';
import { foundSecret, keptSecret } from '../../config/secret.ts';
import { readSite } from '../../config/site-file.ts';
import { StatusFolder } from '../../content/folder.ts';
import { makeDataFolder } from '../../content/make-folder.ts';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { nearestWord, type Outcome, printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import type { Clock } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { openExisting, openOrCreate } from '../../store/db/open.ts';

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
  /** The values of `--option VALUE`; those of one that may be repeated (`VALUE…`), one on each line. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** The names of `--option`. */
  readonly flags: ReadonlySet<string>;
  /** Throws Misuse that names every undefined one of `given`: words (`ID`) and options (`title`). */
  readonly require: (given: Readonly<Record<string, unknown>>) => void;
}

interface Specification extends Omit<Command, 'run'> {
  /** The message if a required word is missing. */
  readonly lacking?: string;
  /** What follows the name in a complete example: shown where something is missing. */
  readonly example?: string;
}

/** The command line is wrong: exit code 2, with the usage. */
export class Misuse extends Error {}
/** The command is valid but cannot be done: exit code 1. */
export class Refused extends Error {}

/** For a question: true, or what is wrong with the answer. */
export function acceptedBy(read: () => unknown): true | string {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof Refused || error instanceof Misuse) return error.message;
    throw error;
  }
}

/**
 * Makes a command whose usage is the grammar of its arguments: `--title T` takes a value, `--yes` none, `FILE` is
 * required, `[ID]` is optional, `FILE…` is several. `work` resolves to the exit code; undefined means 0.
 */
export function command(
  about: Specification,
  work: (typed: Arguments, cli: Cli) => Promise<number | undefined>,
): Command {
  const { name, usage, summary, help } = about;
  return {
    name,
    usage,
    summary,
    help,
    run: async (args, cli) => (await work(readArguments(about, args), cli)) ?? 0,
  };
}

/** A command on the server's database; throws Refused if there is none. */
export function databaseCommand(
  about: Specification,
  work: (db: Db, typed: Arguments, cli: Cli) => Promise<number | undefined>,
): Command {
  return command(about, async (typed, cli) => {
    const db = await databaseOf(cli);
    if (!db) {
      const file = cli.env.postgres?.shown ?? cli.env.databaseFile;
      throw new Refused(`There is no database yet: ${file} — ${ELSEWHERE}, or start the server first`);
    }
    return work(db, typed, cli).finally(() => db.destroy());
  });
}

/** An option in a usage line, with its value. */
const OPTION = /--([a-z-]+)(?: ([^\s\][-]+))?/g;

function readArguments({ usage, lacking, name, example }: Specification, args: readonly string[]): Arguments {
  const known = [...usage.matchAll(OPTION)].map(([, option, value]) => {
    const type = value ? ('string' as const) : ('boolean' as const);
    const more = { multiple: value?.endsWith('…') ?? false, ...(option === 'yes' ? { short: 'y' } : {}) };
    return [option as string, { type, ...more }] as const;
  });
  const { values, positionals: words } = parsed(args, Object.fromEntries(known));
  const places = usage.replace(OPTION, '').match(/\[?[^\s\][]+/g) ?? [];
  const most = places.some(place => place.endsWith('…')) ? words.length : places.length;
  if (words.length > most) throw new Misuse(`Unknown argument "${words[most]}".`);
  if (words.length < places.filter(place => !place.startsWith('[')).length)
    throw new Misuse(lacking ?? `Missing argument: ${usage}`);
  const entries = Object.entries(values);
  return {
    words,
    options: Object.fromEntries(
      entries.flatMap(([option, value]) => (value === true ? [] : [[option, [value].flat().join('\n')]])),
    ),
    flags: new Set(entries.flatMap(([option, value]) => (value === true ? [option] : []))),
    require(given) {
      const absent = Object.keys(given).filter(key => given[key] === undefined);
      if (absent.length === 0) return;
      const spelt = [...usage.matchAll(OPTION)].map(([whole, option]) => [option, whole] as const);
      const lines = absent.map(key => `  ${new Map(spelt).get(key) ?? key}\n`).join('');
      const whole = example === undefined ? '' : `\nFor example: ${statusCommand(`${name} ${example}`)}`;
      throw new Misuse(`Missing:\n${lines}${whole}`);
    },
  };
}

function parsed(
  args: readonly string[],
  options: Record<string, { type: 'string' | 'boolean'; multiple: boolean; short?: string }>,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Misuse(optionFault(error as NodeJS.ErrnoException, Object.keys(options)));
  }
}

/** Node's messages, in words for who typed it. */
function optionFault({ code, message }: NodeJS.ErrnoException, known: readonly string[]): string {
  const [, typed = ''] = /'(?:-\w, )?(-[^' ]*)/.exec(message) ?? [];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearestWord(typed.replace(/^-+/, ''), known);
    return `Unknown option ${typed}.${near ? ` Did you mean --${near}?` : ''}`;
  }
  if (/does not take an argument/.test(message)) return `${typed} takes no value.`;
  if (/ambiguous/.test(message))
    return `${typed} needs a value; write ${typed}="-…" if it begins with a hyphen.`;
  return code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? `${typed} needs a value.` : message;
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
  return env.secret ?? needed(await keptSecret(needed(makeDataFolder(env.dataDir))));
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

/** The database, if there is one; a command never creates it. Close it with `destroy()`. Throws Refused. */
export function databaseOf({ env }: Cli): Promise<Db | null> {
  return refusing(() => openExisting(env));
}

/** Whether a server has run here: there is a file, or a PostgreSQL is set. */
export function hasDatabase({ env }: Cli): boolean {
  return env.postgres !== null || existsSync(env.databaseFile);
}

/** The database, created if there is none; throws Refused if it cannot be opened. */
export function openedDatabase({ env }: Cli): Promise<Db> {
  if (env.postgres === null) needed(makeDataFolder(path.dirname(env.databaseFile)));
  return refusing(() => openOrCreate(env));
}

async function refusing<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
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
