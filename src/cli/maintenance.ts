// `maintenance new`: announces a maintenance, once or recurring.
import { checkbox, input } from '@inquirer/prompts';
import { printIncident } from '../core/incidents/file/print.ts';
import { isZone } from '../core/incidents/times/zone.ts';
import { namedIn } from '../core/model/incident.ts';
import type { Site } from '../core/model/site.ts';
import { iso, type Millis } from '../core/model/time.ts';
import { update } from './incident.ts';
import { mayBeAsked } from './incidents/existing.ts';
import { acceptedBy, type Command, command, Misuse } from './shared/command.ts';
import { idsOf } from './shared/components.ts';
import { freeId, messageOf, settle, templateOf, timeOfOption } from './shared/draft.ts';
import { readableSite } from './shared/readable-site.ts';

export const maintenance: readonly Command[] = [
  command(
    {
      name: 'maintenance new',
      usage:
        '--title T --start T --end T --components a,b --message M [--rrule RULE] [--timezone ZONE] [--template NAME] [--edit] [--yes]',
      summary: 'announce a maintenance',
      help: '--components lists what the work may interrupt, by id or name, all, or "" for none. Without it, the components named in the\ntitle count. --start is ISO 8601 or a duration from now; --end ISO 8601 or a duration from the start (2h).\nTimes without a zone are in --timezone, or else in that of status.yaml. --rrule repeats it, at the same local time\nof that zone: FREQ=WEEKLY;BYDAY=SU. --yes writes without asking.',
      example:
        '--title "New disks" --start 2026-12-06T02:00 --end 2h --components Database --message "It may be slow." --yes',
    },
    async (typed, cli) => {
      const { options } = typed;
      const { site } = await readableSite(cli);
      const template = await templateOf(options.template, cli);
      const mayAsk = mayBeAsked(typed, cli);
      if (!mayAsk) {
        const given = {
          title: options.title ?? template.text('title'),
          start: options.start,
          end: options.end,
        };
        typed.require({ ...given, message: options.message ?? (template.body || undefined) });
      }
      const ask = async (message: string, given: string | undefined) =>
        given ?? input({ message, required: true });
      const now = cli.clock();
      const title = await ask('What will be done?', options.title ?? template.text('title'));
      const zone = options.timezone ?? site.timezone;
      if (!isZone(zone)) throw new Misuse(`--timezone: "${zone}" is not a time zone; write Europe/Berlin.`);
      const askTime = async (option: 'start' | 'end', question: string, from: Millis) => {
        const read = (text: string) => timeOfOption(option, text, from, zone);
        const validate = (text: string) => acceptedBy(() => read(text));
        return read(options[option] ?? (await input({ message: question, required: true, validate })));
      };
      const start = await askTime('start', `When does it begin (${zone}, or 2h from now)?`, now);
      const end = await askTime('end', 'When does it end (or how long: 90m)?', start);
      const message = await messageOf(
        typed,
        template,
        'What do visitors notice? (one line; --edit for more)',
      );
      const named = idsOf(options.components, site.components) ?? template.components;
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
        ...(options.timezone ? { timezone: zone } : {}),
      } as const;
      const id = await freeId(now, title, cli);
      return settle({ id, text: printIncident(printed), before: null }, site, typed, cli);
    },
  ),
  command(
    {
      name: 'maintenance cancel',
      usage: '[ID] --message M [--at T] [--edit] [--yes]',
      summary: 'call off a maintenance, or one occurrence of a recurring one',
      help: 'ID is the file name without .md, or a part of it that fits no other; in a terminal it may be left out. Of a recurring maintenance, name one occurrence by its day: ID--2026-12-06. It is\nshown as cancelled on the page and in calendars, and told to everybody the maintenance concerns. What has begun\nis ended with `incident resolve`. --yes writes without asking.',
      example: 'new-disks --message "They have not come." --yes',
    },
    (typed, cli) => update(typed, cli, 'cancel'),
  ),
];

/** A maintenance covers only the components it names, so ask if none was given. */
function askComponents({ components }: Site): Promise<string[]> {
  const message =
    'Which components does the work interrupt? (none selected: a failure during the work is an outage)';
  return checkbox({ message, choices: components.map(({ id, name }) => ({ value: id, name })) });
}
