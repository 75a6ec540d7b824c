// Any message as it stands in an incident file: nothing in it ends, cuts or hides what stands around it.
import { readComments, type ShownLine, withoutComments } from '../../text/comments.ts';
import { isMark } from '../../text/conflict-markers.ts';
import { oneLine } from '../../text/printable.ts';
import { cutSections } from './timeline.ts';

/** The longest message that is taken, characters. */
export const MAX_MESSAGE = 20_000;

/** Whether nothing of a message is shown to anybody: it is empty, blank, or a comment. */
export function isSilent(message: string): boolean {
  return oneLine(withoutComments(message)) === '';
}

/**
 * A message as it stands in a file: what of it reads as a heading of ours would cut the timeline, and is made
 * smaller; a code fence nobody closed would swallow the older updates, and is closed; a comment nobody closed is made
 * text; git's marks of a conflict would keep the whole file from being read, and are escaped.
 */
export function defuse(message: string): string {
  const text = harmlessLines(message.replace(/\r\n?/g, '\n').trim());
  const cut = cutSections(text);
  const lines = text.split('\n');
  // A comment that nothing closes would end with the first arrow beneath.
  for (const { line, column } of [...cut.unclosed].reverse()) {
    const at = lines[line - 1]!;
    lines[line - 1] = `${at.slice(0, column - 1)}\\${at.slice(column - 1)}`;
  }
  const ours = new Set([...cut.sections, ...cut.wrong, ...cut.unreadable].map(({ line }) => line));
  const headings = readComments(text).lines.flatMap((shown, index) =>
    isHeading(shown, HEADING) ? index + 1 : [],
  );
  // So many that a file's are no longer all read, or further down than is read: any may be one.
  const from = headings.length > MAX_PASTED ? 1 : (cut.stopped?.line ?? lines.length + 1);
  for (const line of headings) {
    if (ours.has(line) || line >= from) lines[line - 1] = `####${lines[line - 1]}`;
  }
  return [...lines, ...(cut.openFence === null ? [] : [cut.openFence])].join('\n');
}

/** More headings in one message are those of a pasted document. */
const MAX_PASTED = 100;
const HEADING = /^##(?=\s)/;
const POSTMORTEM = /^##\s+post-?\s?mortem(\s+#+)?\s*$/i;

/**
 * Lines that mean something by themselves, wherever they stand: the heading of a post-mortem, each of which counts, and
 * git's marks, which are moved by a space where they are code and a backslash would show.
 */
function harmlessLines(text: string): string {
  const lines = text.split('\n');
  const isMarked = lines.some(line => isMark(line, true));
  const { lines: shown } = readComments(text);
  return lines
    .map((line, index) => {
      if (isHeading(shown[index]!, POSTMORTEM)) return `#${line}`;
      if (!isMarked || !isMark(line, false)) return line;
      return shown[index]!.fenced ? ` ${line}` : `\\${line}`;
    })
    .join('\n');
}

function isHeading({ text, fenced, within }: ShownLine, pattern: RegExp): boolean {
  return !fenced && !within && pattern.test(text);
}
