// Imports cState's `content/issues/*.md` and `config.yml`.

import { statusNamed } from '../incidents/file/heading.ts';
import { type Addition, printIncident } from '../incidents/file/print.ts';
import type { Severity } from '../model/component.ts';
import { type Millis, parseInstant } from '../model/time.ts';
import { readFrontmatter } from '../text/front-matter.ts';
import { MAX_SITE_YAML, readYaml } from '../text/yaml.ts';
import {
  ComponentIds,
  type Imported,
  type ImportedComponent,
  type ImportedIncident,
  incidentId,
  type Named,
  Remarks,
  uniqueIds,
} from './imported.ts';

const SEVERITY: Record<string, Severity> = { notice: 'minor', disrupted: 'major', down: 'critical' };

/** Reads the files of a site's folder. */
export function importCstate(
  files: readonly { readonly name: string; readonly text: string }[],
  here: readonly Named[],
): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const config = files.find(({ name }) => name === 'config.yml');
  const components = config ? componentsOf(config.text, ids, remarks) : [];
  const unique = uniqueIds();
  const incidents = files
    .filter(({ name }) => /^(?:content\/issues\/)?[^_/][^/]*\.md$/.test(name))
    .flatMap(({ name, text }) => incidentOf(name, text, ids, unique, remarks));
  return { title: null, components, named: ids.named, incidents, history: [], remarks: remarks.all };
}

function componentsOf(config: string, ids: ComponentIds, remarks: Remarks): ImportedComponent[] {
  const { data } = readYaml(config, 'config.yml', 1, MAX_SITE_YAML);
  const systems = (data as { params?: { systems?: unknown } } | null)?.params?.systems;
  if (!Array.isArray(systems)) {
    remarks.leftOut('config.yml', 'it has no `params.systems`, so no components');
    return [];
  }
  return (systems as Record<string, unknown>[])
    .filter(system => typeof system?.name === 'string')
    .map(({ name, description, category }) => ({
      id: ids.of(String(name)),
      name: String(name),
      description: typeof description === 'string' ? description : null,
      group: typeof category === 'string' ? category : null,
    }));
}

function incidentOf(
  file: string,
  source: string,
  ids: ComponentIds,
  unique: (id: string) => string,
  remarks: Remarks,
): ImportedIncident[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const { yaml, body, problems } = readFrontmatter(file, source);
  const fields = yaml?.data as Record<string, unknown> | null | undefined;
  if (!fields || problems.length > 0) {
    remarks.wrong(file, 'its front matter cannot be read');
    return [];
  }
  const title = String(fields.title ?? '').trim();
  const started = typeof fields.date === 'string' ? parseInstant(fields.date) : null;
  if (title === '' || started === null) {
    remarks.leftOut(file, 'it has no title or no valid date');
    return [];
  }
  const resolved = fields.resolved === true || fields.resolved === 'true';
  const when = typeof fields.resolvedWhen === 'string' ? parseInstant(fields.resolvedWhen) : null;
  if (resolved && when === null)
    remarks.changed(file, 'it is resolved without a time; the time of its last update is used');
  const severity = SEVERITY[String(fields.severity)];
  if (!severity) remarks.changed(file, `the severity “${fields.severity}” is imported as minor`);
  const updates = updatesOf(body, started);
  const end = resolved ? Math.max(when ?? updates.at(-1)?.at ?? started, started) : undefined;
  const last = updates.at(-1);
  if (end !== undefined && last?.status !== 'resolved') {
    updates.push({ status: 'resolved', at: end, message: '' });
  }
  const [first, ...later] = updates;
  const affected = Array.isArray(fields.affected) ? fields.affected.map(String) : [];
  const text = printIncident({
    title,
    status: resolved ? 'resolved' : last && last.status !== 'resolved' ? last.status : 'investigating',
    severity: severity ?? 'minor',
    started,
    components: affected.map(system => ids.of(system)),
    openedBy: `cstate:${name}`,
    message: first?.at === started ? first.message : '',
    ...(end === undefined ? {} : { resolved: end }),
    later: first?.at === started ? later : updates,
  });
  return [{ file, source: `cstate:${name}`, id: unique(incidentId(started, title)), text }];
}

const TRACK = /\{\{[<%]\s*track\s+"([^"]+)"\s*[>%]\}\}/g;

/** Each update ends with its time: `*Resolved* - Text {{< track "2018-05-29 15:30:00" >}}`. Oldest first. */
function updatesOf(body: string, started: Millis): Addition[] {
  const found: Addition[] = [];
  let from = 0;
  const add = (text: string, at: Millis) => {
    const label = /^\s*[*_]{1,3}([^*_\n]+)[*_]{1,3}\s*[-–—:]\s*/.exec(text);
    const status = label ? statusNamed((label[1] as string).trim()) : null;
    const message = (status && label ? text.slice(label[0].length) : text).trim();
    if (message !== '' || status) found.push({ status: status ?? 'investigating', at, message });
  };
  for (const track of body.matchAll(TRACK)) {
    add(body.slice(from, track.index), parseInstant(track[1] as string) ?? started);
    from = track.index + track[0].length;
  }
  add(body.slice(from), started);
  return found.sort((a, b) => a.at - b.at);
}
