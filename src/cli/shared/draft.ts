// Drafts, shared by the writing commands: questions, templates, editor, preview and file.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { input } from '@inquirer/prompts';
import { NotUtf8, Unreadable } from '../../content/atomic.ts';
import { datesIn } from '../../core/i18n/dates.ts';
import { isSilent } from '../../core/incidents/file/escape.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { formerIdsOf, withFreeId } from '../../core/incidents/ids.ts';
import { coversNobody, unknownComponents, unknownOccurrences } from '../../core/incidents/lint/lint.ts';
import { backwards } from '../../core/incidents/lint/times.ts';
import { occurrenceOn, occurrencesOf } from '../../core/incidents/recurrence.ts';
import { readDateTime } from '../../core/incidents/times/written-time.ts';
import { type Incident, type IncidentUpdate, incidentPath } from '../../core/model/incident.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import type { Site } from '../../core/model/site.ts';
import { iso, type Millis, parseDuration } from '../../core/model/time.ts';
import { readFrontmatter, withPlainLineEnds } from '../../core/text/front-matter.ts';
import { slug } from '../../core/text/slug.ts';
import {
  type Arguments,
  agreed,
  type Cli,
  ELSEWHERE,
  hasDatabase,
  Misuse,
  notHere,
  Refused,
  shown,
} from './command.ts';
import { commitWritten } from './commit.ts';
import { forecast, waitingAddresses } from './forecast.ts';
import { presentContent, withFormerIds, withToldPlans } from './incident-files.ts';
import { failingOn, openBeside } from './still-open.ts';

/** A template: texts by front matter key, component ids under `components`, and its body. */
interface DraftTemplate {
  text(key: string): string | undefined;
  readonly components: readonly string[] | undefined;
  readonly body: string;
}

export const NO_TEMPLATE: DraftTemplate = { text: () => undefined, components: undefined, body: '' };

/** Reads `status/templates/NAME.md`. */
export async function templateOf(name: string | undefined, { env, cwd }: Cli): Promise<DraftTemplate> {
  if (name === undefined) return NO_TEMPLATE;
  const inside = path.join(env.statusDir, 'templates', `${path.basename(name, '.md')}.md`);
  const file = /[/\\]/.test(name) ? path.resolve(cwd, name) : inside;
  const text = withPlainLineEnds(await readFile(file, 'utf8'));
  if (!text.startsWith('---')) return { ...NO_TEMPLATE, body: text.trim() };
  const { yaml, body, problems } = readFrontmatter(file, text);
  const wrong = [...problems, ...(yaml?.problems ?? [])];
  if (wrong.length > 0) throw new Refused(wrong.map(printProblem).join('\n'));
  const fields = (yaml?.data ?? {}) as Record<string, unknown>;
  const { components } = fields;
  return {
    text: key => (typeof fields[key] === 'string' ? fields[key] : undefined),
    components: components === undefined ? undefined : [components].flat().map(String),
    body: body.trim(),
  };
}

/** The message as typed, else the template's, else asked for: without a terminal, require it before. Throws Misuse if it is empty or only a comment. */
export async function messageOf(
  { options, flags }: Arguments,
  { body }: DraftTemplate,
  question: string,
): Promise<string> {
  const message = options.message ?? (body || (await input({ message: question, required: true })));
  if (isSilent(message) && !flags.has('edit')) throw new Misuse('--message is empty: write what is new.');
  return message;
}

/** A time as typed, in the site's zone if it names none, or a duration after `from` (`2h`). */
export function timeOfOption(option: string, text: string, from: Millis, zone: string): Millis {
  return readMoment(option, text, zone, duration => from + duration);
}

/** A time in the past, or how long ago (`30m`). Throws Misuse for a future time. */
export function pastTimeOfOption(option: string, text: string, now: Millis, zone: string): Millis {
  const at = readMoment(option, text, zone, duration => now - duration);
  if (at > now) throw new Misuse(`--${option}: this is in the future (${iso(at)}); it is ${iso(now)} now.`);
  return at;
}

function readMoment(
  option: string,
  text: string,
  zone: string,
  counted: (duration: Millis) => Millis,
): Millis {
  const duration = parseDuration(text);
  const at = duration === null ? readDateTime(text, zone) : counted(duration);
  if (typeof at === 'number') return at;
  throw new Misuse(`--${option}: ${at.what}; write 2026-11-23T02:00:00Z, or 2h.`);
}

/** The id of a new file: its UTC day and title, with a number if taken. Throws Refused while the folder is missing. */
export async function freeId(at: Millis, title: string, cli: Cli): Promise<string> {
  const files = await (await presentContent(cli)).incidents();
  const base = `${iso(at).slice(0, 10).replaceAll('-', '')}_${slug(title, 60) || 'incident'}`;
  const isFormer = formerIdsOf(await withFormerIds(files.incidents, cli));
  return withFreeId(base, isFormer, id => (files.text(id) === undefined ? id : null));
}

/** Opens $VISUAL or $EDITOR with a text, without a shell; resolves to the saved text. */
async function edited(text: string, { env }: Cli): Promise<string> {
  const [program = 'vi', ...args] = (env.variables.VISUAL || env.variables.EDITOR || 'vi').split(/\s+/);
  const folder = await mkdtemp(path.join(tmpdir(), 'status-live-'));
  const file = path.join(folder, 'incident.md');
  try {
    await writeFile(file, text);
    const code = await new Promise<number | null>((resolve, reject) => {
      spawn(program, [...args, file], { stdio: 'inherit' })
        .on('error', error => reject(new Refused(unstarted(program, error))))
        .on('exit', resolve);
    });
    if (code !== 0) throw new Refused(`${program} ended with ${code}; nothing was written.`);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unstarted(program: string, error: NodeJS.ErrnoException): string {
  const why = error.code === 'ENOENT' ? 'there is no such program' : error.message;
  return `The editor "${program}" cannot be started (${why}); nothing was written. Set EDITOR, for example EDITOR=nano.`;
}

interface Draft {
  readonly id: string;
  readonly text: string;
  /** The text it replaces; null creates the file. */
  readonly before: string | null;
  /** The id whose address is printed, if not the file's. */
  readonly shownAs?: string;
}

/**
 * Shows what will be written and mailed, asks unless `--yes` was typed, and writes. Resolves to the exit code. Without
 * a site (status.yaml cannot be read), component ids are not checked.
 */
export async function settle(draft: Draft, site: Site | null, typed: Arguments, cli: Cli): Promise<number> {
  const content = await presentContent(cli);
  const files = await content.incidents();
  const file = files.fileOf(draft.id);
  const place = shown(file, cli);
  const text = typed.flags.has('edit') ? await edited(draft.text, cli) : draft.text;
  const value = await checked(draft, text, place, site, cli);
  cli.out(`${draft.before === null ? 'New' : 'Changed'}: ${place}\n`);
  cli.out(draft.before === null ? text : added(draft.before, text));
  for (const line of timesOf(value, site?.timezone ?? 'UTC', cli.clock())) cli.out(line);
  cli.out(await mailed(value, site, cli));
  const beside = site && draft.before === null ? openBeside(value, files.incidents, site) : [];
  const failing = site && draft.before !== null ? await failingOn(value, files.incidents, site, cli) : [];
  for (const line of [...beside, ...failing]) cli.out(line);
  const isDoubtful = beside.length > 0;
  const words = { add: 'write it', instead: 'Nothing was written.', default: !isDoubtful };
  await agreed(isDoubtful ? 'Write another incident all the same?' : 'Write it?', typed, cli, words);
  const done =
    draft.before === null
      ? await content.create(draft.id, text)
      : await content.replace(draft.id, draft.before, text).catch((error: unknown) => {
          throw error instanceof NotUtf8 || error instanceof Unreadable ? new Refused(error.message) : error;
        });
  if (!done) throw new Refused('Someone else changed the file; nothing was written. Try again.');
  const url = site?.url ?? cli.env.publicUrl;
  const address = `${url}${incidentPath(draft.shownAs ?? draft.id)}`;
  cli.out(url === null ? 'Written.' : `Written. ${address}`);
  await commitWritten([file], `Status: ${draft.id}`, site, cli);
  return 0;
}

/** The times of a draft in its zone, because its file has them in UTC; of a recurring maintenance, the next ones too. */
function timesOf(incident: Incident, siteZone: string, now: Millis): string[] {
  const { scheduled, timezone: zone = siteZone, started, updates } = incident;
  const { dateTime } = datesIn('en', zone);
  const newest = updates.at(-1) as IncidentUpdate;
  if (!scheduled) {
    const times = [...new Set([started, newest.at].map(dateTime))];
    return zone === 'UTC' ? [] : [`In ${zone}: began ${times.join(', newest update ')}`];
  }
  const part = newest.occurrence === undefined ? null : occurrenceOn(incident, newest.occurrence, siteZone);
  const { start, end } = part?.scheduled ?? scheduled;
  const when = `When: ${dateTime(start)} to ${dateTime(end)} (${zone})`;
  const later = occurrencesOf(incident, Math.max(now, start), siteZone)
    .flatMap(one => one.scheduled?.start ?? [])
    .filter(at => at > start)
    .slice(0, 3);
  return part || later.length === 0 ? [when] : [when, `Then: ${later.map(dateTime).join(' | ')}`];
}

/** Parses the new text and prints its problems. Throws Refused if there are more errors than before. */
async function checked(
  draft: Draft,
  text: string,
  place: string,
  site: Site | null,
  cli: Cli,
): Promise<Incident> {
  const { value: written, problems } = read(place, draft.id, text, cli.clock());
  const [value] = await withToldPlans(written ? [written] : [], cli);
  const unknown = value && site ? unknownComponents(place, text, value, site.components) : [];
  const nobody = value && site && coversNobody(place, value, site.components);
  const strange = value && site ? unknownOccurrences(place, value, site.timezone, cli.clock(), text) : [];
  for (const problem of [...problems, ...unknown, ...(nobody ? [nobody] : []), ...strange])
    cli.err(printProblem(problem));
  const errors = (of: readonly Problem[]) => of.filter(({ level }) => level === 'error').length;
  // Errors that were there before must not prevent an update.
  const before = draft.before === null ? null : read('', draft.id, draft.before, cli.clock());
  if (!value || errors(unknown) > 0 || errors(problems) > errors(before?.problems ?? []))
    throw new Refused('Nothing was written.');
  // In the editor.
  const old = new Set(before?.value?.updates.map(({ key }) => key));
  if (value.updates.some(({ key, body }) => !old.has(key) && isSilent(body)))
    throw new Refused('The message is empty; nothing was written.');
  return value;
}

function read(place: string, id: string, text: string, now: Millis) {
  const { value, problems } = parseIncident(place, id, text);
  const turned = value && backwards(value, text, place, now);
  return { value, problems: turned ? [...problems, turned] : problems };
}

/** Describes who would be mailed. If no server has run here, says that the folder may not be the server's. */
async function mailed(incident: Incident, site: Site | null, cli: Cli): Promise<string> {
  const { dataDir, statusDir } = cli.env;
  if (!hasDatabase(cli)) {
    return `${notHere(dataDir)}: this is written to ${statusDir}, and it is not known who would be told. If a server runs elsewhere, ${ELSEWHERE}.`;
  }
  if (!site) return 'It is not known who would be told.';
  const emails = await forecast([incident], site, cli);
  const waiting = await waitingAddresses(cli);
  const told = emails.length > 0 ? emails : ['No email would be sent, and no message to a channel.'];
  return [...told, ...(waiting === null ? [] : [waiting])].join('\n');
}

/** The lines of `after` that `before` does not have, as in a diff. */
function added(before: string, after: string): string {
  const old = before.split(/\r?\n/);
  const left = new Map<string, number>();
  for (const line of old) left.set(line, (left.get(line) ?? 0) + 1);
  return after
    .split(/\r?\n/)
    .filter(line => {
      const count = left.get(line) ?? 0;
      left.set(line, count - 1);
      return count <= 0;
    })
    .map(line => `+ ${line}`)
    .join('\n');
}
