// Update bodies for API clients: plain text that is harmless as text, as HTML and as markdown.
import { absoluteLinks, renderMarkdown } from '../../core/text/markdown.ts';

/**
 * Converts markdown to the text of a Statuspage `body`. Clients print it (terminals, Slack, Discord), set it as
 * innerHTML, or render it as markdown.
 * So it has no markup: `<` and `>` stay encoded, a link becomes `words (address)` if its address passed the sanitiser
 * and only words if not, and anything that could become a link to a script is broken up.
 * @param html the rendered markdown
 */
export function bodyText(markdown: string, html = renderMarkdown(markdown)): string {
  return html
    .replace(/<a\b([^>]*)>(.*?)<\/a>/gs, (_, attributes: string, words: string) => link(attributes, words))
    .replace(/<img\b([^>]*)>/g, (_, attributes: string) => attribute(attributes, 'alt'))
    .replace(/(?<!\s)\s*<li>\s*(<p>)?/g, '\n- ')
    .replace(/<hr \/>/g, '\n')
    .replace(/<br \/>\n?/g, '\n')
    .replace(/<\/(td|th)>\s*/g, '  ')
    .replace(/<\/(p|h\d|pre|blockquote|ul|ol|table)>/g, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|quot|#39);/g, (_, name: string) => (name === 'amp' ? '&' : name === 'quot' ? '"' : "'"))
    .replace(/\]\(/g, '] (')
    .replace(/\b(javascript|vbscript)\s*:/gi, '$1 :')
    .replace(/(?<![ \t])[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const texts = new WeakMap<object, { readonly site: string; readonly text: string }>();

/** The text of an incident's update, cached; `html` is its rendered markdown, if available. */
export function updateTextForApi(
  update: { readonly body: string },
  html: string | undefined,
  { id }: { readonly id: string },
  site: string,
): string {
  const known = texts.get(update);
  if (known?.site === site) return known.text;
  const text = bodyText(update.body, absoluteLinks(html ?? renderMarkdown(update.body), site, id));
  texts.set(update, { site, text });
  return text;
}

function link(attributes: string, words: string): string {
  const href = attribute(attributes, 'href');
  return href === '' || href === words ? words : `${words} (${href})`;
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}
