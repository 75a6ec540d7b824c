// The operator's command line: finds the command, runs it, and turns its result into an exit code.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { addresses } from './cli/addresses.ts';
import { backup } from './cli/backup.ts';
import { channel } from './cli/channel.ts';
import { check } from './cli/check.ts';
import { emails } from './cli/email-previews.ts';
import { exporting } from './cli/export.ts';
import { importing } from './cli/import/import.ts';
import { incident } from './cli/incident.ts';
import { init } from './cli/init.ts';
import { lint } from './cli/lint.ts';
import { maintenance } from './cli/maintenance.ts';
import { migrateDatabase } from './cli/migrate-database.ts';
import { outbox } from './cli/outbox.ts';
import { schema } from './cli/schema.ts';
import { type Command, Misuse, Refused } from './cli/shared/command.ts';
import { orientation } from './cli/shared/help.ts';
import { forgetMissing } from './cli/shared/incident-files.ts';
import { subscribers } from './cli/subscribers.ts';
import { webhooksHeld, webhooksLog } from './cli/webhooks.ts';
import { ENV_FILE } from './config/env-file.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { leftAddress } from './content/left-address.ts';
import { printProblem } from './core/model/problem.ts';
import { statusCommand } from './core/model/status-command.ts';
import { harmless } from './core/text/printable.ts';
import { ROOT } from './wiring/root.ts';

const COMMANDS: readonly Command[] = [
  init,
  lint,
  ...incident,
  forgetMissing,
  ...maintenance,
  check,
  ...addresses,
  ...subscribers,
  ...outbox,
  channel,
  emails,
  webhooksHeld,
  webhooksLog,
  exporting,
  ...backup,
  migrateDatabase,
  importing,
  schema,
];

// A reader such as `| head` may close the pipe; the command still finishes its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    if (stream === process.stdout) process.stderr.write(`status: the output cannot be written (${code})\n`);
    process.exit(1);
  });
}
run(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});

async function run(words: readonly string[]): Promise<number> {
  if (words[0] === '--version' || words[0] === '-V' || words[0] === '-v') {
    const about = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    process.stdout.write(`${about.version}\n`);
    return 0;
  }
  const command = find(words);
  if (!command) {
    const { code, text } = orientation(words, COMMANDS);
    process[code === 0 ? 'stdout' : 'stderr'].write(text);
    return code;
  }
  const usage = `Usage: ${statusCommand(`${command.name} ${command.usage}`)}`.trimEnd();
  const rest = words.slice(command.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${usage}\n\n${command.help}\n`);
    return 0;
  }
  // Text from outside, such as a monitor's name, must not control the operator's terminal.
  const err = (text: string) => void process.stderr.write(`${harmless(text)}\n`);
  const out = (text: string) => void process.stdout.write(`${harmless(text)}\n`);
  const { value: set, problems } = readEnvironment(process.env, process.cwd());
  for (const problem of problems) if (!set || problem.where === ENV_FILE) err(printProblem(problem));
  if (!set) return 1;
  // A new page has a server of its own.
  const env = { ...set, ...(command === init ? null : await addressOf(set)) };
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  try {
    // docs/deploy/status.sh starts this in the folder of the service.
    const cwd = process.env.STATUS_CWD ?? process.cwd();
    return await command.run(rest, { env, cwd, clock: Date.now, out, err, interactive });
  } catch (error) {
    // Ctrl-C at a question.
    if ((error as Error).name === 'ExitPromptError') return 130;
    if (error instanceof Misuse) err(`${error.message}\n\n${usage}`);
    else if (error instanceof Refused || (error as NodeJS.ErrnoException).code)
      err(plainly(error as NodeJS.ErrnoException));
    else throw error;
    return error instanceof Misuse ? 2 : 1;
  }
}

/** Describes a file system error in plain words; other errors keep their message. */
function plainly({ code = '', path, message }: NodeJS.ErrnoException): string {
  const what = {
    ENOENT: 'there is no such file or folder',
    ENOTDIR: 'this is not a folder',
    EISDIR: 'this is a folder — give a file',
    EACCES: 'this user has no permission for it — run the command as the user of the server',
    EROFS: 'its disk is read-only — nothing was written; mount it writable, or name another place',
    ENOSPC: 'its disk is full — nothing was written; free some space, and run the command again',
  }[code];
  return path && what ? `${path}: ${what}` : message;
}

/** The address of the server that ran last, unless PUBLIC_URL or PORT is set. */
async function addressOf({ variables, dataDir }: Environment) {
  const isSet = ['PUBLIC_URL', 'PORT'].some(name => variables[name] || variables[`${name}_FILE`]);
  return isSet ? null : await leftAddress(dataDir);
}

/** The longest name that fits wins. */
function find(words: readonly string[]): Command | undefined {
  const named = (count: number) => COMMANDS.find(({ name }) => name === words.slice(0, count).join(' '));
  return named(2) ?? named(1);
}
