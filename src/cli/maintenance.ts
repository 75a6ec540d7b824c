// `maintenance new`: announces a maintenance, once or by a rule.
import { parseArgs } from 'node:util';
import { checkbox, input } from '@inquirer/prompts';
import { printIncident } from '../core/incidents/file/print.ts';
import { namedIn } from '../core/model/incident.ts';
import type { Site } from '../core/model/site.ts';
import { iso } from '../core/model/time.ts';
import { type Cli, type Command, Misuse } from './shared/command.ts';
import { freeId, idsOf, momentOf, settle, templateOf, wordsOf } from './shared/draft.ts';
import { presentContent } from './shared/incident-files.ts';
import { readableSite } from './shared/readable-site.ts';

export const maintenance: readonly Command[] = [
  {
    name: 'maintenance new',
    usage:
      '--title T --start T --end T --components a,b --message M [--rrule RULE] [--template NAME] [--edit] [--yes]',
    summary: 'announce a maintenance',
    help: '--components are the ids that the work may interrupt, all, or "" for none; without it those named in the title.\n--start is ISO 8601 or a duration from now; --end ISO 8601 or a duration from the start (2h).\n--rrule repeats it: FREQ=WEEKLY;BYDAY=SU. --yes writes without asking.',
    run: create,
  },
];

async function create(args: readonly string[], cli: Cli): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      title: { type: 'string' },
      start: { type: 'string' },
      end: { type: 'string' },
      components: { type: 'string' },
      message: { type: 'string' },
      rrule: { type: 'string' },
      template: { type: 'string' },
      yes: { type: 'boolean', short: 'y', default: false },
      edit: { type: 'boolean', default: false },
    },
  });
  const { site } = await readableSite(cli);
  const template = await templateOf(values.template, cli);
  const ask = async (option: 'title' | 'start' | 'end', message: string) => {
    const given = values[option] ?? (option === 'title' ? template.fields.title : undefined);
    if (typeof given === 'string') return given;
    if (!cli.interactive || values.yes) throw new Misuse(`--${option} is missing.`);
    return input({ message, required: true });
  };
  const now = cli.clock();
  const title = await ask('title', 'What is done?');
  const start = momentOf('start', await ask('start', 'When does it begin (UTC, or 2h from now)?'), now);
  const end = momentOf('end', await ask('end', 'When does it end (or how long: 90m)?'), start);
  let message =
    values.message === undefined || values.edit ? (values.message ?? template.body) : wordsOf(values.message);
  if (message === '') {
    if (!cli.interactive || values.yes) throw new Misuse('--message is missing.');
    message = await input({
      message: 'What do visitors notice, in a line? (--edit for more)',
      required: true,
    });
  }
  const listed = template.fields.components;
  const components =
    idsOf(values.components) ??
    (Array.isArray(listed) ? listed.map(String) : typeof listed === 'string' ? [listed] : null);
  const isNamed = components !== null || namedIn(title, site.components).length > 0;
  const covered = isNamed || !cli.interactive || values.yes ? components : await askComponents(site);
  if (end <= now && !values.rrule) {
    cli.err(
      `This maintenance ended at ${iso(end)}. It is over already: subscribers will be told of a past maintenance.`,
    );
  }
  const files = await (await presentContent(cli)).incidents();
  const id = freeId(now, title, taken => files.text(taken) !== undefined);
  const text = printIncident({
    title,
    status: 'scheduled',
    severity: null,
    started: now,
    components: covered,
    openedBy: null,
    message,
    scheduled: { start, end },
    ...(values.rrule ? { rrule: values.rrule } : {}),
  });
  return settle({ id, text, before: null }, site, cli, values);
}

/** A maintenance covers what it names, and nothing else: whoever named nothing is asked. */
function askComponents({ components }: Site): Promise<string[]> {
  const message =
    'Which components does the work interrupt? (none ticked: what fails meanwhile is an outage)';
  return checkbox({ message, choices: components.map(({ id, name }) => ({ value: id, name })) });
}
