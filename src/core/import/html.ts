// HTML in the texts of another status page, as markdown.
import { decodeEntities } from '../inbound/fields.ts';
import { escapeMarkdown } from '../text/markdown.ts';

const BLOCKS = 'p|div|section|article|ul|ol|table|tbody|thead|blockquote|center';
const DROPPED = 'span|var|small|big|time|u|font|td|th|tr|sup|sub|abbr|mark|dl|dt|dd|iframe|figure|figcaption';
/** What is read as a tag: any other word in angle brackets is text, or an address. */
const TAG = new RegExp(
  String.raw`<\/?(?:${BLOCKS}|${DROPPED}|br|hr|a|li|strong|b|em|i|code|pre|s|strike|del|h[1-6]|img|script|style)(?:\s[^<>]*)?\/?>`,
  'gi',
);
/** Code in markdown, which stays as it is. */
const CODE = /(```[\s\S]*?(?:```|$)|`[^`\n]+`)/;

/**
 * The words of a text with its HTML as markdown; markdown in it stays.
 * @param told is called with the tags for which markdown has no form
 * @param arePathsKept whether links and pictures may have a path as their address
 */
export function markdownOfHtml(text: string, told: (tags: string) => void, arePathsKept = false): string {
  const plain = text.replace(/\r\n?/g, '\n');
  const parts = plain
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : ofPart(part, told, arePathsKept)));
  return parts
    .join('')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The same for text whose entities are not read by whoever shows markdown: `&amp;` becomes `&`, once. */
export function markdownOfEncodedHtml(text: string, told: (tags: string) => void): string {
  // A comment would hide words that were shown.
  return decodeEntities(markdownOfHtml(text, told)).replaceAll('<!--', String.raw`\<!--`);
}

function ofPart(part: string, told: (tags: string) => void, arePathsKept: boolean): string {
  if (part.search(TAG) < 0) return part;
  const marked = part
    .replace(/<(script|style)[\s>][\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<pre(?:\s[^<>]*)?>([\s\S]*?)<\/pre\s*>/gi, (_, words: string) => fence(words))
    .replace(/<code(?:\s[^<>]*)?>([\s\S]*?)<\/code\s*>/gi, (_, words: string) =>
      around('`', words.replace(TAG, '')),
    )
    .replace(/<a\s([^<>]*)>([\s\S]*?)<\/a\s*>/gi, (_, attributes: string, words: string) =>
      link(attributes, words, arePathsKept),
    )
    .replace(/<img\s([^<>]*)>/gi, (_, attributes: string) => image(attributes, arePathsKept))
    .replace(/<(strong|b)(?:\s[^<>]*)?>([\s\S]*?)<\/\1\s*>/gi, (_, _tag, words: string) =>
      around('**', words),
    )
    .replace(/<(em|i)(?:\s[^<>]*)?>([\s\S]*?)<\/\1\s*>/gi, (_, _tag, words: string) => around('*', words))
    .replace(/<(s|strike|del)(?:\s[^<>]*)?>([\s\S]*?)<\/\1\s*>/gi, (_, _tag, words: string) =>
      around('~~', words),
    )
    .replace(/<h[1-6](?:\s[^<>]*)?>/gi, '\n\n### ')
    .replace(/<\/h[1-6]\s*>/gi, '\n\n')
    .replace(/<br\s*\/?>[ \t]*\n?/gi, '\n')
    .replace(/<hr\s*\/?>/gi, '\n\n---\n\n')
    .replace(/<li(?:\s[^<>]*)?>\s*/gi, '\n- ')
    .replace(/<\/tr\s*>/gi, '\n')
    .replace(/<\/t[dh]\s*>/gi, ' ');
  const lost = marked.match(/<(?:table|td|tr|iframe|font|center|sup|sub)(?=[\s>])[^<>]*>/gi) ?? [];
  if (lost.length > 0) told([...new Set(lost)].slice(0, 3).join(' '));
  return marked
    .replace(new RegExp(String.raw`<\/?(?:${BLOCKS})(?:\s[^<>]*)?>`, 'gi'), '\n\n')
    .replace(TAG, '');
}

function attribute(name: string, attributes: string): string {
  const found = new RegExp(String.raw`\b${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))`, 'i').exec(
    attributes,
  );
  return decodeEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? '').trim();
}

const PATH = /^(?![a-z][a-z\d+.-]*:)[^\s<>]+$/i;

function link(attributes: string, inner: string, arePathsKept: boolean): string {
  const address = attribute('href', attributes);
  const words = decodeEntities(inner.replace(TAG, '')).trim();
  const isPath = arePathsKept && PATH.test(address);
  if (!isPath && !/^(https?|mailto):[^\s<>]+$/i.test(address)) return words;
  if (!isPath && (words === address || words === '')) return `<${address}>`;
  return `[${escapeMarkdown(words || address)}](${target(address)})`;
}

function target(address: string): string {
  return /[()]/.test(address) ? `<${address}>` : address;
}

function image(attributes: string, arePathsKept: boolean): string {
  const address = attribute('src', attributes);
  const words = escapeMarkdown(attribute('alt', attributes));
  const isShown = /^https?:[^\s<>]+$/i.test(address) || (arePathsKept && PATH.test(address));
  return isShown ? `![${words}](${target(address)})` : words;
}

/** Marks around words; none around paragraphs, which markdown could not read. */
function around(mark: string, inner: string): string {
  const words = inner.trim();
  if (words === '' || /\n\s*\n|<(?:p|br|li|div)\b/i.test(words)) return inner;
  const [before = '', after = ''] = [/^\s*/.exec(inner)?.[0], /\s*$/.exec(inner)?.[0]];
  return `${before}${mark}${words}${mark}${after}`;
}

function fence(words: string): string {
  return `\n\n\`\`\`\n${words.replace(TAG, '').trim()}\n\`\`\`\n\n`;
}
