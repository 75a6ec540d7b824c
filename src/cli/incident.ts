// `incident new|update|resolve|list`: the incident files without an editor.
import { parseArgs } from 'node:util';
import { checkbox, input, select } from '@inquirer/prompts';
import { endedAt } from '../core/incidents/ending.ts';
import { type Addition, addUpdate, printIncident, updated } from '../core/incidents/file/print.ts';
import { stateAt } from '../core/incidents/maintenance.ts';
import { type occurrenceOn, occurrencesOf } from '../core/incidents/recurrence.ts';
import type { Severity } from '../core/model/component.ts';
import {
  INCIDENT_STATUSES,
  type Incident,
  isOpen,
  MAINTENANCE_STATUSES,
  namedIn,
  SEVERITIES,
  type UpdateStatus,
} from '../core/model/incident.ts';
import { printProblem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import type { Span } from '../core/model/time.ts';
import { iso, type Millis } from '../core/model/time.ts';
import { listed } from '../core/text/yaml.ts';
import { readSights } from '../store/notify/announcements.ts';
import { FirstSeen } from '../work/incidents/first-seen.ts';
import { type Cli, type Command, Misuse, nothingElse, Refused } from './shared/command.ts';
import { existing, freeId, idsOf, momentOf, pastOf, settle, templateOf, wordsOf } from './shared/draft.ts';
import { knownFiles, presentContent, readableBooks } from './shared/incident-files.ts';
import { readableSite, siteIfReadable } from './shared/readable-site.ts';

const WRITING = {
  message: { type: 'string' },
  status: { type: 'string' },
  severity: { type: 'string' },
  components: { type: 'string' },
  'next-update': { type: 'string' },
  yes: { type: 'boolean', short: 'y', default: false },
  edit: { type: 'boolean', default: false },
} as const;

const HELP = `--yes writes without asking; in a terminal what is missing is asked for.
--edit opens $EDITOR before writing. Times are ISO 8601, or durations: --started 30m and --at 5m are so long
ago, --next-update 30m is from now on.`;

export const incident: readonly Command[] = [
  {
    name: 'incident new',
    usage:
      '--title T --severity S [--components a,b] --message M [--status S] [--started T] [--template NAME] [--next-update T] [--edit] [--yes]',
    summary: 'open an incident',
    help: `${HELP}\nA template is status/templates/NAME.md: front matter and text to begin with; options win.`,
    run: create,
  },
  {
    name: 'incident update',
    usage:
      'ID --status S --message M [--severity S] [--components a,b] [--next-update T] [--at T] [--edit] [--yes]',
    summary: 'add an update to an incident or a maintenance',
    help: `${HELP}\n--severity and --components hold from this update on.`,
    run: (args, cli) => update(args, cli),
  },
  {
    name: 'incident resolve',
    usage: 'ID --message M [--at T] [--edit] [--yes]',
    summary: 'end an incident (or complete a maintenance)',
    help: HELP,
    run: (args, cli) => update(args, cli, true),
  },
  {
    name: 'incident list',
    usage: '[--all] [--format text|json]',
    summary: 'list what is open and to come, or everything',
    help: 'Newest first.',
    run: list,
  },
];

async function create(args: readonly string[], cli: Cli): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...WRITING,
      title: { type: 'string' },
      started: { type: 'string' },
      template: { type: 'string' },
    },
  });
  const typed = idsOf(values.components);
  // Whoever names the components can report though status.yaml is broken altogether.
  const site = typed ? await siteIfReadable(cli) : (await readableSite(cli)).site;
  const template = await templateOf(values.template, cli);
  const text = (key: string) =>
    typeof template.fields[key] === 'string' ? (template.fields[key] as string) : undefined;
  const ask = cli.interactive && !values.yes;
  const title =
    values.title ?? text('title') ?? (ask ? await askFor('What do visitors notice?') : missing('title'));
  const severity = oneOf(
    'severity',
    values.severity ??
      text('severity') ??
      (ask ? await choose('How bad is it?', SEVERITIES) : missing('severity')),
    SEVERITIES,
  );
  const status = oneOf('status', values.status ?? text('status') ?? 'investigating', INCIDENT_STATUSES);
  const listedIds = template.fields.components;
  const fromTemplate = Array.isArray(listedIds) ? listedIds.map(String) : undefined;
  const components =
    typed ?? fromTemplate ?? (ask && site ? await askComponents(site.components, title) : null);
  const message = (values.edit ? String : wordsOf)(
    values.message ?? (template.body || (ask ? await askForMessage() : missing('message'))),
  );
  const now = cli.clock();
  const started = values.started ? pastOf('started', values.started, now) : now;
  const files = await (await presentContent(cli)).incidents();
  const id = freeId(started, title, taken => files.text(taken) !== undefined);
  const promised = values['next-update'] ? momentOf('next-update', values['next-update'], now) : undefined;
  const printed = printIncident({
    title,
    status,
    severity,
    started,
    components,
    openedBy: null,
    message,
    ...(promised === undefined ? {} : { promised }),
    // One piece of news: it was, and it is over.
    ...(status === 'resolved' ? { resolved: now, messageAt: now } : {}),
  });
  return settle({ id, text: printed, before: null }, site, cli, values);
}

async function update(args: readonly string[], cli: Cli, ending = false): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...WRITING, at: { type: 'string' } },
  });
  const site = await siteIfReadable(cli);
  nothingElse(positionals.slice(1));
  const { incident: file, text, part } = await existing(positionals[0], cli);
  const there = part?.occurrence ?? file;
  const over = endedAt(there);
  if (ending && over !== null) {
    throw new Refused(
      `It is ${there.status} already, at ${iso(over)}; use \`incident update\` to add words.`,
    );
  }
  const ask = cli.interactive && !values.yes;
  const allowed: readonly UpdateStatus[] = there.scheduled ? MAINTENANCE_STATUSES : INCIDENT_STATUSES;
  const end = there.scheduled ? 'completed' : 'resolved';
  const given =
    values.status ?? (ask && !ending ? await choose('Where does it stand?', allowed) : there.status);
  const status = ending ? end : oneOf('status', given, allowed);
  const now = cli.clock();
  if (!part && file.rrule !== undefined) wholeSeries(file, status, ending, now);
  const at = values.at ? pastOf('at', values.at, now) : now;
  if (part) within(part, at, now);
  const message = (values.edit ? String : wordsOf)(
    values.message ?? (ask ? await askForMessage() : missing('message')),
  );
  const severity = values.severity === undefined ? null : oneOf('severity', values.severity, SEVERITIES);
  const ids = idsOf(values.components);
  const components = ids === undefined ? null : ids.map(id => ({ id, status: null }));
  const addition: Addition = {
    status,
    at,
    message,
    afterwards: over !== null && status === there.status,
    change: { severity, components },
    ...(part ? { occurrence: true as const } : {}),
    ...(values['next-update'] ? { promised: momentOf('next-update', values['next-update'], now) } : {}),
  };
  if (file.held && updated(text, addition) === null) {
    throw new Refused(
      'A part of this file is not read (`lint` says which), and this update would be in it: mend it first.',
    );
  }
  const written = addUpdate(text, addition);
  return settle({ id: file.id, text: written, before: text, shownAs: there.id }, site, cli, values);
}

/** Of a series only an announcement or its end can be told: the work is an occurrence's. */
function wholeSeries(series: Incident, status: UpdateStatus, ending: boolean, now: Millis): void {
  if (status === 'scheduled' || (status === 'completed' && !ending)) return;
  const starts = occurrencesOf(series, now).map(({ scheduled }) => (scheduled as Span).start);
  const latest = starts.findLast(start => start <= now) ?? (series.scheduled as Span).start;
  const one = `${series.id}--${iso(latest).slice(0, 10)}`;
  throw new Misuse(
    `"${series.id}" repeats: name one occurrence by its day, like ${one}; \`incident update ${series.id} --status completed\` ends the whole series.`,
  );
}

/** A section belongs to the occurrence it was written in or after: at any other time it would be another's. */
function within({ occurrence, following }: NonNullable<Occurrence>, at: Millis, now: Millis): void {
  const start = (occurrence.scheduled as Span).start;
  if (now < start) throw new Refused(`${occurrence.id} begins at ${iso(start)}: it is told of from then on.`);
  if (at >= start && at < (following ?? Number.POSITIVE_INFINITY)) return;
  const until = following === null ? '' : ` and before the next at ${iso(following)}`;
  throw new Misuse(
    `${iso(at)} is not in this occurrence: what belongs to it is written from ${iso(start)} on${until}. Give the time with --at.`,
  );
}

type Occurrence = ReturnType<typeof occurrenceOn>;

async function list(args: readonly string[], cli: Cli): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { all: { type: 'boolean', default: false }, format: { type: 'string', default: 'text' } },
  });
  const now = cli.clock();
  const files = await knownFiles(cli);
  for (const problem of files.missing?.problems ?? []) cli.err(printProblem(problem));
  const rows = (await datedByBooks(files.incidents, now, cli))
    .map(one => ({
      id: one.id,
      state: stateAt(one, now),
      severity: one.scheduled ? 'maintenance' : severityOf(one),
      started: iso(one.scheduled?.start ?? one.started),
      title: one.title,
      current: one.scheduled ? stateAt(one, now) !== 'completed' || goesOn(one) : isOpen(one),
    }))
    .filter(row => values.all || row.current)
    .sort((a, b) => (a.started < b.started ? 1 : -1));
  if (values.format === 'json') cli.out(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) cli.out(values.all ? 'There are no incidents.' : 'Nothing is open or to come.');
  else
    for (const row of rows)
      cli.out(`${row.started}  ${row.state.padEnd(13)}  ${row.severity.padEnd(11)}  ${row.id}  ${row.title}`);
  return 0;
}

/** As the page dates them; without a database nobody knows when what is dated ahead was first seen. */
export async function datedByBooks(incidents: readonly Incident[], now: Millis, cli: Cli) {
  const db = readableBooks(cli);
  try {
    return await new FirstSeen(readSights(db)).date(incidents, now);
  } finally {
    await db?.destroy();
  }
}

/** As bad as it is now: its last update that says so, else as it began. */
function severityOf({ severity, updates }: Incident): Severity {
  return updates.reduce((now, { change }) => change?.severity ?? now, severity);
}

/** Whether a maintenance repeats and its series was not ended. */
function goesOn({ rrule, status }: Incident): boolean {
  return rrule !== undefined && status !== 'completed';
}

function missing(option: string): never {
  throw new Misuse(`--${option} is missing.`);
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find(word => word === given);
  if (!found) throw new Misuse(`--${option}: "${given}" is not one of ${listed(known)}.`);
  return found;
}

const askFor = (message: string) => input({ message, required: true });
const askForMessage = () =>
  input({ message: 'What do you tell them, in a line? (--edit for more)', required: true });

function choose<T extends string>(message: string, words: readonly T[]): Promise<string> {
  return select({ message, choices: words.map(value => ({ value })) });
}

function askComponents(components: Site['components'], title: string): Promise<string[]> {
  const message = 'Which components? (none ticked: none changes its colour)';
  return checkbox({ message, choices: componentChoices(components, title) });
}

/** What is asked about: those the title names are ticked already, as a file without `components` has it. */
export function componentChoices(components: Site['components'], title: string) {
  const named = new Set(namedIn(title, components));
  return components.map(one => ({ value: one.id, name: one.name, checked: named.has(one) }));
}
