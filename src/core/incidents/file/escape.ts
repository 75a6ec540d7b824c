// Makes any message safe for an incident file: nothing in it ends, cuts or hides other text.
import { readComments, type ShownLine, withoutComments } from '../../text/comments.ts';
import { isConflictMarker } from '../../text/conflict-markers.ts';
import { markdownAsWords, renderMarkdown } from '../../text/markdown.ts';
import { oneLine } from '../../text/printable.ts';
import { isPostmortem, reportLevel } from './prose-heading.ts';
import { headingText } from './reports.ts';
import { cutSections } from './timeline.ts';

/** The longest message that is accepted, characters. */
export const MAX_MESSAGE = 20_000;

/** Whether a message shows nothing: empty, blank, only a comment, or markdown without words (`#`, `&nbsp;`). */
export function isSilent(message: string): boolean {
  const shown = withoutComments(message);
  return oneLine(markdownAsWords(shown)) === '' && !renderMarkdown(shown).includes('<img');
}

/**
 * A message as safe text for a file:
 * - headings that would be updates get a lower level,
 * - an unclosed code fence is closed, or it would swallow older updates,
 * - an unclosed comment becomes text,
 * - git's conflict marks are escaped, or the file could not be read.
 */
export function defuse(message: string): string {
  const text = harmlessLines(message.replace(/\r\n?/g, '\n').trim());
  const cut = cutSections(text);
  const lines = text.split('\n');
  // Unclosed, it would run up to the next `-->` below.
  for (const { line, column } of [...cut.unclosed].reverse()) {
    const at = lines[line - 1]!;
    lines[line - 1] = `${at.slice(0, column - 1)}\\${at.slice(column - 1)}`;
  }
  const ours = new Set([...cut.sections, ...cut.wrong, ...cut.unreadable].map(({ line }) => line));
  const headings = readComments(text).lines.flatMap((shown, index) =>
    isHeading(shown, HEADING) ? index + 1 : [],
  );
  // Too many headings to be all examined, or below the part that is read: each may be an update.
  const from = headings.length > MAX_PASTED ? 1 : (cut.stopped?.line ?? lines.length + 1);
  for (const line of headings) {
    if (ours.has(line) || line >= from) lines[line - 1] = `####${lines[line - 1]}`;
  }
  return [...lines, ...(cut.openFence === null ? [] : [cut.openFence])].join('\n');
}

/** More headings than this mean that a document was pasted. */
const MAX_PASTED = 100;
const HEADING = /^##(?=\s)/;
const TOP = /^ {0,3}#\s/;

/**
 * Neutralises lines that count anywhere in a file: headings of a post-mortem, those of level one of a report, and git's conflict marks (in code they
 * are indented by a space, as a backslash would show).
 */
function harmlessLines(text: string): string {
  const lines = text.split('\n');
  const isMarked = lines.some(line => isConflictMarker(line, true));
  const { lines: shown } = readComments(text);
  return lines
    .map((line, index) => {
      if (isPostmortem(headingText(shown[index]!) ?? '')) return `#${line}`;
      if (isHeading(shown[index]!, TOP) && reportLevel(line, 0) === 1) return `##${line.trimStart()}`;
      if (!isMarked || !isConflictMarker(line, false)) return line;
      return shown[index]!.fenced ? ` ${line}` : `\\${line}`;
    })
    .join('\n');
}

function isHeading({ text, fenced, within }: ShownLine, pattern: RegExp): boolean {
  return !fenced && !within && pattern.test(text);
}
