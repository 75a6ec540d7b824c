// Writes what was imported: incident files, status.yaml and measurements; or says what it would write.
import { readFile } from 'node:fs/promises';
import { createExclusively, replaceAtomically } from '../../content/atomic.ts';
import type { StatusFolder } from '../../content/folder.ts';
import type { Imported, ImportedIncident, ImportedSpan } from '../../core/import/imported.ts';
import { componentsYaml, lackingIn, newSiteYaml, withRetired } from '../../core/import/site.ts';
import { sourcesOf } from '../../core/model/incident.ts';
import type { Site } from '../../core/model/site.ts';
import { utcDay } from '../../core/model/time.ts';
import { count } from '../../core/text/count.ts';
import { importRollups } from '../../store/monitoring/imported-rollups.ts';
import { type Cli, openedDatabase } from '../shared/command.ts';
import { commitWritten } from '../shared/commit.ts';
import { presentContent } from '../shared/incident-files.ts';

/** @param site status.yaml as far as it can be read; null: there is none. */
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

/** Files written at once: each waits for the disk twice. */
const AT_ONCE = 64;

/** The files written. An operator's version of an incident is kept. */
async function writeIncidents(
  wanted: readonly ImportedIncident[],
  content: StatusFolder,
  isDry: boolean,
  cli: Cli,
): Promise<string[]> {
  const { incidents, text, fileOf } = await content.incidents();
  const known = new Map(incidents.flatMap(one => sourcesOf(one).map(source => [source, one.id] as const)));
  const ofOthers = new Set(incidents.flatMap(one => (sourcesOf(one).length > 0 ? one.id : [])));
  const names = new Set(wanted.map(({ id }) => id));
  /** A file of this name by another source is another incident of this title on this day. */
  const nameFor = (id: string) => {
    let name = id;
    for (let number = 2; ofOthers.has(id) && (names.has(name) || text(name)); number++)
      name = `${id}-${number}`;
    names.add(name);
    return name;
  };
  const files: string[] = [];
  const counts = { there: 0, kept: 0 };
  const tell = progress(wanted.length, cli);
  const one = async ({ source, id: usual, text: its }: ImportedIncident) => {
    const id = known.has(source) ? usual : nameFor(usual);
    const there = known.get(source) ?? (text(id) === undefined ? undefined : id);
    // `content.create` shows each file to readers at once, which takes longer with every file.
    const isNew = there === undefined && (isDry || (await createExclusively(fileOf(id), its)));
    if (isNew) files.push(fileOf(id));
    else if (there !== undefined && text(there) === its) counts.there++;
    else counts.kept++;
  };
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    tell(from);
    await Promise.all(wanted.slice(from, from + AT_ONCE).map(one));
  }
  if (isDry) for (const file of files) cli.out(`would write ${file}`);
  cli.out(
    `${count(files.length, 'incident')} ${isDry ? 'to write' : 'written'}, ${counts.there} already there, ${counts.kept} changed since then and kept.`,
  );
  return files;
}

/** A line each second, for a person who waits. */
function progress(total: number, cli: Cli): (done: number) => void {
  let next = Date.now() + 1000;
  return done => {
    if (Date.now() < next) return;
    next += 1000;
    cli.err(`${done} of ${count(total, 'incident')} …`);
  };
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
  if (isDry) {
    cli.out(`would add to \`retired:\` in status.yaml: ${names}`);
    return false;
  }
  const before = await readFile(content.siteFile, 'utf8');
  const text = withRetired(before, retired);
  if (text !== null && (await replaceAtomically(content.siteFile, before, text))) {
    cli.out(`Former components, added to \`retired:\` in status.yaml: ${names}`);
    return true;
  }
  const lines = retired.map(({ id, name }) => `  - { id: ${id}, name: ${JSON.stringify(name)} }`);
  cli.out(`Former components: add these lines to status.yaml:\nretired:\n${lines.join('\n')}`);
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
  const db = openedDatabase(cli);
  const added = await importRollups(db, history).finally(() => db.destroy());
  cli.out(
    added === 0
      ? `The ${what} are there already.`
      : `Stored: ${what}. A running server shows them after a restart.`,
  );
}
