// Any string made fit for where it is printed: XML and HTML, a calendar or an email's head, a terminal or a log.

/**
 * Without the characters that XML 1.0 cannot hold, however they are escaped, or only discourages: control characters
 * (C1 too, which terminals obey), halves of surrogate pairs, U+FFFE and U+FFFF.
 */
export function printable(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
}

/** For `JSON.stringify`: strict readers refuse a whole document over half of a surrogate pair. */
export function printableValue(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? printable(value) : value;
}

/** A body as JSON that any reader takes, without a literal `<`: whoever takes it for HTML finds no tag in it. */
export function jsonText(body: object): string {
  return JSON.stringify(body, printableValue).replaceAll('<', '\\u003c');
}

/**
 * A title or a name as one line: line breaks and control characters are spaces, and nothing in it turns the
 * direction of the text around it. What would look empty is empty.
 */
export function oneLine(text: string): string {
  const line = printable(text.replace(/[\s\p{Cc}]+/gu, ' '))
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  // Also zero-width characters, soft hyphens, fillers of Hangul and the empty Braille cell.
  return /[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(line) ? line : '';
}

/**
 * With what could move the cursor, change colours or turn the direction of writing spelled as `\u202e`, which
 * means the same in JSON; line breaks and tabs stay.
 */
export function harmless(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u2028-\u202e\u2066-\u2069\ufffe\uffff]|[\u{d800}-\u{dfff}]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
