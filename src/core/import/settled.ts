// What holds for every import, whatever its source: plans that are over are told to nobody, and nothing is without a name.
import { parse } from 'yaml';
import { cutFile, joinFile } from '../incidents/file/edit.ts';
import { parseIncident } from '../incidents/file/parse.ts';
import { shownTitle } from '../incidents/file/schema.ts';
import { stateAt } from '../incidents/maintenance.ts';
import { type Millis, parseInstant } from '../model/time.ts';
import { oneLine } from '../text/printable.ts';
import type { ComponentName, Imported, ImportedIncident, ImportRemark } from './imported.ts';

/** What an importer found, as it is written. @param now epoch ms */
export function settled(imported: Imported, now: Millis): Imported {
  const remarks: ImportRemark[] = [...imported.remarks];
  const named = <Named extends ComponentName>(one: Named): Named =>
    oneLine(one.name) === '' ? { ...one, name: one.id } : one;
  for (const { id, name } of imported.components)
    if (oneLine(name) === '')
      remarks.push({
        file: 'components',
        kind: 'changed',
        what: `one has no name: it is called by its id, “${id}”`,
      });
  const incidents = imported.incidents.map((one): ImportedIncident => {
    const text = titled(one.text);
    const what = `the title of incidents/${one.id}.md is empty: it is called “${titleIn(text)}”`;
    if (text !== one.text) remarks.push({ file: one.file, kind: 'changed', what });
    const { asEndedAt, asSeenAt } = one;
    return {
      ...one,
      text: quietOnceOver(text, now),
      ...(asEndedAt ? { asEndedAt: at => asEndedAt(at).map(titled) } : {}),
      ...(asSeenAt ? { asSeenAt: at => titled(asSeenAt(at)) } : {}),
    };
  });
  return {
    ...imported,
    components: imported.components.map(named),
    named: imported.named.map(named),
    incidents,
    remarks,
  };
}

const TITLE = /^---\ntitle: (.*)$/m;

function titleIn(text: string): string {
  return shownTitle(String(parse(TITLE.exec(text)?.[1] ?? '')));
}

/** A text whose title would show nothing gets the name of its kind. */
function titled(text: string): string {
  if (titleIn(text) !== '') return text;
  const isPlanned = /^scheduled_start: /m.test(cutFile(text)?.front ?? '');
  return text.replace(TITLE, `---\ntitle: ${isPlanned ? 'Maintenance' : 'Incident'}`);
}

/** A plan whose end is past is told to nobody, as an incident that is over; work that goes on is told when it ends. */
function quietOnceOver(text: string, now: Millis): string {
  const cut = cutFile(text);
  if (!cut || /^(?:rrule|notify): /m.test(cut.front)) return text;
  const end = parseInstant(/^scheduled_end: (.*)$/m.exec(cut.front)?.[1] ?? '');
  if (end === null || end > now) return text;
  const { value } = parseIncident('', '', text);
  if (!value || stateAt(value, now) !== 'completed') return text;
  return joinFile({ ...cut, front: `${cut.front}\nnotify: false` });
}
