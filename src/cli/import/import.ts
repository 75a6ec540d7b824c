// `import KIND SOURCE…`: takes over the history, and where known the components and measurements, of another status page.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Imported, ImportRemark } from '../../core/import/imported.ts';
import { settled } from '../../core/import/settled.ts';
import { printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { count } from '../../core/text/count.ts';
import { type Cli, command, hint, Misuse, Refused } from '../shared/command.ts';
import { lenientSite } from '../shared/readable-site.ts';
import { SOURCES, type Source } from './sources.ts';
import { write } from './write.ts';

export const importing = command(
  {
    name: 'import',
    usage: 'KIND SOURCE… [--page SLUG] [--dry-run]',
    summary: 'import the history of another status page',
    help: `KIND and what to give:\n${Object.entries(SOURCES)
      .map(([kind, { given }]) => `  ${kind.padEnd(13)}${given}\n`)
      .join(
        '',
      )}You can run it again: an incident file that somebody changed is kept and named, another one gets what is new. Without a\nstatus.yaml, one is created from the components found; in a present one, only former components are added to \`retired:\`.\n--page chooses one of several status pages of Uptime Kuma; all puts them on one. --dry-run writes nothing. The report says, by file, what was taken, what was changed, and what was left out and why.`,
    lacking: 'Give the kind and the files to import.',
    example: 'statuspage incidents.json components.json',
  },
  async ({ words: [kind = '', ...given], options, flags }, cli) => {
    const source = Object.hasOwn(SOURCES, kind) ? SOURCES[kind] : undefined;
    if (!source) throw new Misuse(`"${kind}" cannot be imported; ${hint(kind, Object.keys(SOURCES))}`);
    if (options.page !== undefined && kind !== 'uptime-kuma')
      throw new Misuse('--page is for uptime-kuma alone.');
    const paths = given.map(one => path.resolve(cli.cwd, one));
    for (const one of paths) await sureIsReadable(one, source);
    const site = existsSync(path.join(cli.env.statusDir, 'status.yaml')) ? await soundSite(cli) : null;
    const [here, now] = [[...(site?.components ?? []), ...(site?.retired ?? [])], cli.clock()];
    const unread: ImportRemark[] = [];
    const read = await source.read(paths, here, now, unread, options.page);
    const imported = settled({ ...read, remarks: [...read.remarks, ...unread] }, now);
    report(imported, cli);
    if (imported.incidents.length + imported.components.length + imported.history.length === 0)
      throw new Refused(`${given.join(', ')}: there is nothing to import — give ${source.given}`);
    await write(imported, site, flags.has('dry-run'), cli);
    const wrong = new Set(imported.remarks.filter(one => one.kind === 'wrong').map(({ file }) => file));
    if (wrong.size === 0) return 0;
    cli.err(`${count(wrong.size, 'file')} could not be read: see above.`);
    return 1;
  },
);

/** Throws Refused unless a path is what the kind takes: a folder or a regular file (reading a pipe would wait for ever). */
async function sureIsReadable(file: string, { given, takes }: Source): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found) throw new Refused(`${file}: there is no such file or folder — give ${given}`);
  if (!found.isFile() && !found.isDirectory())
    throw new Refused(`${file}: this is neither a file nor a folder — give ${given}`);
  if (found.isDirectory() && takes === 'files')
    throw new Refused(`${file}: this is a folder — give ${given}`);
  if (found.isFile() && takes === 'a folder') throw new Refused(`${file}: this is no folder — give ${given}`);
}

/** status.yaml; throws Refused if it has an error, for then it is not known which components it has. */
async function soundSite(cli: Cli): Promise<Site> {
  const { site, problems } = await lenientSite(cli);
  const errors = problems.filter(({ level }) => level === 'error').map(printProblem);
  if (site && errors.length === 0) return site;
  throw new Refused(
    [...errors, 'Nothing was imported: mend status.yaml first; `status-live lint` says more.'].join('\n'),
  );
}

/** Files with more than this in one run are listed only if there is something to say about them. */
const MAX_LISTED = 20;

/** What was taken, changed and left out, by file. */
function report({ incidents, remarks }: Imported, cli: Cli): void {
  const files = new Map<string, { taken: number; said: string[] }>();
  const entry = (file: string) => {
    const known = files.get(file) ?? { taken: 0, said: [] };
    files.set(file, known);
    return known;
  };
  for (const { file } of incidents) entry(file).taken++;
  for (const { file, kind, what } of remarks) entry(file).said.push(`  ${kind}: ${what}`);
  for (const [file, { taken, said }] of files) {
    if (said.length === 0 && files.size > MAX_LISTED) continue;
    cli.out(`${file}: ${taken === 0 ? 'nothing' : count(taken, 'incident')} taken`);
    for (const line of new Set(said)) cli.out(line);
  }
}
