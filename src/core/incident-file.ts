// One markdown file → one Incident, or the problems that stand in its way, each with its line.
import matter from 'gray-matter';
import * as z from 'zod';
import { COMPONENT_STATUSES } from './component.ts';
import {
  type Affected,
  INCIDENT_STATUSES,
  type Incident,
  type IncidentUpdate,
  MAINTENANCE_STATUSES,
  SEVERITIES,
  type UpdateStatus,
} from './incident.ts';
import type { Outcome, Problem } from './problem.ts';
import { iso, type Millis, parseInstant } from './time.ts';
import { cutSections, type Moment, readMoments, type Sections } from './timeline.ts';
import { checkAgainst, listed, readYaml, unknownKeys, type YamlText } from './yaml.ts';

const instant = z.union([z.string(), z.number()]).transform((text, context): Millis => {
  const at = parseInstant(String(text));
  if (at === null) {
    const message = `"${text}" is not a date and time; write it like 2025-11-06T14:30:00Z`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return at;
});

const affected = z.union([
  z.string().transform((id): Affected => ({ id, status: null })),
  z.object({ id: z.string(), status: z.enum(COMPONENT_STATUSES) }),
]);

export const frontmatterSchema = z.object({
  title: z
    .union([z.string(), z.number().transform(String)])
    .transform(title => title.replace(/\s+/g, ' ').trim())
    .refine(title => title.length > 0, 'is empty; say in a few words what visitors notice'),
  status: z.enum([...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES]),
  severity: z.enum(SEVERITIES).optional(),
  started: instant.optional(),
  resolved: instant.nullish(),
  components: z.union([z.array(affected), z.string().transform(id => [{ id, status: null }])]).nullish(),
  opened_by: z.string().nullish(),
  notify: z.boolean().default(true),
  scheduled_start: instant.optional(),
  scheduled_end: instant.optional(),
  postmortem: z.unknown().optional(),
});

type Frontmatter = z.output<typeof frontmatterSchema>;

/** The largest incident file that is read, bytes: beyond it, it is not prose. */
export const MAX_INCIDENT_BYTES = 1_000_000;

/**
 * Parses an incident file (contract §4). `file` is the path to name in problems, `id` the file's name
 * without `.md`. Warnings may come with an incident; an error never does.
 */
export function parseIncident(file: string, id: string, source: string): Outcome<Incident> {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const front = readFrontmatter(file, text);
  if (!front.yaml) return { value: null, problems: front.problems };
  const checked = checkAgainst(frontmatterSchema, front.yaml, file);
  const problems = [
    ...checked.problems,
    ...unknownKeys(front.yaml.data, Object.keys(frontmatterSchema.shape), [], front.yaml, file),
  ];
  if (!checked.value) return { value: null, problems };
  const fields = checked.value;
  problems.push(...contradictions(fields, front.yaml, file));
  if (problems.some(problem => problem.level === 'error')) return { value: null, problems };
  const cut = cutSections(front.body);
  for (const { line, text: heading } of cut.unreadable) {
    problems.push({
      level: 'warning',
      where: file,
      line: front.bodyLine + line - 1,
      what: `the time in "## ${heading}" cannot be read, so it is not an update`,
      fix: 'write it like `## Update 15:00 UTC` or `## Resolved 2025-11-06 15:00 UTC`',
    });
  }
  return { value: build(id, fields, cut), problems };
}

interface Front {
  readonly yaml: YamlText | null;
  readonly body: string;
  /** 1-based line of the file on which the body begins. */
  readonly bodyLine: number;
  readonly problems: readonly Problem[];
}

function readFrontmatter(file: string, text: string): Front {
  const refuse = (line: number, what: string, fix: string): Front => ({
    yaml: null,
    body: '',
    bodyLine: 1,
    problems: [{ level: 'error', where: file, line, what, fix }],
  });
  if (text.trim() === '') return refuse(1, 'the file is empty', 'begin with `---`, `title: …`, `status: …`');
  if (!/^---(?!-)/.test(text)) {
    return refuse(1, 'there is no front matter', 'begin the file with a line `---`, then `title: …`');
  }
  const language = matter.language(text).name;
  if (language && language !== 'yaml' && language !== 'yml') {
    return refuse(
      1,
      `front matter in "${language}" is not accepted`,
      'begin the file with a bare `---` (YAML)',
    );
  }
  if (!/\n---[ \t]*(\n|$)/.test(text)) {
    return refuse(1, 'the front matter is never closed', 'add a line `---` after it');
  }
  let yaml: YamlText | null = null;
  const engines = {
    ...REFUSED,
    yaml: {
      parse(source: string): object {
        yaml = readYaml(source, file);
        return {};
      },
    },
  };
  // The options object also keeps gray-matter from its cache, which forgets errors.
  const { content } = matter(text, { engines, language: 'yaml' });
  const bodyLine = text.slice(0, text.length - content.length).split('\n').length;
  return { yaml: yaml ?? readYaml('', file), body: content, bodyLine, problems: [] };
}

const refused = {
  parse(): object {
    throw new Error('only YAML front matter is accepted');
  },
};
/** `javascript` is the one that matters: gray-matter resolves `---js` to it and would run the code. */
const REFUSED = { javascript: refused, js: refused, json: refused, coffee: refused, toml: refused };

function contradictions(fields: Frontmatter, yaml: YamlText, where: string): Problem[] {
  const found: Problem[] = [];
  const add = (key: string, what: string, fix: string) =>
    found.push({ level: 'error', where, line: yaml.lineOf([key]), what, fix });
  const { status, started, resolved, severity, scheduled_start: start, scheduled_end: end } = fields;
  const maintenance = start !== undefined || end !== undefined;
  const allowed: readonly string[] = maintenance ? MAINTENANCE_STATUSES : INCIDENT_STATUSES;
  if (!allowed.includes(status)) {
    const kind = maintenance ? 'a maintenance' : 'an incident (without `scheduled_start`)';
    add('status', `\`status\` "${status}" is not one of ${kind}`, `write ${listed(allowed)}`);
  }
  if (maintenance) {
    if (start === undefined) add('scheduled_end', '`scheduled_start` is missing', 'write when it begins');
    else if (end === undefined) add('scheduled_start', '`scheduled_end` is missing', 'write when it ends');
    else if (end <= start)
      add('scheduled_end', 'it ends before it begins', 'put `scheduled_end` after the start');
    return found;
  }
  if (severity === undefined) add('severity', '`severity` is missing', `write ${listed(SEVERITIES)}`);
  if (started === undefined)
    add('started', '`started` is missing', 'write when it began: 2025-11-06T14:30:00Z');
  if (status === 'resolved' && resolved == null) {
    add(
      'status',
      '`resolved` is missing though the status is resolved',
      'write when it ended: `resolved: …`',
    );
  }
  if (status !== 'resolved' && resolved != null) {
    add(
      'resolved',
      `it has an end, but its status is ${status}`,
      'write `status: resolved`, or remove `resolved`',
    );
  }
  if (started !== undefined && resolved != null && resolved < started) {
    add('resolved', 'it ends before it begins', 'put `resolved` after `started`');
  }
  return found;
}

function build(id: string, fields: Frontmatter, cut: Sections): Incident {
  const scheduled =
    fields.scheduled_start === undefined
      ? null
      : { start: fields.scheduled_start, end: fields.scheduled_end as Millis };
  const started = fields.started ?? announced(id, (scheduled as { start: Millis }).start);
  return {
    id,
    title: fields.title,
    status: fields.status,
    severity: fields.severity ?? 'minor',
    started,
    resolved: fields.resolved ?? null,
    components: fields.components ?? null,
    scheduled,
    openedBy: fields.opened_by ?? null,
    notify: fields.notify,
    updates: timeline(fields, started, cut, scheduled !== null),
    postmortem: cut.postmortem,
  };
}

/** A maintenance without `started` was announced on the day its file is named after. */
function announced(id: string, start: Millis): Millis {
  const day = /^(\d{4})(\d{2})(\d{2})/.exec(id);
  const at = day ? parseInstant(`${day[1]}-${day[2]}-${day[3]}`) : null;
  return at === null ? start : Math.min(at, start);
}

function timeline(
  fields: Frontmatter,
  started: Millis,
  cut: Sections,
  maintenance: boolean,
): readonly IncidentUpdate[] {
  const moments = readMoments(cut.sections, started);
  const entries: {
    at: Millis;
    written: Millis;
    status: UpdateStatus | null;
    label: string | null;
    body: string;
  }[] = moments.map(({ section, at, written }) => ({ at, written, ...section }));
  if (cut.preface !== '' || entries.length === 0) {
    entries.unshift({ at: started, written: started, status: null, label: null, body: cut.preface });
  }
  const ending = fields.resolved ?? null;
  if (!maintenance && ending !== null && !entries.some(entry => entry.status === 'resolved')) {
    const last = moments.findLast(moment => saysEnd(moment, ending));
    const closing = last && entries.find(entry => entry.at === last.at && entry.body === last.section.body);
    if (closing) closing.status = 'resolved';
    else entries.push({ at: ending, written: ending, status: 'resolved', label: null, body: '' });
  }
  entries.sort((a, b) => a.at - b.at);
  const seen = new Map<Millis, number>();
  let status: UpdateStatus = maintenance ? 'scheduled' : 'investigating';
  return entries.map(entry => {
    status = entry.status ?? status;
    const ordinal = seen.get(entry.written) ?? 0;
    seen.set(entry.written, ordinal + 1);
    return {
      key: `${iso(entry.written)}#${ordinal}`,
      at: entry.at,
      status,
      label: entry.label,
      body: entry.body,
    };
  });
}

/** Whether a section stands at the moment of the end, at its heading's precision. */
function saysEnd({ section, at, written }: Moment, ending: Millis): boolean {
  const floored = ending - (ending % section.precision);
  return section.status === null && (written === floored || at === ending);
}
