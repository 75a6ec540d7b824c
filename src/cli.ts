// The operator's command line: finds the command, runs it, and turns what it says into an exit code.

import { addresses } from './cli/addresses.ts';
import { backup } from './cli/backup.ts';
import { channel } from './cli/channel.ts';
import { check } from './cli/check.ts';
import { emails } from './cli/email-previews.ts';
import { exporting } from './cli/export.ts';
import { importing } from './cli/import.ts';
import { incident } from './cli/incident.ts';
import { lint } from './cli/lint.ts';
import { maintenance } from './cli/maintenance.ts';
import { outbox } from './cli/outbox.ts';
import { schema } from './cli/schema.ts';
import { type Command, Misuse, Refused } from './cli/shared/command.ts';
import { orientation } from './cli/shared/help.ts';
import { forgetMissing } from './cli/shared/incident-files.ts';
import { subscribers } from './cli/subscribers.ts';
import { webhooksLog } from './cli/webhooks.ts';
import { readEnvironment } from './config/environment.ts';
import { printProblem } from './core/model/problem.ts';
import { harmless } from './core/text/printable.ts';

/** In the order of the help. The longest name that fits wins. */
const COMMANDS: readonly Command[] = [
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
  webhooksLog,
  exporting,
  ...backup,
  importing,
  schema,
];

// Whoever reads on (`| head`) may have seen enough; what was begun is finished all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    if (stream === process.stdout) process.stderr.write(`status: the output cannot be written (${code})\n`);
    process.exit(1);
  });
}
process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  const command = find(words);
  if (!command) {
    const { code, text } = orientation(words, COMMANDS);
    process[code === 0 ? 'stdout' : 'stderr'].write(text);
    return code;
  }
  const rest = words.slice(command.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${usageOf(command)}\n\n${command.help}\n`);
    return 0;
  }
  const { value: env, problems } = readEnvironment(process.env, process.cwd());
  if (!env) {
    process.stderr.write(problems.map(problem => `${printProblem(problem)}\n`).join(''));
    return 2;
  }
  try {
    return await command.run(rest, {
      env,
      cwd: process.cwd(),
      clock: Date.now,
      // A monitor's name must not rewrite the operator's terminal.
      out: text => void process.stdout.write(`${harmless(text)}\n`),
      err: text => void process.stderr.write(`${harmless(text)}\n`),
      interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    });
  } catch (error) {
    if (error instanceof Refused) {
      process.stderr.write(`${harmless(error.message)}\n`);
      return 1;
    }
    const { code, name } = error as NodeJS.ErrnoException;
    // Ctrl-C at a question.
    if (name === 'ExitPromptError') return 130;
    const misused = error instanceof Misuse || code?.startsWith('ERR_PARSE_ARGS');
    if (!misused && !code) throw error;
    process.stderr.write(
      `${plainly(error as NodeJS.ErrnoException)}\n${misused ? `\n${usageOf(command)}\n` : ''}`,
    );
    return misused ? 2 : 1;
  }
}

/** What the system says of a file, as a person would; anything else in its own words. */
function plainly({ code, path, message }: NodeJS.ErrnoException): string {
  const what: Record<string, string> = {
    ENOENT: 'there is no such file or folder',
    ENOTDIR: 'this is no folder',
    EISDIR: 'this is a folder — name a file',
    EACCES: 'this user has no right to it',
  };
  return path && code && what[code] ? `${path}: ${what[code]}` : message;
}

function find(words: readonly string[]): Command | undefined {
  return COMMANDS.filter(({ name }) => name === words.slice(0, name.split(' ').length).join(' ')).sort(
    (a, b) => b.name.length - a.name.length,
  )[0];
}

function usageOf({ name, usage }: Command): string {
  return `Usage: npm run status -- ${name} ${usage}`.trimEnd();
}
