// Whether an incident file is still as an earlier import wrote it, while its source went on: then its newer text may replace it.
import { cutFile } from '../incidents/file/edit.ts';
import { isFinal, type UpdateStatus } from '../model/incident.ts';
import { type Millis, parseInstant } from '../model/time.ts';
import { count } from '../text/count.ts';
import type { ImportedIncident } from './imported.ts';

/** What the source may change by going on, while an incident is open. */
const CHANGING = [
  'status',
  'resolved',
  'severity',
  'components',
  'notify',
  'scheduled_start',
  'scheduled_end',
];

/** What a file here is beside the text that its source gives today. */
export type Beside =
  | { readonly is: 'same' | 'older' }
  /** Somebody changed it here, or the source changed what it had said: `what` tells the difference, without a full stop. */
  | { readonly is: 'other'; readonly what: string };

type ImportedText = Pick<ImportedIncident, 'text' | 'asEndedAt' | 'asSeenAt' | 'isRenewed'>;

/**
 * @param here the text of the file, with any line ends
 * @param there what an import would write today
 */
export function besideSource(here: string, there: ImportedText): Beside {
  const text = here.replaceAll('\r\n', '\n');
  if (text === there.text) return { is: 'same' };
  if (there.asSeenAt && momentsIn(text).some(moment => there.asSeenAt?.(moment) === text))
    return { is: there.isRenewed ? 'older' : 'same' };
  const [ours, theirs] = [partsOf(text), partsOf(there.text)];
  const keys = [...new Set([...ours.front.keys(), ...theirs.front.keys()])];
  const changed = keys.filter(key => ours.front.get(key) !== theirs.front.get(key));
  const own = ours.sections.filter(one => !theirs.sections.includes(one));
  const more = theirs.sections.filter(one => !ours.sections.includes(one));
  const mayChange = ours.isOver ? [] : CHANGING;
  const goesOn = more.length > 0 || (theirs.isOver && !ours.isOver);
  const foreign = goesOn ? changed.filter(key => !mayChange.includes(key)) : changed;
  if (goesOn && own.length + foreign.length === 0) return { is: 'older' };
  const end = ours.front.get('resolved') ?? '';
  const at = parseInstant(end);
  if (at !== null && end < (theirs.front.get('resolved') ?? '') && there.asEndedAt?.(at).includes(text))
    return { is: 'older' };
  const isOver = theirs.isOver && !ours.isOver ? ['is over'] : [];
  const news = [...(more.length > 0 ? [`has ${count(more.length, 'other section')}`] : []), ...isOver];
  const differs = [...foreign, ...(own.length > 0 ? [count(own.length, 'section')] : [])];
  const what = differs.join(', ') || 'the order or the spaces';
  return { is: 'other', what: news.length > 0 ? `${what}; the source ${news.join(' and ')}` : what };
}

/** The front matter by key, a line that is none of its own by itself, and the sections without what says that they are quiet. */
function partsOf(text: string) {
  const { front = '', body = [] } = cutFile(text) ?? { body: text.split('\n') };
  const lines = front.split('\n').map(line => {
    const [, key = line, value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
    const isCommented = CHANGING.includes(key) && value.includes('#');
    return [isCommented ? line : key, value] as const;
  });
  const sections = body
    .slice(1)
    .join('\n')
    .split(/^(?=## )/m);
  const byKey = new Map(lines);
  return {
    front: byKey,
    isOver: byKey.has('resolved') || byKey.has('notify') || isFinal(byKey.get('status') as UpdateStatus),
    sections: sections.map(bare).filter(one => one !== ''),
  };
}

/** The times that a file says for its beginning and its sections. */
function momentsIn(text: string): Millis[] {
  const said = text.matchAll(/^(?:started: |## \D*)(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})/gm);
  return [...said].flatMap(([, day, time]) => parseInstant(`${day}T${time}Z`) ?? []);
}

function bare(section: string): string {
  const loud = section.replace(/^(## .*\n(?:\w+:.*\n)*?)notify: false\n/, '$1');
  return loud.replace(/^(## .*\n)\n+/, '$1').trim();
}
