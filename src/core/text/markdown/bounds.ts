// Limits for rendering markdown, so that it never takes longer than a few milliseconds.

/** The most characters that may be markup: each costs microseconds, others next to nothing. */
const MAX_MARKS = 5_000;
/** The most characters of a text that are shown at all. */
const LONGEST = 100_000;
/** The most cells of a table, if every row were as wide as the widest: short rows are filled with empty cells. */
const MAX_CELLS = 6_000;

/** Whether a text is rendered; others are shown as written. Linear and cheap. */
export function isBounded(markdown: string): boolean {
  if (markdown.length > LONGEST) return false;
  let marks = 0;
  let lines = 1;
  let pipes = 0;
  let widest = 0;
  for (let index = 0; index < markdown.length; index++) {
    const code = markdown.charCodeAt(index);
    if (code === 10) {
      lines++;
      pipes = 0;
    } else if (code === 124) widest = Math.max(widest, ++pipes);
    if (isMark(code)) marks++;
  }
  return marks <= MAX_MARKS && (widest === 0 || lines * (widest + 1) <= MAX_CELLS);
}

export function shownPart(markdown: string): string {
  return markdown.length > LONGEST
    ? `${markdown.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')}…`
    : markdown;
}

/** Anything but letters, digits and spaces. */
function isMark(code: number): boolean {
  if (code === 32 || code > 127) return false;
  return !((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122));
}
