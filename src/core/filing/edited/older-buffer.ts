// Saves from an older buffer: an editor had the file open while a program wrote to it, and wrote that away.
import { asOpen } from '../../incidents/file/edit.ts';
import { parseIncident } from '../../incidents/file/parse.ts';
import { mergeIncident } from '../../incidents/merge/merge.ts';
import { matched } from '../../incidents/merge/section-order.ts';
import { cutIncident, type Units } from '../../incidents/merge/units.ts';
import { isOpen } from '../../model/incident.ts';

/**
 * The text of such a save with what it lost; null where a save is none. It has the sections of an earlier version, none of
 * those that came since, and something new. A save that only takes away does so on purpose, and a file that has no
 * `opened_by` any more is its operator's.
 * @param versions the texts that programs replaced, oldest first
 * @param before the file as it was last seen
 */
export function withLost(versions: readonly string[], before: string, text: string): string | null {
  const [last, saved] = [before, text].map(one => parseIncident('', '', one).value);
  const units = [before, text].map(cutIncident);
  if (!last || !saved || saved.isPartlyUnreadable || !units[0] || !units[1]) return null;
  if (last.openedBy !== null && saved.openedBy === null) return null;
  const [present, mine] = units as [Units, Units];
  const from = versions.find(one => {
    const version = cutIncident(one);
    return version !== null && isFrom(version, present, mine);
  });
  const base = from === undefined ? null : parseIncident('', '', from).value;
  if (!base || from === undefined) return null;
  // Who wrote in it knew nothing of the end.
  const theirs = !isOpen(last) && isOpen(base) && isOpen(saved) ? asOpen(text, base.status) : text;
  const merged = mergeIncident(from, before, theirs, 'ours');
  return merged?.kind === 'merged' && parseIncident('', '', merged.text).value ? merged.text : null;
}

/**
 * Whether a change is one that the command line or the API makes: one more section, dated to the second, and otherwise
 * `status:` and `resolved:` alone. Nothing but the file tells of a command.
 */
export function isUpdateOfProgram(before: string, text: string): boolean {
  const [was, is] = [before, text].map(cutIncident);
  if (!was || !is || is.sections.length !== was.sections.length + 1) return false;
  const from = matched(was.sections, is.sections);
  const added = is.sections[from.indexOf(undefined)];
  const left = is.sections.filter(one => one !== added);
  return (
    added !== undefined && PROGRAMS.test(added.same) && wordsOf({ ...is, sections: left }) === wordsOf(was)
  );
}

/** The heading of a section that a program writes. */
const PROGRAMS = /^## [A-Z][a-z ]* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/;

/** Whether a save was made of an earlier version: it keeps all its sections, none of the later ones, and adds to it. */
function isFrom(version: Units, present: Units, mine: Units): boolean {
  const known = matched(version.sections, present.sections);
  const kept = new Set(matched(present.sections, mine.sections));
  const isLost = (place: number) => known[place] !== undefined || !kept.has(place);
  const isLater = known.includes(undefined) && [...known.keys()].every(isLost);
  const isWhole = new Set(matched(version.sections, mine.sections).filter(one => one !== undefined));
  const isAsBefore = stateOf(version) === stateOf(present);
  return (
    isLater &&
    isWhole.size === version.sections.length &&
    (isAsBefore || stateOf(mine) !== stateOf(present)) &&
    wordsOf(mine) !== wordsOf(version)
  );
}

const STATE: readonly string[] = ['status', 'resolved'];

function stateOf({ entries }: Units): string {
  return JSON.stringify(STATE.map(key => entries.find(one => one.key === key)?.value));
}

/** All that a person may have written, but for the state. */
function wordsOf({ entries, preface, sections }: Units): string {
  const front = entries.filter(({ key }) => !STATE.includes(key)).map(({ key, value }) => [key, value]);
  return JSON.stringify([front, preface.same, sections.map(({ same }) => same)]);
}
