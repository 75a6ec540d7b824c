// `backup FILE` and `restore FILE`: copies the database while the server runs, and restores it while it is stopped.
import path from 'node:path';
import { DatabaseRefused } from '../core/model/ports/storage.ts';
import { printProblem } from '../core/model/problem.ts';
import { statusCommand } from '../core/model/status-command.ts';
import { SECOND } from '../core/model/time.ts';
import { count } from '../core/text/count.ts';
import { backUp } from '../store/db/backups.ts';
import { restore } from '../store/db/restore.ts';
import { type Cli, type Command, command, Refused, shown } from './shared/command.ts';

export const backup: readonly Command[] = [
  command(
    {
      name: 'backup',
      usage: 'FILE [--force]',
      summary: 'copy the database while the server runs, and check the copy',
      help: 'The copy is consistent and complete, and only this user can read it. An existing file is not overwritten\nwithout --force. Keep the secret (SECRET, or DATA_DIR/secret) with the copy: it signs the links in emails.\nIncidents are not in the copy: they are files in the status folder.',
      lacking: 'Give the name of one file.',
    },
    async ({ words: [file = ''], flags }, cli) => {
      refuseServers(cli);
      const target = path.resolve(cli.cwd, file);
      const { bytes } = await refusing(() =>
        backUp(cli.env.databaseFile, target, flags.has('force'), eachSecond(cli)),
      );
      cli.out(`${shown(target, cli)}: ${megabytes(bytes)}, checked`);
      if (cli.env.secret === null) {
        const secret = shown(path.join(cli.env.dataDir, 'secret'), cli);
        cli.out(`Keep ${secret} with the copy: it signs the links in emails.`);
      }
    },
  ),
  command(
    {
      name: 'restore',
      usage: 'FILE [--resume]',
      summary: 'replace the database with a backup, while no server runs',
      help: 'The backup is checked first; the old database is kept in DATA_DIR/backups. It is unknown what was sent after\nthe backup, so emails waiting in it are held until `outbox retry`, and the updates in the folder count as\nannounced. --resume continues where the backup stopped: use it if the backup was made after the server stopped.',
      lacking: 'Give the name of one file.',
    },
    async ({ words: [typed = ''], flags }, cli) => {
      refuseServers(cli);
      const resume = flags.has('resume');
      const from = path.resolve(cli.cwd, typed);
      const file = cli.env.databaseFile;
      const done = await refusing(async () => restore(file, from, resume, cli.clock()));
      cli.out(
        `${shown(file, cli)} is restored from ${shown(from, cli)}: ${count(done.subscribers, 'subscriber')}, schema ${done.version}`,
      );
      if (done.aside) cli.out(`The old database is kept: ${shown(done.aside, cli)}`);
      if (done.emails > 0) {
        const later = resume ? 'sent at the next start' : `held until \`${statusCommand('outbox retry')}\``;
        cli.out(`${count(done.emails, 'email')} waiting in the backup: ${later}`);
      }
      cli.out('Start the server.');
    },
  ),
];

function refuseServers({ env: { postgres } }: Cli): void {
  if (postgres === null) return;
  const { schema, shown } = postgres;
  throw new Refused(
    `The database is a PostgreSQL (${shown}): back it up with \`pg_dump --format=custom --schema=${schema}\`, and restore with \`pg_restore\` while no server runs.`,
  );
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseRefused) throw new Refused(printProblem(error.problem));
    const { code, message } = error as { code?: string; message: string };
    if (!code) throw error;
    throw new Refused(
      `${message.includes(code) ? message : `${message} (${code})`} — nothing was changed; check the disk and the permissions of the folder`,
    );
  }
}

/** Prints the progress once a second, from the first second on. */
function eachSecond({ clock, err }: Cli): (done: number, all: number) => void {
  let next = clock() + SECOND;
  return (done, all) => {
    if (clock() < next) return;
    next += SECOND;
    err(`${Math.floor((100 * done) / all)} % of ${megabytes(all * 4096)}`);
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
