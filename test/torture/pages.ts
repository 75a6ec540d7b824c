// What the page and the files say at the end: every incident with every word, every monitor's in one file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseIncident } from '../../src/core/incidents/file/parse.ts';
import { sourcesOf } from '../../src/core/model/incident.ts';
import { git } from '../walks/git/repository.ts';
import { ask } from './ask.ts';
import type { Model } from './model.ts';
import type { Town } from './town.ts';

/** Every incident is on the page with every word; every monitor's in one file, resolved. */
export async function judgePages(town: Town, model: Model, wrong: (what: string) => void): Promise<void> {
  const folder = path.join(town.dir, 'status', 'incidents');
  for (const { id, text, updates } of model.incidents) {
    if (!existsSync(town.incidentFile(id))) {
      wrong(`${id}.md is gone`);
      continue;
    }
    const file = readFileSync(town.incidentFile(id), 'utf8');
    if (!town.git && file !== text) wrong(`${id}.md is not as its author left it`);
    const published = town.git ? publishedIn(town.git.remote, id) : file;
    for (const { word } of updates) {
      if (!file.includes(word)) wrong(`${word} is not in ${id}.md`);
      if (!published.includes(word)) wrong(`${word} is not in ${id}.md of the remote`);
    }
    const page = await ask(`${town.url}/status/incidents/${id}`);
    if (page.status !== 200) wrong(`${id} answers ${page.status}`);
    for (const { word } of updates)
      if (!page.text.includes(word)) wrong(`${word} is not on the page of ${id}`);
  }
  const files = readdirSync(folder).filter(name => name.endsWith('.md'));
  const parsed = files.map(
    name => parseIncident(name, name, readFileSync(path.join(folder, name), 'utf8')).value,
  );
  for (const { name } of model.monitors) {
    const own = parsed.filter(incident => incident && sourcesOf(incident).includes(`generic:${name}`));
    if (own.length !== 1) wrong(`${own.length} files are about the monitor ${name}`);
    else if (own[0]?.status !== 'resolved') wrong(`${name} is ${own[0]?.status}`);
  }
  const open = parsed.filter(
    incident => incident && sourcesOf(incident)[0]?.startsWith('probe:') && incident.status !== 'resolved',
  );
  if (open.length > 0) wrong(`a check's incident is still open: ${open.map(one => one?.id)}`);
}

/** A file as the remote's branch has it; empty when it does not. */
function publishedIn(remote: string, id: string): string {
  try {
    return git(remote, 'show', `main:incidents/${id}.md`);
  } catch {
    return '';
  }
}
