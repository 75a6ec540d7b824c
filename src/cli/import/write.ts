// Writes what was imported: incident files, status.yaml and measurements; or says what it would write.
import { readFile, realpath } from 'node:fs/promises';
import { createExclusively, replaceAtomically } from '../../content/atomic.ts';
import type { StatusFolder } from '../../content/folder.ts';
import type { Imported, ImportedSpan } from '../../core/import/imported.ts';
import { componentsYaml, lackingIn, newSiteYaml, retiredEntry, withRetired } from '../../core/import/site.ts';
import { zoneCalled } from '../../core/import/zones.ts';
import type { Site } from '../../core/model/site.ts';
import { utcDay } from '../../core/model/time.ts';
import { count } from '../../core/text/count.ts';
import { importRollups } from '../../store/monitoring/imported-rollups.ts';
import { type Cli, openedDatabase } from '../shared/command.ts';
import { commitWritten } from '../shared/commit.ts';
import { presentContent } from '../shared/incident-files.ts';
import { writeIncidents } from './incidents.ts';

/** @param site status.yaml; null: there is none. */
export async function write(imported: Imported, site: Site | null, isDry: boolean, cli: Cli): Promise<void> {
  const content = await presentContent(cli);
  const incidents = await writeIncidents(imported.incidents, content, isDry, cli);
  const siteFile = site
    ? await extendSite(imported, site, content, isDry, cli)
    : await makeSite(imported, content, isDry, cli);
  await writeHistory(imported.history, isDry, cli);
  if (isDry) {
    cli.out('Nothing was written (--dry-run).');
    return;
  }
  const files = [...incidents, ...(siteFile ? [content.siteFile] : [])];
  await commitWritten(files, `Status: ${count(files.length, 'file')} imported`, site, cli);
}

async function makeSite(
  imported: Imported,
  content: StatusFolder,
  isDry: boolean,
  cli: Cli,
): Promise<boolean> {
  if (imported.components.length + imported.named.length === 0) {
    cli.out(
      'No component is named: write status.yaml yourself, or give the files that list the components too.',
    );
    return false;
  }
  const text = newSiteYaml(imported);
  const { timezone } = imported;
  if (timezone && zoneCalled(timezone) === null)
    cli.out(`Its time zone “${timezone}” is not known here: write \`timezone:\` in status.yaml.`);
  if (isDry) cli.out(`would write ${content.siteFile}:\n${text.trimEnd()}`);
  else if (!(await createExclusively(content.siteFile, text))) return false;
  const number = imported.components.length || imported.named.length;
  const without = imported.components.some(({ check }) => check) ? '' : ', without checks yet';
  if (!isDry) cli.out(`status.yaml created with ${count(number, 'component')}${without}.`);
  return !isDry;
}

/** Adds former components to a present status.yaml, and says which components it lacks. */
async function extendSite(
  imported: Imported,
  site: Site,
  content: StatusFolder,
  isDry: boolean,
  cli: Cli,
): Promise<boolean> {
  const here = new Set([...site.components, ...site.retired].map(({ id }) => id));
  const { components, retired } = lackingIn(imported, here);
  if (components.length > 0)
    cli.out(
      `status.yaml has no ${components.length === 1 ? 'such component' : 'such components'} yet. Copy what you need below \`components:\`:\n${componentsYaml(components)}`,
    );
  const lost = (imported.addresses ?? []).filter(one => !site.aliases.includes(one));
  if (lost.length > 0)
    cli.out(`So that old links to the page lead here, write in status.yaml:\naliases: [${lost.join(', ')}]`);
  if (retired.length === 0) return false;
  const names = retired.map(({ name }) => name).join(', ');
  // The operator's link stays one.
  const file = await realpath(content.siteFile);
  const before = await readFile(file, 'utf8');
  const text = withRetired(before, retired);
  if (isDry && text !== null) {
    cli.out(`would add to \`retired:\` in status.yaml: ${names}`);
    return false;
  }
  if (text !== null && (await replaceAtomically(file, before, text))) {
    cli.out(`Former components, added to \`retired:\` in status.yaml: ${names}`);
    return true;
  }
  const lines = retired.map(one => `  ${retiredEntry(one)}`);
  const [where, key] =
    site.retired.length > 0 ? ['the list `retired:` in status.yaml', []] : ['status.yaml', ['retired:']];
  cli.out(`Former components: add these lines to ${where}:\n${[...key, ...lines].join('\n')}`);
  return false;
}

async function writeHistory(history: readonly ImportedSpan[], isDry: boolean, cli: Cli): Promise<void> {
  const [first] = history.map(({ start }) => start).sort((a, b) => a - b);
  if (first === undefined) return;
  const what = `measurements of ${count(new Set(history.map(one => one.component)).size, 'component')} since ${utcDay(first)}`;
  if (isDry) {
    cli.out(`would store ${what}`);
    return;
  }
  const db = await openedDatabase(cli);
  const added = await importRollups(db, history).finally(() => db.destroy());
  cli.out(
    added === 0
      ? `The ${what} are there already.`
      : `Stored: ${what}. A running server shows them after a restart.`,
  );
}
