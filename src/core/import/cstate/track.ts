// Cuts the text of a cState issue into updates at its shortcodes: `*Resolved* - Text {{< track "2018-05-29 15:30:00" >}}`.
import { statusNamed } from '../../incidents/file/heading.ts';
import { INCIDENT_STATUSES, type IncidentStatus } from '../../model/incident.ts';
import { iso, type Millis } from '../../model/time.ts';

/** A part of the text; in the order of the text. */
interface Chunk {
  /** Null: no shortcode says it. */
  readonly at: Millis | null;
  /** What its label says, which `message` no longer has; null: another label or none. */
  readonly status: IncidentStatus | null;
  readonly message: string;
}

const TRACK = /\{\{[<%]\s*track\b\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s>%}][^>%}]*?))?\s*\/?[>%]\}\}/g;

/**
 * The updates in a text. A shortcode stands behind its words, or before them, or on a line of its own; within a sentence
 * it is a part of that.
 * @param moment reads the time in a shortcode, epoch ms, or null
 * @param unread is called with what is no time
 */
export function chunksOf(
  body: string,
  moment: (text: string) => Millis | null,
  unread: (text: string) => void,
): Chunk[] {
  if (body.search(TRACK) < 0)
    return body.trim() === '' ? [] : [{ at: null, status: null, message: body.trim() }];
  const pieces = body
    .split(/\n[ \t]*\n/)
    .filter(block => block.trim() !== '')
    .flatMap(block => piecesOf(tokensOf(block, moment, unread)));
  return joined(pieces).flatMap(({ at, text }) => {
    const label = labelOf(text);
    const isOurs = label !== null && (label.status !== null || label.isUpdate);
    const message = (isOurs ? text.slice(label.length) : text).trim();
    const status = label?.status ?? null;
    return message === '' && status === null ? [] : [{ at, status, message }];
  });
}

type Token = { readonly text: string } | { readonly at: Millis };

function tokensOf(
  block: string,
  moment: (text: string) => Millis | null,
  unread: (text: string) => void,
): Token[] {
  const tokens: Token[] = [];
  let text = '';
  let from = 0;
  for (const { index, 0: whole, 1: a, 2: b, 3: c, 4: d } of block.matchAll(TRACK)) {
    text += block.slice(from, index);
    from = index + whole.length;
    const said = (a ?? b ?? c ?? d ?? '').trim();
    const at = moment(said);
    if (at === null) {
      if (said !== '') text += `(${said})`;
      unread(said);
      continue;
    }
    tokens.push({ text }, { at });
    text = '';
  }
  return [...tokens, { text: text + block.slice(from) }];
}

/** A paragraph, or the part of one that has a time. */
interface Piece {
  readonly text: string;
  readonly at: Millis | null;
  /** Where its shortcode is; `alone`: the whole paragraph is one. */
  readonly place: 'behind' | 'before' | 'alone' | null;
}

/** The pieces of a paragraph: texts and times by turns, a text first and last. */
function piecesOf(tokens: readonly Token[]): Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  let before: Millis | null = null;
  const close = (at: Millis | null, place: Piece['place']) => {
    if (text.trim() !== '' || place === 'alone') pieces.push({ text: text.trim(), at, place });
    text = '';
    before = null;
  };
  for (const [index, token] of tokens.entries()) {
    if ('text' in token) {
      // A full stop behind the shortcode.
      text += text === '' && pieces.length > 0 ? token.text.replace(/^[.)]+(?=\s|$)/, '') : token.text;
      continue;
    }
    const next = (tokens[index + 1] as { text: string }).text;
    const place = placeOf(text, next, before !== null);
    if (place === 'inside') text += `${iso(token.at).slice(0, 16).replace('T', ' ')} UTC`;
    else if (place === 'before') {
      const label = labelOf(text)?.length === text.length ? text : '';
      if (label === '') close(before, before === null ? null : 'before');
      text = label;
      before = token.at;
    } else close(token.at, place);
  }
  close(before, before === null ? null : 'before');
  return pieces;
}

function placeOf(text: string, next: string, isTimed: boolean): 'behind' | 'before' | 'alone' | 'inside' {
  const isFirst = text.replace(/^[\s\-*+>]*$/, '') === '';
  const isLast = /^[\s.)]*$/.test(next);
  if (isFirst && isLast && !isTimed) return 'alone';
  if (isFirst || /\n[ \t]*$/.test(text)) return isLast && !isTimed ? 'behind' : 'before';
  if (isTimed) return 'inside';
  if (isLast || /^[ \t.)]*\n/.test(next)) return 'behind';
  if (labelOf(text)?.length === text.length) return 'before';
  return labelOf(next) ? 'behind' : 'inside';
}

/** Joins paragraphs to the updates that they are of. */
function joined(pieces: readonly Piece[]): { readonly at: Millis | null; readonly text: string }[] {
  const chunks: { at: Millis | null; text: string; isOpen: boolean }[] = [];
  let waiting: string[] = [];
  const flush = (at: Millis | null, isOpen: boolean) => {
    if (waiting.length > 0) chunks.push({ at, text: waiting.join('\n\n'), isOpen });
    waiting = [];
  };
  /** Paragraphs without a time: of the update above them, or of none. */
  const leave = () => {
    const last = chunks.at(-1);
    const isOwn = labelOf(waiting[0] ?? '') !== null;
    const isEmpty = last?.isOpen === true && last.text === '';
    if (!last || (isOwn && !isEmpty)) return flush(null, false);
    last.text = [last.text, ...waiting].filter(part => part !== '').join('\n\n');
    waiting = [];
  };
  for (const { text, at, place } of pieces) {
    if (at === null) {
      waiting.push(text);
      continue;
    }
    if (place === 'before' || (place === 'alone' && (waiting.length === 0 || chunks.at(-1)?.isOpen))) {
      leave();
      chunks.push({ at, text, isOpen: true });
      continue;
    }
    if (text !== '') waiting.push(text);
    // What stands behind its time ends with the paragraph; what a label begins is one update.
    const start = chunks.at(-1)?.isOpen
      ? waiting.length - 1
      : waiting.findLastIndex(one => labelOf(one) !== null);
    const own = waiting.splice(Math.max(start, 0));
    if (waiting.length > 0) leave();
    waiting = own;
    flush(at, false);
  }
  const times = chunks.flatMap(({ at }) => at ?? []);
  const isOldestFirst = times.length > 1 && times[0]! < times.at(-1)!;
  if (isOldestFirst || chunks.at(-1)?.isOpen) leave();
  else flush(null, false);
  return chunks;
}

const EMPHASIZED = /^\s*(\*{1,3}|_{1,3})\[?([^*_\n]{2,40}?)\]?\s*:?\s*\1\s*([-–—:]\s*)?/;
const PLAIN = /^\s*(?:\[([^\]\n]{2,40})\](?!\()|([a-z]+(?: ?\d+)?)(?=\s*[-–—:]\s))\s*[-–—:]?\s*/i;

/** The label at the beginning of a text, with its length and what follows it; null: the text begins with other words. */
function labelOf(
  text: string,
): { readonly status: IncidentStatus | null; readonly isUpdate: boolean; readonly length: number } | null {
  const marked = EMPHASIZED.exec(text);
  const [whole, first, second] = marked ? [marked[0], marked[2]] : (PLAIN.exec(text) ?? []);
  if (whole === undefined) return null;
  const word = (first ?? second ?? '').trim();
  const named = statusNamed(word);
  const status = INCIDENT_STATUSES.find(one => one === named) ?? null;
  const isKnown = status !== null || /^updated?\b/i.test(word);
  const isMarked = marked?.[3] !== undefined || /^\s*\[/.test(whole);
  if (!isKnown && !isMarked) return null;
  return { status, isUpdate: /^update$/i.test(word), length: whole.length };
}
