// The command line in messages, in the form that works where this program was installed.

/** Written into each program by its starter, from `config.command` of package.json: a clone and a package differ. */
declare const statusCommandLine: string;
const COMMAND = typeof statusCommandLine === 'undefined' ? 'npm run status --' : statusCommandLine;

/** The command that starts the server. */
export function startCommand(): string {
  return COMMAND.startsWith('npm ') ? 'npm start' : COMMAND;
}

/** The command to type for `words`, such as `outbox retry`. */
export function statusCommand(words: string): string {
  return `${COMMAND} ${words}`;
}
