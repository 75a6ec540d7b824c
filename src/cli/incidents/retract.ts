// `incident retract ID`: ends an incident that was opened by mistake, as one that affected nothing.
import { endedAt } from '../../core/incidents/ending.ts';
import { cutFile, editFront, joinFile, setValues } from '../../core/incidents/file/edit.ts';
import { parseIncident } from '../../core/incidents/file/parse.ts';
import { type Addition, updated } from '../../core/incidents/file/print.ts';
import { cutSections } from '../../core/incidents/file/timeline.ts';
import type { Incident } from '../../core/model/incident.ts';
import { type Arguments, type Cli, Misuse, Refused } from '../shared/command.ts';
import { settle } from '../shared/draft.ts';
import { siteIfReadable } from '../shared/readable-site.ts';
import { existing, requireId } from './existing.ts';

/** What the last section of a retracted incident begins with. */
const BY_MISTAKE = 'Opened by mistake.';

export async function retract(typed: Arguments, cli: Cli): Promise<number> {
  const site = await siteIfReadable(cli);
  await requireId(typed, {}, cli);
  const { incident, text } = await existing(typed, site?.timezone ?? 'UTC', cli);
  const { id, scheduled } = incident;
  if (scheduled) throw new Misuse(`"${id}" is a maintenance: \`maintenance cancel\` calls it off.`);
  if (isRetracted(incident)) throw new Refused(`"${id}" is retracted already.`);
  const { message = '' } = typed.options;
  const changed = retracted(text, {
    status: 'resolved',
    at: cli.clock(),
    message: [BY_MISTAKE, message].join(' ').trim(),
    afterwards: endedAt(incident) === null ? undefined : 'update',
  });
  if (changed === null) {
    throw new Refused(
      'This file is written in an unusual way: set `components: []` in it yourself, and end it with `incident resolve`.',
    );
  }
  return settle({ id, text: changed, before: text }, site, typed, cli);
}

/**
 * The text of a retracted incident: with the end, and with `components: []` wherever it names components. All other
 * bytes stay. Null if the file is written in a way that cannot be edited so.
 */
function retracted(source: string, end: Addition): string | null {
  const ended = updated(source, end);
  const cut = ended === null ? null : cutFile(editFront(ended, { components: [] }));
  if (!cut) return null;
  const [close, ...body] = cut.body as [string, ...string[]];
  // From the last on: the lines of those before stay where they are.
  for (const { line, fields } of cutSections(body.join('\n'), 'resolved').sections.toReversed()) {
    if (fields === null || !/^components\s*:/m.test(fields)) continue;
    const count = fields.split('\n').length;
    const edited = setValues(body.slice(line, line + count).join('\n'), { components: '[]' });
    body.splice(line, count, ...edited.split('\n'));
  }
  const text = joinFile({ ...cut, body: [close, ...body] });
  const read = parseIncident('', '', text).value;
  return read && isWithoutEffect(read) ? text : null;
}

/** Whether an incident was retracted. */
function isRetracted(incident: Incident): boolean {
  return isWithoutEffect(incident) && incident.updates.some(({ body }) => body.startsWith(BY_MISTAKE));
}

function isWithoutEffect({ components, updates }: Incident): boolean {
  const lists = updates.flatMap(({ change }) => change?.components ?? []);
  return components?.length === 0 && lists.length === 0;
}
