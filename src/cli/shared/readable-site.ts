// Reads status.yaml as far as possible, for commands that must work despite an error in it.
import { type ReadableSite, readLeniently } from '../../config/readable-site.ts';
import { StatusFolder } from '../../content/folder.ts';
import { printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { type Cli, ELSEWHERE, Refused } from './command.ts';

/** Reads it without printing; throws Refused if there is no file. */
export async function lenientSite({ env }: Cli): Promise<ReadableSite> {
  const content = new StatusFolder(env.statusDir);
  const text = await content.siteText().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Refused(`${content.siteFile}: there is no such file — ${ELSEWHERE}`);
  });
  return readLeniently(text, content.siteFile, env.variables, env.publicUrl, `http://localhost:${env.port}`);
}

/**
 * The site without its faulty parts, whose problems are printed as warnings; throws Refused if no component is left.
 */
export async function readableSite(cli: Cli): Promise<ReadableSite & { readonly site: Site }> {
  const read = await lenientSite(cli);
  const { site } = read;
  if (!site) throw new Refused(errorsOf(read).join('\n'));
  for (const line of errorsOf(read)) cli.err(`${line} (warning: the rest is used)`);
  if (read.urlUnset && cli.env.publicUrl === null) {
    cli.err(`The address of the page uses a variable that is not set here: ${site.url} is used instead.`);
  }
  return { ...read, site };
}

/** Like `readableSite`, but null, with a warning, if no component can be read. */
export async function siteIfReadable(cli: Cli): Promise<Site | null> {
  try {
    return (await readableSite(cli)).site;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    cli.err(`${error.message} (warning: without it, it is not known who gets an email)`);
    return null;
  }
}

function errorsOf({ problems }: ReadableSite): string[] {
  return problems.filter(({ level }) => level === 'error').map(printProblem);
}
