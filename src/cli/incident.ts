// `incident new|update|resolve|retract|list`: writes incident files without an editor.
import { existsSync } from 'node:fs';
import { checkbox, input, select } from '@inquirer/prompts';
import { afterwardsOf, endedAt } from '../core/incidents/ending.ts';
import { type Addition, addUpdate, printIncident, updated } from '../core/incidents/file/print.ts';
import { statusWritten } from '../core/incidents/maintenance.ts';
import { occurrenceDay, occurrencesOf } from '../core/incidents/recurrence.ts';
import {
  INCIDENT_STATUSES,
  type Incident,
  isOpen,
  MAINTENANCE_STATUSES,
  namedIn,
  SEVERITIES,
  type UpdateStatus,
} from '../core/model/incident.ts';
import type { Site } from '../core/model/site.ts';
import type { Span } from '../core/model/time.ts';
import { iso, MINUTE, type Millis } from '../core/model/time.ts';
import { joinWithOr } from '../core/text/yaml.ts';
import { existing, mayBeAsked, requireId } from './incidents/existing.ts';
import { listIncidents } from './incidents/list.ts';
import { retract } from './incidents/retract.ts';
import {
  type Arguments,
  agreed,
  type Cli,
  type Command,
  command,
  Misuse,
  Refused,
} from './shared/command.ts';
import { idsOf } from './shared/components.ts';
import {
  freeId,
  messageOf,
  NO_TEMPLATE,
  pastTimeOfOption,
  settle,
  templateOf,
  timeOfOption,
} from './shared/draft.ts';
import { readableSite, siteIfReadable } from './shared/readable-site.ts';

const HELP = `--yes writes without asking. In a terminal, the command asks for missing values.
--edit opens $EDITOR before writing. Times are ISO 8601 or durations: --started 30m and --at 5m mean so long
ago, --next-update 30m means from now.`;
const QUESTION = 'What is the message? (one line; --edit for more)';
const SEVERITY = SEVERITIES.join('|');
const STATUS = INCIDENT_STATUSES.join('|');
const WHICH = `ID is the file name without .md, or a part of it that fits no other (\`login-fails\`). In a terminal it may be left out.
--components takes ids or names.`;

export const incident: readonly Command[] = [
  command(
    {
      name: 'incident new',
      usage: `--title T --severity ${SEVERITY} [--components a,b] --message M [--status ${STATUS}] [--started T] [--template NAME] [--next-update T] [--edit] [--yes]`,
      summary: 'open an incident',
      help: `${HELP}\n--components takes ids or names. A template is status/templates/NAME.md: front matter and text to start with;\noptions override it.`,
      example:
        '--title "Slow sign-in" --severity major --components API --message "It takes a minute." --yes',
    },
    create,
  ),
  command(
    {
      name: 'incident update',
      usage: `[ID] --message M [--status ${STATUS}] [--severity ${SEVERITY}] [--components a,b] [--next-update T] [--at T] [--edit] [--yes]`,
      summary: 'add an update to an incident or a maintenance',
      help: `${WHICH}\n${HELP}\n--severity and --components apply from this update on. Without --status it stays as it is. A maintenance is\n${MAINTENANCE_STATUSES.join(', ')}.`,
      example: 'slow-sign-in --status identified --message "A slow disk." --yes',
    },
    (typed, cli) => update(typed, cli, 'update'),
  ),
  command(
    {
      name: 'incident resolve',
      usage: `[ID] --message M [--status resolved] [--severity ${SEVERITY}] [--components a,b] [--next-update T] [--at T] [--edit] [--yes]`,
      summary: 'end an incident (or complete a maintenance)',
      help: `${WHICH}\n${HELP}`,
      example: 'slow-sign-in --message "Fast again." --yes',
    },
    (typed, cli) => update(typed, cli, 'resolve'),
  ),
  command(
    {
      name: 'incident list',
      usage: '[--all] [--json] [--format text|json]',
      summary: 'list what is open or upcoming, or everything',
      help: 'Newest first. --json (or --format json) prints an array.',
    },
    listIncidents,
  ),
  command(
    {
      name: 'incident retract',
      usage: '[ID] [--message M] [--edit] [--yes]',
      summary: 'end an incident that was opened by mistake: it counts for nothing',
      help: 'Adds “Opened by mistake.” and the message, ends the incident, and sets `components: []` wherever the file names\ncomponents, so it changes no uptime. It stays in the history. Who was told of it is told the end.',
      example: 'slow-sign-in --message "It was a test." --yes',
    },
    retract,
  ),
];

async function create(typed: Arguments, cli: Cli): Promise<number> {
  const { options } = typed;
  // With components given, an incident can be reported even if status.yaml cannot be read at all. Without its folder, this
  // is nobody's page.
  const isNamed = options.components !== undefined && existsSync(cli.env.statusDir);
  const site = isNamed ? await siteIfReadable(cli) : (await readableSite(cli)).site;
  const ids = idsOf(options.components, site?.components ?? []);
  const template = await templateOf(options.template, cli);
  const given = (key: string) => options[key] ?? template.text(key);
  const mayAsk = mayBeAsked(typed, cli);
  if (!mayAsk) {
    const message = options.message ?? (template.body || undefined);
    typed.require({ title: given('title'), severity: given('severity'), message });
  }
  const title = given('title') ?? (await input({ message: 'What do visitors notice?', required: true }));
  const asked = given('severity') ?? (await choose('How bad is it?', SEVERITIES));
  const severity = oneOf('severity', asked, SEVERITIES);
  const status = oneOf('status', given('status') ?? 'investigating', INCIDENT_STATUSES);
  const components =
    ids ?? template.components ?? (mayAsk && site ? await askComponents(site.components, title) : null);
  const message = await messageOf(typed, template, QUESTION);
  const now = cli.clock();
  const started = options.started
    ? pastTimeOfOption('started', options.started, now, site?.timezone ?? 'UTC')
    : now;
  const id = await freeId(started, title, cli);
  const printed = printIncident({
    title,
    status,
    severity,
    started,
    components,
    openedBy: null,
    message,
    ...promisedIn(typed, now, site?.timezone ?? 'UTC'),
    // One announcement: it happened, and it is over.
    ...(status === 'resolved' ? { resolved: now, messageAt: now } : {}),
  });
  return settle({ id, text: printed, before: null }, site, typed, cli);
}

type Mode = 'update' | 'resolve' | 'cancel';

/** Adds an update; resolves to the exit code. `cancel` ends a maintenance that has not begun. */
export async function update(typed: Arguments, cli: Cli, mode: Mode): Promise<number> {
  const { options } = typed;
  const site = await siteIfReadable(cli);
  const zone = site?.timezone ?? 'UTC';
  const mayAsk = mayBeAsked(typed, cli);
  await requireId(typed, { message: options.message }, cli, isMeantBy(mode));
  const { incident: file, text, part } = await existing(typed, zone, cli, isMeantBy(mode));
  const there = part ?? file;
  const isEnding = mode !== 'update';
  const over = endedAt(there);
  const now = cli.clock();
  const words = isEnding && !part ? afterwardsOf(there, 'resolved', now) : undefined;
  if (isEnding && over !== null && words !== 'resolved') {
    throw new Refused(`It is already ${there.status} (${iso(over)}); use \`incident update\` to add text.`);
  }
  const allowed: readonly UpdateStatus[] = there.scheduled ? MAINTENANCE_STATUSES : INCIDENT_STATUSES;
  const given = isEnding
    ? there.scheduled
      ? 'completed'
      : 'resolved'
    : (options.status ??
      (mayAsk ? await choose('What is its status now?', allowed) : statusWritten(there, now)));
  const status = oneOf('status', given, allowed);
  if (!part && file.rrule !== undefined) requireOccurrence(file, status, mode, zone, now);
  requireTime(there, status, mode, part !== null, now);
  const at = options.at ? pastTimeOfOption('at', options.at, now, zone) : now;
  const begun = file.begins ?? file.started;
  // To the minute, as people type it.
  if (at < begun - (begun % MINUTE)) {
    const question = `--at is ${iso(at)}, before ${file.scheduled ? 'the maintenance was announced' : 'the incident began'} (${iso(begun)}). Write it all the same?`;
    const words = { add: `write an update of ${iso(at)}, before the beginning at ${iso(begun)}` };
    await agreed(question, typed, cli, { ...words, instead: 'Nothing was written.', default: false });
  }
  const day = part && occurrenceDay(part);
  const message = await messageOf(typed, NO_TEMPLATE, QUESTION);
  const addition: Addition = {
    status,
    at,
    message,
    afterwards: words ?? (over !== null && status === there.status ? 'update' : undefined),
    change: {
      severity: options.severity === undefined ? null : oneOf('severity', options.severity, SEVERITIES),
      components:
        idsOf(options.components, site?.components ?? [])?.map(id => ({ id, status: null })) ?? null,
    },
    ...(day === null ? {} : { occurrence: day }),
    ...promisedIn(typed, now, zone),
  };
  if (file.isPartlyUnreadable && updated(text, addition) === null) {
    throw new Refused(
      'A part of this file cannot be read (`lint` shows which), and this update would be in it: fix it first.',
    );
  }
  const draft = { id: file.id, text: addUpdate(text, addition), before: text, shownAs: there.id };
  return settle(draft, site, typed, cli);
}

/** What a command may be about if no id was typed: calling off is for a maintenance, all else for what is open. */
function isMeantBy(mode: Mode): (one: Incident) => boolean {
  return one => (mode === 'cancel' ? one.scheduled !== null && endedAt(one) === null : isOpen(one));
}

function promisedIn({ options }: Arguments, now: Millis, zone: string): { promised?: Millis } {
  const text = options['next-update'];
  return text ? { promised: timeOfOption('next-update', text, now, zone) } : {};
}

/** Only the announcement and the end belong to a whole series; any other update belongs to an occurrence. */
function requireOccurrence(series: Incident, status: UpdateStatus, mode: Mode, zone: string, now: Millis) {
  if (status === 'scheduled' || (status === 'completed' && mode === 'update')) return;
  const all = occurrencesOf(series, now, zone);
  const start = (one: Incident) => (one.scheduled as Span).start;
  const next = mode === 'cancel' ? all.find(one => start(one) > now) : undefined;
  const meant = next ?? all.findLast(one => start(one) <= now) ?? (all[0] as Incident);
  throw new Misuse(
    `"${series.id}" repeats: give one occurrence by its day, like ${series.id}--${occurrenceDay(meant)}; \`incident update ${series.id} --status completed\` ends the whole series.`,
  );
}

/** Calling off is said before the beginning, and nothing else is completed before it. */
function requireTime(
  there: Incident,
  status: UpdateStatus,
  mode: Mode,
  isOccurrence: boolean,
  now: Millis,
): void {
  const { id, scheduled } = there;
  if (mode === 'cancel') {
    if (!scheduled) throw new Misuse(`"${id}" is an incident, not a maintenance: use \`incident resolve\`.`);
    if (now < scheduled.start) return;
    throw new Refused(`It began at ${iso(scheduled.start)}: \`incident resolve\` completes it.`);
  }
  if (isOccurrence && scheduled && status === 'completed' && now < scheduled.start)
    throw new Refused(`It begins at ${iso(scheduled.start)}: \`maintenance cancel ${id}\` calls it off.`);
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find(word => word === given);
  if (!found) throw new Misuse(`--${option}: "${given}" is not one of ${joinWithOr(known)}.`);
  return found;
}

function choose<T extends string>(message: string, words: readonly T[]): Promise<string> {
  return select({ message, choices: words.map(value => ({ value })) });
}

function askComponents(components: Site['components'], title: string): Promise<string[]> {
  const message = 'Which components? (none selected: none changes its colour)';
  return checkbox({ message, choices: componentChoices(components, title) });
}

/** The choices of the question. Components named in the title are already ticked, as in a file without `components`. */
export function componentChoices(components: Site['components'], title: string) {
  const named = new Set(namedIn(title, components));
  return components.map(one => ({ value: one.id, name: one.name, checked: named.has(one) }));
}
