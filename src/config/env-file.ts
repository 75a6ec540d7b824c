// `.env` in the working folder: settings for the server and the command line. The environment wins over it.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { type Problem, warningAt } from '../core/model/problem.ts';
import { exposed } from './secret.ts';

/** The name of the file, and the `where` of its problems. */
export const ENV_FILE = '.env';

type EnvValues = Readonly<Record<string, string | undefined>>;

/**
 * Returns `variables` with what `.env` in the folder `cwd` adds to them. Of `NAME` and `NAME_FILE`, neither is taken if one
 * of them is set already. Problems name lines, never what stands there: it may be a secret.
 * @param secrets names whose values others should not read.
 */
export function withEnvFile(
  variables: EnvValues,
  cwd: string,
  secrets: readonly string[],
  problems: Problem[],
): EnvValues {
  const file = path.join(cwd, ENV_FILE);
  const added: Record<string, string> = {};
  try {
    const text = readShort(file)
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n');
    for (const { name, value } of entriesOf(text, problems)) {
      const plain = name.replace(/_FILE$/, '');
      if (variables[plain] === undefined && variables[`${plain}_FILE`] === undefined) added[name] = value;
    }
    const open = secrets.some(name => added[name]) ? exposed(file, statSync(file).mode, ENV_FILE) : null;
    if (open) problems.push(open);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return variables;
    const fix = 'let this user read it, or move it away';
    problems.push({ level: 'error', where: ENV_FILE, what: `it cannot be read (${code})`, fix });
  }
  return { ...variables, ...added };
}

/** An entry, whose value in quotes may have several lines; else one line. */
const PART =
  /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:(?:"[^"]*"|'[^']*'|`[^`]*`)[^\S\n]*(?:#.*)?|(?!["'`])(.*))$|^.*$/gm;

/** Each entry, read by Node's rules. One by one: Node 20 takes a line that is none and the next one together. */
function entriesOf(text: string, problems: Problem[]): { name: string; value: string }[] {
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
    return value === undefined ? [] : [{ name, value }];
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
