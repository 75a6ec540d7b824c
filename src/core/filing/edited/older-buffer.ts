// Saves from an older buffer: an editor had the file open while a program wrote to it, and wrote that away.
import { parseIncident } from '../../incidents/file/parse.ts';
import { withSave } from '../../incidents/merge/merge.ts';
import { matched } from '../../incidents/merge/section-order.ts';
import { cutIncident, type MergeUnit, type Units } from '../../incidents/merge/units.ts';
import { isFinal } from '../../model/incident.ts';

/**
 * The text of such a save with what it lost; null where a save is none. It has the sections of an earlier version, nothing
 * of what came since, and something new. A save that only takes away does so on purpose, and a file that has no
 * `opened_by` any more is its operator's.
 * @param versions the texts that programs replaced, oldest first
 * @param before the file as it was last seen
 */
export function withLost(versions: readonly string[], before: string, text: string): string | null {
  const [last, saved] = [before, text].map(one => parseIncident('', '', one).value);
  const [present, mine] = [before, text].map(cutIncident);
  if (!last || saved?.isPartlyUnreadable || !present || !mine) return null;
  // For want of `resolved:`, which may be what the save lost.
  const lacksEnd = !mine.entries.some(({ key, value }) => key === 'resolved' && value !== 'null');
  if (saved === null && !lacksEnd) return null;
  if (last.openedBy !== null && !mine.entries.some(({ key }) => key === 'opened_by')) return null;
  const isOpenedAgain = isFinal(last.status) && saved !== null && !isFinal(saved!.status);
  const found = versions.flatMap(one => {
    const version = cutIncident(one);
    if (!version || !isFrom(version, present, mine, isOpenedAgain)) return [];
    return [{ text: one, distance: newIn(version, mine).length + newIn(mine, version).length }];
  });
  // Of versions that are as near, the latest.
  const [base] = found.toReversed().sort((one, other) => one.distance - other.distance);
  const whole = base ? withSave(base.text, before, text) : null;
  return whole !== null && parseIncident('', '', whole).value ? whole : null;
}

/**
 * Whether a change is one that a command makes: sections more, dated to the second, and none less. Nothing but the file tells of
 * a command.
 */
export function isUpdateOfProgram(before: string, text: string): boolean {
  const [was, is] = [before, text].map(cutIncident);
  if (!was || !is || !hasSectionsOf(was, is)) return false;
  const added = addedIn(is, was);
  return added.length > 0 && added.every(({ same }) => PROGRAMS.test(same));
}

/** The heading of a section that a program writes. */
const PROGRAMS = /^## [A-Z][a-z ]* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(\n|$)/;

/** What two people may well set to the same: it does not tell that one knew what the other wrote. */
const COMMON = /^(status|severity|components): /;
const STATE = /^(status|resolved): /;

/** @param isOpenedAgain whether the save opens what is over: that is no news, because it may be what was taken away. */
function isFrom(version: Units, present: Units, mine: Units, isOpenedAgain: boolean): boolean {
  const since = newIn(present, version);
  const lost = addedIn(present, version);
  const news = newIn(mine, version).filter(
    one => !since.includes(one) && !(isOpenedAgain && STATE.test(one)),
  );
  const said = saysOf(mine);
  const known = since.filter(one => said.includes(one) && !(lost.length > 0 && COMMON.test(one)));
  const isKnown = (one: MergeUnit) => mine.sections.some(other => isSaidBy(one, other));
  return (
    since.length > 0 &&
    news.length > 0 &&
    known.length === 0 &&
    !lost.some(isKnown) &&
    hasSectionsOf(version, mine)
  );
}

/** Whether a section stands there with its heading or its words: a person changes one of the two at most. */
function isSaidBy(section: MergeUnit, other: MergeUnit): boolean {
  const [[heading, words], [itsHeading, itsWords]] = [section, other].map(headingAndWords) as [Said, Said];
  return heading === itsHeading || (words !== '' && words === itsWords);
}

type Said = readonly [heading: string, words: string];

function headingAndWords({ same }: MergeUnit): Said {
  const [heading = '', ...words] = same.split('\n');
  return [heading.trim(), words.join('\n').trim()];
}

/** The sections that an earlier version had not. */
function addedIn({ sections }: Units, version: Units): readonly MergeUnit[] {
  const from = matched(version.sections, sections);
  return sections.filter((_, place) => from[place] === undefined);
}

/** Whether all sections of an earlier version are there, with other words perhaps. */
function hasSectionsOf(version: Units, { sections }: Units): boolean {
  const found = matched(version.sections, sections).filter(one => one !== undefined);
  return found.length === version.sections.length;
}

/** What a file says that the other does not: values, the preface and sections. */
function newIn(units: Units, other: Units): readonly string[] {
  const known = saysOf(other);
  return saysOf(units).filter(one => !known.includes(one));
}

function saysOf({ entries, preface, sections }: Units): readonly string[] {
  const values = entries.map(({ key, value }) => `${key}: ${value}`);
  const words = [preface, ...sections].map(({ same }) => same);
  return [...values, ...words].filter(one => one !== '');
}
