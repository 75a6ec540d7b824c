// Finds the incident that a command is about: by its id, a part of it, or a choice in a terminal.
import path from 'node:path';
import { select } from '@inquirer/prompts';
import { asOf } from '../../core/incidents/as-of.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { occurrenceOn, readOccurrenceId } from '../../core/incidents/recurrence.ts';
import { type Incident, isOpen, keyOf } from '../../core/model/incident.ts';
import { nearestWord, printProblem } from '../../core/model/problem.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import { stableId } from '../../web/statuspage/ids.ts';
import { type Arguments, type Cli, Misuse, Refused, shown } from '../shared/command.ts';
import { presentContent, withFormerIds, withToldPlans } from '../shared/incident-files.ts';

/** Whether a command may ask for what was not typed. */
export function mayBeAsked({ flags }: Arguments, { interactive }: Cli): boolean {
  return interactive && !flags.has('yes');
}

/**
 * Where nothing may be asked: throws Misuse that names every missing one of the id and `more`; Refused if there is nothing
 * that the id could name.
 */
export async function requireId(
  typed: Arguments,
  more: Readonly<Record<string, unknown>>,
  cli: Cli,
  isMeant: (one: Incident) => boolean = isOpen,
): Promise<void> {
  if (mayBeAsked(typed, cli)) return;
  if (!typed.words[0] && !(await (await presentContent(cli)).incidents()).incidents.some(isMeant))
    throw new Refused(NONE_MEANT);
  typed.require({ ID: typed.words[0], ...more });
}

const NONE_MEANT = `There is none that is open or ahead. \`${statusCommand('incident list --all')}\` shows all.`;

export interface Existing {
  readonly incident: Incident;
  readonly text: string;
  /** The occurrence of a series that the id names. */
  readonly part: ReturnType<typeof occurrenceOn>;
}

/**
 * The incident that was typed, and its text; the one that `isMeant` if there is one alone, else the one that is picked, if
 * none was typed in a terminal. Throws Refused if there is none, or if what was typed fits several.
 */
export async function existing(
  typed: Arguments,
  zone: string,
  cli: Cli,
  isMeant: (one: Incident) => boolean = isOpen,
): Promise<Existing> {
  const files = await (await presentContent(cli)).incidents();
  const ids = files.incidents.map(one => one.id);
  const word = typed.words[0] || (await picked(files.incidents.filter(isMeant), cli));
  const plain = path.basename(word).replace(/\.md$/i, '');
  const named = files.text(plain) === undefined ? readOccurrenceId(plain) : null;
  const wanted = named?.series ?? plain;
  const file =
    files.text(wanted) === undefined
      ? ((await idBefore(wanted, files.incidents, cli)) ?? idLike(wanted, ids))
      : wanted;
  const [incident] = await withToldPlans(
    files.incidents.filter(one => one.id === file),
    cli,
  );
  const text = files.text(file);
  // A file with an error cannot be extended, even if an earlier version is known.
  if (incident && text !== undefined && parseIncident('', file, text).value) {
    const part = named && occurrenceOn(incident, named.day, zone);
    for (const problem of files.duplicatesOf(file)) cli.err(printProblem(problem));
    if (named && !part)
      throw new Refused(
        `"${file}" has no occurrence that begins on ${named.day} (${incident.timezone ?? zone}).`,
      );
    const now = cli.clock();
    return { incident: asOf(incident, now, () => now), text, part };
  }
  const wrong = files.problems.find(({ where }) => where === files.fileOf(file));
  if (wrong) throw new Refused(printProblem(wrong));
  const open = files.incidents.filter(isOpen).map(one => one.id);
  const near = nearestWord(file, ids);
  const all = statusCommand('incident list --all');
  const those = open.length > 0 ? `open: ${open.join(', ')}` : `none is open; \`${all}\` lists all`;
  const folder = shown(path.join(cli.env.statusDir, 'incidents'), cli);
  throw new Refused(
    `There is no incident "${plain}" in ${folder} — ${near ? `did you mean ${near}?` : those}`,
  );
}

/** Today's id for a former one, or for that of `/api/v2`; undefined if it is none. */
async function idBefore(name: string, incidents: readonly Incident[], cli: Cli): Promise<string | undefined> {
  const known = await withFormerIds(incidents, cli);
  const is = (one: Incident) => one.aliases?.includes(name) || stableId('incident', keyOf(one)) === name;
  return known.find(is)?.id;
}

/** The only id whose part behind the date is `typed`, else the only one that, or its part behind the date, begins with it. */
function idLike(typed: string, ids: readonly string[]): string {
  const name = (id: string) => id.replace(/^\d{8}_/, '');
  const same = ids.filter(id => name(id) === typed);
  const found = same.length > 0 ? same : ids.filter(id => id.startsWith(typed) || name(id).startsWith(typed));
  if (typed === '' || found.length === 0) return typed;
  if (found.length > 1) throw new Refused(`"${typed}" may be ${found.sort().join(', ')}: type more of it.`);
  return found[0]!;
}

async function picked(meant: readonly Incident[], cli: Cli): Promise<string> {
  if (!cli.interactive) throw new Misuse('Give the incident: `incident list` shows their ids.');
  const [only, ...more] = meant;
  if (!only) throw new Refused(NONE_MEANT);
  if (more.length > 0) {
    const choices = meant.map(({ id, title }) => ({ value: id, name: `${title} (${id})` }));
    return select({ message: 'Which one?', choices });
  }
  cli.out(`${only.title} (${only.id})\n`);
  return only.id;
}
