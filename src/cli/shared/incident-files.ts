// The incident files as commands read them, with what the server keeps about them.
import path from 'node:path';
import { StatusFolder } from '../../content/folder.ts';
import type { IncidentFiles } from '../../content/incidents/file-cache.ts';
import { withTold } from '../../core/incidents/plans.ts';
import { type Incident, isOpen } from '../../core/model/incident.ts';
import { printProblem } from '../../core/model/problem.ts';
import { count } from '../../core/text/count.ts';
import type { Db } from '../../store/db/database.ts';
import { forgetKeptFiles } from '../../store/incidents/last-good-files.ts';
import { readPlans } from '../../store/incidents/plans.ts';
import { Identities } from '../../work/incidents/identities.ts';
import { recallLastGood } from '../../work/incidents/last-good-files.ts';
import { agreed, type Cli, databaseCommand, databaseOf, Refused } from './command.ts';

/** The folder, with the server's last good versions: a file with an error counts in its last good version. */
export async function knownContent(cli: Cli): Promise<StatusFolder> {
  const content = new StatusFolder(cli.env.statusDir, cli.env.variables, cli.clock);
  const db = await readableDatabase(cli);
  if (db) await recallLastGood(content, db).finally(() => db.destroy());
  return content;
}

/** The files as the page shows them; if the folder is missing, all that are remembered. */
export async function knownFiles(cli: Cli): Promise<IncidentFiles> {
  return (await knownContent(cli)).incidents();
}

/** The folder, for writing; throws Refused while it is missing. */
export async function presentContent(cli: Cli): Promise<StatusFolder> {
  const content = await knownContent(cli);
  const { missing } = await content.incidents();
  if (missing?.closed) throw new Refused(missing.problems.map(printProblem).join('\n'));
  return content;
}

/** The incidents with what the server saw of series (their former plans, their end): all that says which windows there are. */
export async function withToldPlans(incidents: readonly Incident[], cli: Cli): Promise<readonly Incident[]> {
  const db = await readableDatabase(cli);
  return db ? withTold(incidents, await readPlans(db).finally(() => db.destroy())) : incidents;
}

/** The incidents with the ids they had before in `aliases`, also those that the server knows. */
export async function withFormerIds(incidents: readonly Incident[], cli: Cli): Promise<readonly Incident[]> {
  const db = await readableDatabase(cli);
  const named = new Identities(db, 'reader').of(incidents, cli.clock());
  return named.finally(() => db?.destroy());
}

/** The database; null if there is none or it is damaged, because the files can be read without it. */
export async function readableDatabase(cli: Cli): Promise<Db | null> {
  try {
    return await databaseOf(cli);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

export const forgetMissing = databaseCommand(
  {
    name: 'incidents forget-missing',
    usage: '[--yes]',
    summary: 'confirm that missing incident files were deleted on purpose',
    help: 'While status/incidents, or a part of it, is missing, the page keeps the incidents last read. This removes them from\nthe page, also while a server runs; no email is sent. If the files come back, their incidents come back with them.\n--yes does not ask.',
  },
  async (db, typed, cli) => {
    const content = new StatusFolder(cli.env.statusDir, cli.env.variables);
    await recallLastGood(content, db);
    const { missing } = await content.incidents();
    if (!missing) throw new Refused(`Nothing is missing in ${cli.env.statusDir}.`);
    for (const problem of missing.problems) cli.out(printProblem(problem));
    const incidents = missing.files.flatMap(({ good }) => good ?? []);
    if (incidents.length === 0) throw new Refused('No incidents are stored: there is nothing to forget.');
    const open = incidents.filter(isOpen);
    for (const { id, title } of open) cli.out(`open: ${id}  ${title}`);
    const what = `${count(incidents.length, 'incident')}, ${open.length} open`;
    const words = { add: 'forget them', instead: 'Nothing was forgotten.', default: false };
    await agreed(`Forget ${what}?`, typed, cli, words);
    const names = missing.files.map(({ file }) => path.relative(content.folder, file));
    await forgetKeptFiles(db, names, cli.clock());
    cli.out(`Forgotten: ${what}. A running server removes them from the page at once.`);
  },
);
