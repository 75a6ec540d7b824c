// The command line in messages, in the form that works where this program was installed.

/**
 * Given to each program by its starter: the variable STATUS_COMMAND, which a service sets and the package's command finds out
 * (`package/status-live.js`), else `config.command` of package.json.
 */
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
