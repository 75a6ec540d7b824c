// Any string made fit for where it is printed: XML and HTML, a calendar or an email's head, a terminal or a log.

/**
 * Without the characters that XML 1.0 cannot hold, however they are escaped: control characters, halves of
 * surrogate pairs, U+FFFE and U+FFFF.
 */
export function printable(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
}

/**
 * With what could move the cursor, change colours or turn the direction of writing spelled as `\u202e`, which
 * means the same in JSON; line breaks and tabs stay.
 */
export function harmless(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u2028-\u202e\u2066-\u2069]|[\u{d800}-\u{dfff}]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
