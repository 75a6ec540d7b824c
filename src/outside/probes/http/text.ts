// Decodes a body's bytes: finds the encoding by byte order mark, header or the body itself, as browsers do.

import { isAscii } from 'node:buffer';

/**
 * The possible texts of a body, the most likely first; usually there is one.
 * A byte order mark decides alone. Otherwise the `content-type` header counts, then the body itself (`<meta charset>`,
 * an XML declaration, the zeros of UTF-16). Because headers may be wrong, the text as UTF-8 is added. Bytes that are
 * not UTF-8, with no encoding or UTF-8 declared, are also read as windows-1252.
 */
export function readingsOf(bytes: Buffer, contentType: string): string[] {
  const marked = markOf(bytes);
  if (marked) return [decode(bytes.subarray(marked.mark.length), marked.encoding)];
  const word = ownWord(bytes);
  const zeros = zerosIn(bytes);
  const declared = knownOf(labelsIn(contentType)) ?? zeros ?? word;
  // Senders often name the wrong byte order, or are not UTF-16 at all. The zeros are the best evidence.
  if (zeros || declared?.startsWith('utf-16'))
    return [...new Set([zeros ?? declared!, declared!, 'utf-8'])].map(encoding => decode(bytes, encoding));
  const utf8 = decode(bytes, 'utf-8');
  const isUtf8 = !utf8.includes('\uFFFD');
  if (declared === undefined) return isUtf8 ? [utf8] : [utf8, decode(bytes, 'windows-1252')];
  // JSON is UTF-8 whatever its header says (RFC 8259, 8.1), and a body declared as UTF-8 may be something else.
  if (declared === 'utf-8' && !isUtf8)
    return [utf8, decode(bytes, word && word !== 'utf-8' ? word : 'windows-1252')];
  const isJson = /[/+]json\b/i.test(contentType) && isUtf8 && !isAscii(bytes);
  if (isJson && !declared.startsWith('utf-')) return [utf8, decode(bytes, declared)];
  // ISO-2022-JP encodes Japanese in ASCII characters: read as UTF-8 they would be meaningless words.
  const plain = declared === 'utf-8' || isAscii(bytes);
  if (plain) return [decode(bytes, declared)];
  const others = word === undefined || word === declared || word === 'utf-8' ? [] : [decode(bytes, word)];
  return [decode(bytes, declared), utf8, ...others];
}

/**
 * The charset that a body or its header names, if it is none that can be decoded, as the name stands there; else null.
 * What is UTF-8 can be decoded whatever they name.
 */
export function unknownCharset(bytes: Buffer, contentType: string): string | null {
  if (isUtf32(bytes)) return 'utf-32';
  const labels = [...labelsIn(contentType), ...ownLabels(bytes)];
  const [named] = labels;
  if (named === undefined || knownOf(labels) || markOf(bytes) || zerosIn(bytes)) return null;
  return LIKE_UTF8.test(named) || decode(bytes, 'utf-8').includes('\uFFFD') ? named : null;
}

/** Charsets without a decoder whose bytes may look like UTF-8. */
const LIKE_UTF8 = /^(x-)?(utf-?7|utf-?32|hz\b|(cs)?iso-?2022)/i;

/**
 * Whether the most likely decoding is text. Binary data, or data we cannot decompress, is full of control characters;
 * text has fewer than one in fifty.
 */
export function isText([likeliest = '']: readonly string[]): boolean {
  const start = likeliest.slice(0, 4096);
  const controls = start.match(CONTROLS)?.length ?? 0;
  return controls * 50 <= start.length;
}

const CONTROLS = /(?!\s)\p{Cc}/gu;

/** Whether one of the decodings contains a text. Equal-looking letters are equal: `ü` may be `u` with two dots. */
export function hasText(readings: readonly string[], wanted: string): boolean {
  const normal = wanted.normalize();
  return readings.some(reading => reading.includes(wanted) || reading.normalize().includes(normal));
}

/** The JSON document in one of the decodings; throws the error of JSON.parse if there is none. */
export function parseJson(readings: readonly string[]): unknown {
  let failure: unknown;
  for (const reading of readings) {
    try {
      return JSON.parse(reading);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

const MARKS = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** Whether a body has the mark of UTF-32, which browsers do not decode. Read as UTF-16, it would begin with a zero. */
function isUtf32(bytes: Buffer): boolean {
  return /^(?:fffe0000|0000feff)/.test(bytes.toString('hex', 0, 4));
}

function markOf(bytes: Buffer) {
  if (isUtf32(bytes)) return undefined;
  return MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
}

/** The charsets of a content type: `text/html; Charset="GBK"`. */
function labelsIn(contentType: string): string[] {
  const found = contentType.matchAll(/(?:^|[;,\s])charset\s*=\s*["']?\s*([^\s"';,]+)/gi);
  return [...found].map(([, label]) => label!);
}

/** The first known encoding among some names. */
function knownOf(labels: readonly string[]): string | undefined {
  for (const label of labels) {
    const known = encodingOf(label);
    if (known) return known;
  }
  return undefined;
}

/** Detects UTF-16 without a mark: markup and JSON begin with two ASCII characters (RFC 4627, 3). */
function zerosIn(bytes: Buffer): string | undefined {
  if (bytes.length < 4) return undefined;
  const zeros = [...bytes.subarray(0, 4)].map(byte => (byte === 0 ? '0' : 'x')).join('');
  return ZEROS.get(zeros);
}

const ZEROS = new Map([
  ['x0x0', 'utf-16le'],
  ['0x0x', 'utf-16be'],
]);

/** Where in the body an encoding is searched, bytes. Browsers search one kilobyte, but some pages declare it later. */
const WORD_WITHIN = 4096;

function ownWord(bytes: Buffer): string | undefined {
  const found = knownOf(ownLabels(bytes));
  // If the declaration could be read byte by byte, the body is not UTF-16.
  return found?.startsWith('utf-') ? 'utf-8' : found;
}

/** The encodings that a body names itself. */
function ownLabels(bytes: Buffer): string[] {
  const head = bytes.toString('latin1', 0, WORD_WITHIN);
  const xml = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]+)["']/.exec(head)?.[1];
  const labels = xml === undefined ? [] : [xml];
  for (const [tag] of head.replace(/<!--[\s\S]*?(?:-->|$)/g, '').matchAll(/<meta[\s/][^>]*/gi)) {
    const content = /\scontent\s*=\s*("[^"]*"|'[^']*'|\S+)/i.exec(tag)?.[1] ?? '';
    const label = /\scharset\s*=\s*["']?\s*([^\s"'/>]+)/i.exec(tag.replace(content, ''))?.[1];
    const isPragma = /\shttp-equiv\s*=\s*["']?\s*content-type\b/i.test(tag);
    labels.push(...(label ? [label] : []), ...(isPragma ? labelsIn(content) : []));
  }
  return labels;
}

/** The WHATWG name of an encoding for one of its labels; undefined if unknown. */
function encodingOf(label: string): string | undefined {
  const name = label.trim().toLowerCase();
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

function decode(bytes: Buffer, encoding: string): string {
  // `stream`, because the end may be cut within a character. (Without it, Node 20 also takes windows-1252 for ISO
  // 8859-1.)
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}
