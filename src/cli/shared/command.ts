// What a command is, what it is handed, and the rooms it may open.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../config/environment.ts';
import { foundSecret, keptSecret } from '../../config/secret.ts';
import { readSite } from '../../config/site-file.ts';
import { StatusFolder } from '../../content/folder.ts';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { nearest, type Outcome, type Problem, printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock } from '../../core/model/time.ts';
import { type Db, openDatabase } from '../../store/db/database.ts';

/** What a command is handed: the world as main.ts knows it. */
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

/** The command was not understood: exit code 2, with its usage. */
export class Misuse extends Error {}
/** It was understood but cannot be done: exit code 1. */
export class Refused extends Error {}

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
 * The secret that is there already. It is made where DATA_DIR was named for a server that is yet to run, and Refused
 * in the folder that is meant when nothing is said: the server's may be another.
 */
export async function madeSecret(cli: Cli): Promise<string> {
  const { env } = cli;
  const secret = env.secret ?? (await foundSecret(env.dataDir));
  if (typeof secret === 'string') return secret;
  if (secret.problems.length > 0) needed(secret);
  if (secret.value !== null) return secret.value;
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

/** Works on the database of the server; Refused without one. */
export async function withDatabase(cli: Cli, work: (db: Db) => Promise<number>): Promise<number> {
  const db = databaseOf(cli);
  if (!db) {
    const file = cli.env.databaseFile;
    throw new Refused(`There is no database yet: ${file} — ${ELSEWHERE}, or start it first`);
  }
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** A command that takes nothing is given nothing: a typing error must not pass as one. */
export function nothingElse(args: readonly string[]): void {
  if (args.length > 0) throw new Misuse(`"${args[0]}" is not understood.`);
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
  throw new Refused(problems.map((problem: Problem) => printProblem(problem)).join('\n'));
}
