// Imports cState's `content/issues/*.md` and `config.yml`.

import { statusNamed } from '../incidents/file/heading.ts';
import { type Addition, printIncident } from '../incidents/file/print.ts';
import type { Severity } from '../model/component.ts';
import { type Millis, parseInstant } from '../model/time.ts';
import { readFrontmatter } from '../text/front-matter.ts';
import { MAX_SITE_YAML, readYaml } from '../text/yaml.ts';
import {
  type Imported,
  type ImportedComponent,
  type ImportedIncident,
  incidentId,
  slugOr,
  uniqueIds,
} from './imported.ts';

const SEVERITY: Record<string, Severity> = { notice: 'minor', disrupted: 'major', down: 'critical' };

/** Reads issue files, and the text of `config.yml` (null: none). */
export function importCstate(
  files: readonly { readonly name: string; readonly text: string }[],
  config: string | null,
): Imported {
  const lost: string[] = [];
  const components = config === null ? [] : componentsOf(config, lost);
  const unique = uniqueIds();
  const incidents = files.flatMap(({ name, text }) => incidentOf(name, text, components, unique, lost));
  return { components, incidents, lost };
}

function componentsOf(config: string, lost: string[]): ImportedComponent[] {
  const { data } = readYaml(config, 'config.yml', 1, MAX_SITE_YAML);
  const systems = (data as { params?: { systems?: unknown } } | null)?.params?.systems;
  if (!Array.isArray(systems)) {
    lost.push('config.yml: no `params.systems`, so no components');
    return [];
  }
  return (systems as Record<string, unknown>[])
    .filter(system => typeof system?.name === 'string')
    .map(({ name, description, category }) => ({
      id: slugOr(String(name), 'component'),
      name: String(name),
      description: typeof description === 'string' ? description : null,
      group: typeof category === 'string' ? category : null,
    }));
}

function incidentOf(
  name: string,
  source: string,
  components: ImportedComponent[],
  unique: (id: string) => string,
  lost: string[],
): ImportedIncident[] {
  const refuse = (why: string) => {
    lost.push(`${name}: ${why}`);
    return [];
  };
  const { yaml, body, problems } = readFrontmatter(name, source);
  const fields = yaml?.data as Record<string, unknown> | null | undefined;
  if (!fields || problems.length > 0) return refuse('its front matter cannot be read');
  const title = String(fields.title ?? '').trim();
  const started = typeof fields.date === 'string' ? parseInstant(fields.date) : null;
  if (title === '' || started === null) return refuse('it has no title or no valid date');
  if (fields.informational === true) lost.push(`${name}: “informational” is imported as a minor incident`);
  const resolved = fields.resolved === true || fields.resolved === 'true';
  const when = typeof fields.resolvedWhen === 'string' ? parseInstant(fields.resolvedWhen) : null;
  if (resolved && when === null)
    lost.push(`${name}: it is resolved without a time; the time of its last update is used`);
  const severity = SEVERITY[String(fields.severity)];
  if (!severity) lost.push(`${name}: the severity “${fields.severity}” is imported as minor`);
  const updates = updatesOf(body, started);
  const end = resolved ? Math.max(when ?? updates.at(-1)?.at ?? started, started) : undefined;
  const last = updates.at(-1);
  if (end !== undefined && last?.status !== 'resolved') {
    updates.push({ status: 'resolved', at: end, message: '' });
  }
  const [first, ...later] = updates;
  const silent = [
    ...(first?.at === started && first.message !== '' ? [] : ['beginning']),
    ...(end !== undefined && updates.at(-1)?.message === '' ? ['end'] : []),
  ];
  if (silent.length > 0) lost.push(`${name}: the text of its ${silent.join(' and its ')}, as it has none`);
  const affected = Array.isArray(fields.affected) ? fields.affected.map(String) : [];
  const text = printIncident({
    title,
    status: resolved ? 'resolved' : last && last.status !== 'resolved' ? last.status : 'investigating',
    severity: severity ?? 'minor',
    started,
    components: affected.map(
      system =>
        components.find(one => one.name.toLowerCase() === system.toLowerCase())?.id ??
        slugOr(system, 'component'),
    ),
    openedBy: `cstate:${name}`,
    message: first?.at === started ? first.message : '',
    ...(end === undefined ? {} : { resolved: end }),
    later: first?.at === started ? later : updates,
  });
  return [{ source: `cstate:${name}`, id: unique(incidentId(started, title)), text }];
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
