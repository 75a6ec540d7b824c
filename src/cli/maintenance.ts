// `maintenance new`: announces a maintenance, once or recurring.
import { checkbox, input } from '@inquirer/prompts';
import { printIncident } from '../core/incidents/file/print.ts';
import { namedIn } from '../core/model/incident.ts';
import type { Site } from '../core/model/site.ts';
import { iso } from '../core/model/time.ts';
import { type Command, command } from './shared/command.ts';
import { freeId, idsOf, lacking, messageOf, momentOf, settle, templateOf } from './shared/draft.ts';
import { readableSite } from './shared/readable-site.ts';

export const maintenance: readonly Command[] = [
  command(
    {
      name: 'maintenance new',
      usage:
        '--title T --start T --end T --components a,b --message M [--rrule RULE] [--template NAME] [--edit] [--yes]',
      summary: 'announce a maintenance',
      help: '--components lists the ids that the work may interrupt, all, or "" for none. Without it, the components named in the\ntitle count. --start is ISO 8601 or a duration from now; --end ISO 8601 or a duration from the start (2h).\n--rrule repeats it: FREQ=WEEKLY;BYDAY=SU. --yes writes without asking.',
    },
    async (typed, cli) => {
      const { options, flags } = typed;
      const { site } = await readableSite(cli);
      const template = await templateOf(options.template, cli);
      const mayAsk = cli.interactive && !flags.has('yes');
      const ask = async (option: string, message: string, given = options[option]) =>
        given ?? (mayAsk ? input({ message, required: true }) : lacking(option));
      const now = cli.clock();
      const title = await ask('title', 'What will be done?', options.title ?? template.text('title'));
      const start = momentOf('start', await ask('start', 'When does it begin (UTC, or 2h from now)?'), now);
      const end = momentOf('end', await ask('end', 'When does it end (or how long: 90m)?'), start);
      const message = await messageOf(
        typed,
        template,
        mayAsk,
        'What do visitors notice? (one line; --edit for more)',
      );
      const named = idsOf(options.components) ?? template.components;
      const isNamed = named !== undefined || namedIn(title, site.components).length > 0;
      const components = isNamed || !mayAsk ? (named ?? null) : await askComponents(site);
      if (end <= now && !options.rrule) {
        cli.err(
          `This maintenance ended at ${iso(end)}: subscribers will get an update about a past maintenance.`,
        );
      }
      const printed = {
        title,
        status: 'scheduled',
        severity: null,
        started: now,
        components,
        openedBy: null,
        message,
        scheduled: { start, end },
        ...(options.rrule ? { rrule: options.rrule } : {}),
      } as const;
      const id = await freeId(now, title, cli);
      return settle({ id, text: printIncident(printed), before: null }, site, typed, cli);
    },
  ),
];

/** A maintenance covers only the components it names, so ask if none was given. */
function askComponents({ components }: Site): Promise<string[]> {
  const message =
    'Which components does the work interrupt? (none selected: a failure during the work is an outage)';
  return checkbox({ message, choices: components.map(({ id, name }) => ({ value: id, name })) });
}
