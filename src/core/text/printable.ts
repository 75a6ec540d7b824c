// Makes strings safe for their output: XML and HTML, a calendar, an email header, a terminal or a log.

/**
 * Removes characters that XML 1.0 forbids even when escaped, or discourages: control characters (also C1, which
 * terminals obey), half surrogate pairs, U+FFFE and U+FFFF.
 */
export function printable(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
}

/** For `JSON.stringify`: strict parsers refuse a whole document because of half a surrogate pair. */
export function printableValue(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? printable(value) : value;
}

/** A body as JSON for any parser, without a literal `<`, so that it never contains an HTML tag. */
export function jsonText(body: object): string {
  return JSON.stringify(body, printableValue).replaceAll('<', '\\u003c');
}

/**
 * A title or name as one line: line breaks and control characters become spaces, direction characters are removed. ''
 * when nothing would be visible.
 */
export function oneLine(text: string): string {
  const line = printable(text.replace(/[\s\p{Cc}]+/gu, ' '))
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  // Also zero-width characters, soft hyphens, Hangul fillers and the empty Braille cell.
  return /[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(line) ? line : '';
}

/**
 * Escapes everything that could move the cursor, change colours or the direction of text as `\u202e`, which means the
 * same in JSON. Line breaks and tabs stay.
 */
export function harmless(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u2028-\u202e\u2066-\u2069\ufffe\uffff]|[\u{d800}-\u{dfff}]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Without the passwords that programs put into their errors: the user and password of an address, and the values of
 * `password=`, `token=` and the like. For text of other programs that visitors see.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/:\/\/[^\s/@]*@/g, '://***@')
    .replace(
      /\b([\w-]*(?:token|secret|passw(?:or)?d|pwd|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
      '$1***',
    );
}
