// What is said to whoever named no command, a group of them (`incident --help`), or one that is not there.
import { nearest } from '../../core/model/problem.ts';
import type { Command } from './command.ts';

type Named = Pick<Command, 'name' | 'summary'>;

const ASKING = ['help', '--help', '-h'];

/** The help that fits, and the exit code: 0 for whoever asked for it, 2 for a mistake. */
export function orientation(
  words: readonly string[],
  commands: readonly Named[],
): { readonly code: number; readonly text: string } {
  const [first, second] = words;
  if (first === undefined || ASKING.includes(first)) {
    const group = commands.filter(({ name }) => isOf(name, second));
    return { code: 0, text: group.length > 0 ? list(group, `${second} …`) : whole(commands) };
  }
  const group = commands.filter(({ name }) => isOf(name, first));
  if (group.length > 0 && (second === undefined || ASKING.includes(second))) {
    return { code: second === undefined ? 2 : 0, text: list(group, `${first} …`) };
  }
  const typed = words.filter(word => !word.startsWith('-')).slice(0, 2);
  const near = nearestCommand(typed, commands, group);
  const hint = near ? ` Did you mean "${near}"?` : '';
  const rest = group.length > 0 ? list(group, `${first} …`) : '--help lists the commands.\n';
  return { code: 2, text: `There is no command "${typed.join(' ') || first}".${hint}\n\n${rest}` };
}

function isOf(name: string, group: string | undefined): boolean {
  return group !== undefined && name.startsWith(`${group} `);
}

/** Of the group where that is right; what follows one word may be no part of the name. */
function nearestCommand(
  typed: readonly string[],
  commands: readonly Named[],
  group: readonly Named[],
): string | undefined {
  const names = (group.length > 0 ? group : commands).map(({ name }) => name);
  const one = names.filter(name => !name.includes(' '));
  const groups = [...new Set(names.map(name => name.split(' ')[0] as string))];
  const first = typed[0] ?? '';
  const both = nearest(typed.join(' '), names) ?? nearest(first, one);
  // `incidnt` alone, or with a word that is nothing of ours.
  return both ?? (group.length > 0 ? undefined : nearest(first, groups));
}

function list(commands: readonly Named[], shown: string): string {
  return [
    `Usage: npm run status -- ${shown}`,
    '',
    ...lines(commands),
    '',
    '--help says more of each.',
    '',
  ].join('\n');
}

function whole(commands: readonly Named[]): string {
  return [
    'Usage: npm run status -- COMMAND [OPTIONS]',
    '',
    ...lines(commands),
    '',
    'COMMAND --help says more. No command needs the server running, but each needs its DATA_DIR and STATUS_DIR.',
    'Exit codes: 0 done, 1 something is wrong, 2 the command was not understood.',
    '',
  ].join('\n');
}

function lines(commands: readonly Named[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
}
