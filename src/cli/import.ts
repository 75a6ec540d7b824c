// `import statuspage FILES…` and `import cstate FOLDER`: converts another page's history to our files.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createExclusively } from '../content/atomic.ts';
import { importCstate } from '../core/import/cstate.ts';
import { type Imported, siteYaml } from '../core/import/imported.ts';
import { importStatuspage } from '../core/import/statuspage.ts';
import { parseIncident } from '../core/incidents/file/parse.ts';
import type { Site } from '../core/model/site.ts';
import { count } from '../core/text/count.ts';
import { type Cli, command, Misuse, Refused } from './shared/command.ts';
import { commitWritten } from './shared/commit.ts';
import { presentContent } from './shared/incident-files.ts';
import { siteIfReadable } from './shared/readable-site.ts';

export const importing = command(
  {
    name: 'import',
    usage: 'statuspage|cstate FILE…',
    summary: 'import the history of a Statuspage or cState page',
    help: 'statuspage: saved responses of /api/v2 (incidents.json, scheduled-maintenances.json, summary.json,\ncomponents.json). cstate: its folder. Existing files are never changed, so you can run\nit again. Without a status.yaml, one is created from the components found.',
    lacking: 'Give the kind and the files to import.',
  },
  async ({ words: [kind, ...sources] }, cli) => {
    const paths = sources.map(source => path.resolve(cli.cwd, source));
    const take = (imported: Imported, wanted: string) => {
      if (imported.incidents.length + imported.components.length > 0) return write(imported, cli);
      for (const sentence of imported.lost) cli.err(`not imported: ${sentence}`);
      throw new Refused(`${sources.join(', ')}: there is nothing to import — ${wanted}`);
    };
    if (kind === 'statuspage') {
      const wanted = 'save https://PAGE/api/v2/incidents.json of the old page, and give that file';
      return take(importStatuspage(await jsonOf(paths)), wanted);
    }
    if (kind === 'cstate') {
      const wanted =
        'give the folder of the cState site: it has content/issues, or a config.yml with `params.systems`';
      return take(await cstate(paths[0] as string), wanted);
    }
    throw new Misuse(`"${kind}" cannot be imported; use statuspage or cstate.`);
  },
);

async function jsonOf(paths: readonly string[]): Promise<{ name: string; data: unknown }[]> {
  const files: string[] = [];
  for (const file of paths) {
    if (!(await stat(file)).isDirectory()) files.push(file);
    else
      files.push(
        ...(await readdir(file)).filter(name => name.endsWith('.json')).map(name => path.join(file, name)),
      );
  }
  return Promise.all(
    files.map(async file => {
      try {
        return { name: path.basename(file), data: JSON.parse(await readFile(file, 'utf8')) as unknown };
      } catch (error) {
        throw new Refused(`${file}: this is not valid JSON (${(error as Error).message})`);
      }
    }),
  );
}

async function cstate(folder: string): Promise<Imported> {
  const inside = path.join(folder, 'content', 'issues');
  const issues = await stat(inside).then(
    () => inside,
    () => folder,
  );
  const names = (await readdir(issues, { recursive: true })).filter(
    name => name.endsWith('.md') && !path.basename(name).startsWith('_'),
  );
  const files = await Promise.all(
    names.sort().map(async name => ({ name, text: await readFile(path.join(issues, name), 'utf8') })),
  );
  const config = await readFile(path.join(folder, 'config.yml'), 'utf8').catch(() => null);
  return importCstate(files, config);
}

async function write(imported: Imported, cli: Cli): Promise<number> {
  const content = await presentContent(cli);
  const { incidents, text, fileOf } = await content.incidents();
  const files: string[] = [];
  const known = new Map(incidents.map(incident => [incident.openedBy, incident.id]));
  const counts = { there: 0, changed: 0 };
  for (const { source, id, text: wanted } of imported.incidents) {
    const there = known.get(source);
    if (there !== undefined) {
      if (text(there) === wanted) counts.there++;
      else counts.changed++;
      continue;
    }
    if (await content.create(id, wanted)) files.push(fileOf(id));
    // An operator has changed this file, or written about the same incident: keep it.
    else counts.changed++;
  }
  const made =
    imported.components.length > 0 &&
    (await createExclusively(content.siteFile, siteYaml('Status', imported.components)));
  cli.out(
    `${count(files.length, 'incident')} written, ${counts.there} already there, ${counts.changed} changed since then and kept.`,
  );
  if (made)
    cli.out(
      `status.yaml created with ${count(imported.components.length, 'component')}, without checks yet.`,
    );
  for (const sentence of imported.lost) cli.out(`not imported: ${sentence}`);
  if (made) files.push(content.siteFile);
  const site = await siteIfReadable(cli);
  const strange = site ? unknownIn(imported, site) : [];
  if (strange.length > 0)
    cli.out(
      `not in status.yaml: ${strange.join(', ')} — give a component this id, or the page shows these incidents without it`,
    );
  await commitWritten(files, `Status: ${count(files.length, 'file')} imported`, site, cli);
  return 0;
}

/** The ids of components in imported incidents that the page does not have. */
function unknownIn({ incidents }: Imported, { components }: Site): string[] {
  const ids = incidents.flatMap(({ id, text }) => {
    const read = parseIncident(id, id, text).value;
    const lists = [read?.components, ...(read?.updates.map(({ change }) => change?.components) ?? [])];
    return lists.flatMap(list => list ?? []).map(one => one.id);
  });
  return [...new Set(ids)].filter(id => !components.some(one => one.id === id));
}
