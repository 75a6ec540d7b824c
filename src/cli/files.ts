// The incident files as a command finds them: what the server remembers of them, and whether their folder is there.
import { confirm } from '@inquirer/prompts';
import { type Content, openContent } from '../content/folder.ts';
import type { IncidentFiles } from '../content/shelf.ts';
import { isOpen } from '../core/incident.ts';
import { type Problem, printProblem } from '../core/problem.ts';
import type { Db } from '../store/database.ts';
import { forgetKeptFiles } from '../store/kept-files.ts';
import { rememberKept } from '../wiring/written.ts';
import { type Cli, type Command, databaseOf, Misuse, nothingElse, Refused, withDatabase } from './command.ts';

/** The folder, with what the server remembers of it: a file with a mistake counts in its last good version. */
export async function knownContent(cli: Cli): Promise<Content> {
  const content = openContent(cli.env.statusDir, cli.env.variables, cli.clock);
  const db = readableBooks(cli);
  if (db) await rememberKept(content, db).finally(() => db.destroy());
  return content;
}

/** As the page shows them: all of them while the folder is missing. */
export async function knownFiles(cli: Cli): Promise<IncidentFiles> {
  return (await knownContent(cli)).incidents();
}

/** That the folder is missing; null while it is there. */
export function missingIn({ missing, problems }: IncidentFiles): Problem | null {
  return missing === null ? null : (problems[0] as Problem);
}

/** The folder, to write to; Refused while it is missing. */
export async function presentContent(cli: Cli): Promise<Content> {
  const content = await knownContent(cli);
  const missing = missingIn(await content.incidents());
  if (missing) throw new Refused(printProblem(missing));
  return content;
}

/** The database; null without one, or with one that is damaged: the files can be read all the same. */
export function readableBooks(cli: Cli): Db | null {
  try {
    return databaseOf(cli);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

export const forgetMissing: Command = {
  name: 'incidents forget-missing',
  usage: '[--yes]',
  summary: 'confirm that a missing incidents folder was deleted on purpose',
  help: 'While status/incidents is missing, the page keeps the incidents last read. This takes them off the page, also\nwhere a server runs; nobody is mailed. Should the folder come back, its incidents come back with it. --yes forgets\nwithout asking.',
  async run(args, cli) {
    const yes = args.some(arg => arg === '--yes' || arg === '-y');
    nothingElse(args.filter(arg => arg !== '--yes' && arg !== '-y'));
    return withDatabase(cli, async db => {
      const content = openContent(cli.env.statusDir, cli.env.variables);
      await rememberKept(content, db);
      const files = await content.incidents();
      const { incidents } = files;
      const missing = missingIn(files);
      if (!missing) throw new Refused(`Nothing is missing: ${cli.env.statusDir} is read as it is.`);
      cli.out(printProblem(missing));
      if (incidents.length === 0)
        throw new Refused('No incidents are remembered: there is nothing to forget.');
      const open = incidents.filter(isOpen);
      for (const { id, title } of open) cli.out(`open: ${id}  ${title}`);
      const what = `${counted(incidents.length)}, ${open.length} open`;
      if (!yes) {
        if (!cli.interactive) throw new Misuse('Add --yes to forget them.');
        if (!(await confirm({ message: `Forget ${what}?`, default: false }))) {
          throw new Refused('Nothing was forgotten.');
        }
      }
      await forgetKeptFiles(db, cli.clock());
      cli.out(`Forgotten: ${what}. A running server takes them off the page at once.`);
      return 0;
    });
  },
};

function counted(n: number): string {
  return n === 1 ? '1 incident' : `${n} incidents`;
}
