// The help for no command, a group of commands (`incident --help`), or an unknown command.
import path from 'node:path';
import { nearestWord } from '../../core/model/problem.ts';
import { startCommand, statusCommand } from '../../core/model/status-command.ts';
import { ROOT } from '../../wiring/root.ts';
import type { Command } from './command.ts';

type NamedCommand = Pick<Command, 'name' | 'summary'>;

const ASKING = ['help', '--help', '-h'];
/** What is typed to start a server elsewhere. */
const STARTING = ['start', 'serve', 'server', 'run', '--port', '--host', '-p'];

/** The help text, and the exit code: 0 if help was requested, 2 for a mistake. */
export function orientation(
  words: readonly string[],
  commands: readonly NamedCommand[],
): { readonly code: number; readonly text: string } {
  const [first = 'help', second] = words;
  const groupOf = (word = '') => commands.filter(({ name }) => name.startsWith(`${word} `));
  if (ASKING.includes(first)) {
    const group = groupOf(second);
    if (second !== undefined && group.length === 0) return orientation([second], commands);
    return { code: 0, text: group.length > 0 ? list(group, `${second} …`) : list(commands) };
  }
  const group = groupOf(first);
  if (group.length > 0 && (second === undefined || ASKING.includes(second))) {
    return { code: second === undefined ? 2 : 0, text: list(group, `${first} …`) };
  }
  if (STARTING.includes(first.replace(/=.*$/s, ''))) {
    const sentence = `\`${startCommand()}\` starts the server. It takes no options: set PORT, HOST and others in its environment.`;
    return { code: 2, text: `${sentence}\n` };
  }
  const typed = words.filter(word => !word.startsWith('-')).slice(0, 2);
  const near = nearestCommand(typed, commands, group);
  const hint = near ? ` Did you mean "${near}"?` : '';
  const rest = group.length > 0 ? list(group, `${first} …`) : '--help lists the commands.\n';
  return { code: 2, text: `There is no command "${typed.join(' ') || first}".${hint}\n\n${rest}` };
}

/** Prefers commands of the typed group; a word after the first may not belong to the name. */
function nearestCommand(
  typed: readonly string[],
  commands: readonly NamedCommand[],
  group: readonly NamedCommand[],
) {
  const names = (group.length > 0 ? group : commands).map(({ name }) => name);
  const [first = ''] = typed;
  return (
    nearestWord(typed.join(' '), names) ??
    nearestWord(
      first,
      names.filter(name => !name.includes(' ')),
    ) ??
    // `incidnt` alone, or followed by an unknown word.
    (group.length > 0 ? undefined : nearestWord(first, [...new Set(names.map(name => name.split(' ')[0]!))]))
  );
}

/** The commands of a group; without `group`, all commands. */
function list(commands: readonly NamedCommand[], group?: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('');
  const foot = group
    ? '--help shows the details of each.\n'
    : `\`${startCommand()}\` starts the server: PORT, HOST and others are set in its environment. COMMAND --help shows the\ndetails. No command needs a running server, but each needs its DATA_DIR and STATUS_DIR.\nExit codes: 0 done, 1 something is wrong, 2 wrong usage.\nThe documentation: ${path.join(ROOT, 'docs')}\n`;
  return `Usage: ${statusCommand(group ?? 'COMMAND [OPTIONS]')}\n\n${lines}\n${foot}`;
}
