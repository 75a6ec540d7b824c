// `.env` in the working folder: settings for the server and the command line. The environment wins over it.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { nearestWord, type Problem, warningAt } from '../core/model/problem.ts';
import { exposed } from './secret.ts';

/** The name of the file, and the `where` of its problems. */
export const ENV_FILE = '.env';

type EnvValues = Readonly<Record<string, string | undefined>>;

/** What a file sets: each value, and the line of each name. */
interface EnvFile {
  readonly values: EnvValues;
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Returns what `.env` in the folder `cwd` sets beside `variables`: neither a name that is there, nor a file in place of its value.
 * Problems name lines, never what stands there: it may be a secret.
 * @param secrets names whose values others should not read.
 */
export function readEnvFile(
  variables: EnvValues,
  cwd: string,
  secrets: readonly string[],
  problems: Problem[],
): EnvFile {
  const file = path.join(cwd, ENV_FILE);
  const values: Record<string, string> = {};
  const lines = new Map<string, number>();
  try {
    const text = readShort(file)
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n');
    for (const { name, value, line } of entriesOf(text, problems)) {
      lines.set(name, line);
      if (variables[name] === undefined && variables[plainName(name)] === undefined) values[name] = value;
    }
    const open = secrets.some(name => values[name]) ? exposed(file, statSync(file).mode, ENV_FILE) : null;
    if (open) problems.push(open);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const fix = 'let this user read it, or move it away';
    if (code !== 'ENOENT')
      problems.push({ level: 'error', where: ENV_FILE, what: `it cannot be read (${code})`, fix });
  }
  return { values, lines };
}

/** A warning for each name that is nearly one of `known`; others may stand for `${NAME}` in status.yaml. */
export function misspelt({ lines }: EnvFile, known: readonly string[]): Problem[] {
  return [...lines].flatMap(([name, line]) => {
    const near = known.includes(plainName(name)) ? undefined : nearestWord(plainName(name), known);
    return near ? [warningAt(ENV_FILE, `${name} is no setting`, `did you mean ${near}?`, line)] : [];
  });
}

/** `NAME` of `NAME_FILE`, which names a file with the value. */
function plainName(name: string): string {
  return name.replace(/_FILE$/, '');
}

/** An entry, whose value in quotes may have several lines; else one line. */
const PART =
  /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:(?:"[^"]*"|'[^']*'|`[^`]*`)[^\S\n]*(?:#.*)?|(?!["'`])(.*))$|^.*$/gm;

/** Each entry, read by Node's rules. One by one: Node 20 takes a line that is none and the next one together. */
function entriesOf(text: string, problems: Problem[]): { name: string; value: string; line: number }[] {
  let line = 1;
  return [...text.matchAll(PART)].flatMap(([part, name, plain = '']) => {
    const at = line;
    line += part.split('\n').length;
    const odd = (what: string, fix: string) => void problems.push(warningAt(ENV_FILE, what, fix, at));
    if (name === undefined) {
      if (!/^\s*(#|$)/.test(part))
        odd(
          'this is not a setting, so it is left out',
          'write NAME=value or NAME="value", or # before a comment',
        );
      return [];
    }
    if (/[^\s#]#/.test(plain))
      odd('a # begins a comment, so the value ends before it', 'put the value in quotes');
    if (name.startsWith('NODE_')) odd(`Node reads ${name} before this file`, 'set it in the environment');
    const value = parseEnv(part)[name];
    return value === undefined ? [] : [{ name, value, line: at }];
  });
}

/** The longest value, bytes. */
const MAX_VALUE = 65_536;

/** A file's text, also of a pipe; EFBIG when it is longer than a value can be. */
export function readShort(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(MAX_VALUE + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < bytes.length; size += read) {
      read = readSync(fd, bytes, size, bytes.length - size, null);
    }
    if (size > MAX_VALUE) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    return bytes.toString('utf8', 0, size);
  } finally {
    closeSync(fd);
  }
}
