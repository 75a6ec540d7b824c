// Markdown → HTML that is safe to show anywhere: GitHub-flavoured, sanitised, no raw HTML.
import { Marked } from 'marked';
import sanitize from 'sanitize-html';
import { withoutComments } from './comments.ts';

// `html: false` does not exist in marked: raw HTML is printed as the text it is.
const marked = new Marked({
  gfm: true,
  async: false,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    // A form's box would be cleaned away, and done would read like not done.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

/** What every link and picture of a text carries. */
const LINK = { rel: 'noopener nofollow ugc' };
const PICTURE = { loading: 'lazy' };

const RULES: sanitize.IOptions = {
  allowedTags: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a'],
    ...['h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'img'],
  ],
  allowedAttributes: { a: ['href', 'title', 'rel'], img: ['src', 'alt', 'title', 'loading'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['https'] },
  allowProtocolRelative: false,
  transformTags: {
    // The page owns h1 and h2: a text's headings stand beneath them.
    h1: 'h3',
    h2: 'h3',
    a: sanitize.simpleTransform('a', LINK),
    img: sanitize.simpleTransform('img', PICTURE),
  },
};

/**
 * Renders an operator's or a monitor's markdown; the result never holds a script, handler or odd link. With
 * `base`, the URL of a page, links and pictures that are relative to it get their whole address.
 */
export function renderMarkdown(markdown: string, base?: string): string {
  return sanitize(parsed(markdown), base === undefined ? RULES : rulesAt(base)).trim();
}

function rulesAt(base: string): sanitize.IOptions {
  const whole = (link = '') =>
    URL.canParse(link) || !URL.canParse(link, base) ? link : new URL(link, base).href;
  return {
    ...RULES,
    transformTags: {
      ...RULES.transformTags,
      a: (tagName, { href, ...rest }) => ({ tagName, attribs: { ...rest, href: whole(href), ...LINK } }),
      img: (tagName, { src, ...rest }) => ({ tagName, attribs: { ...rest, src: whole(src), ...PICTURE } }),
    },
  };
}

/** A text nested deeper than the parser can follow is shown as it was written, not kept off the page. */
function parsed(markdown: string): string {
  try {
    return marked.parse(withoutComments(markdown)) as string;
  } catch {
    return `<pre>${escapeHtml(markdown)}</pre>`;
  }
}

/** The words of a markdown text without its marks, for titles, mail summaries and `og:description`. */
export function plainText(markdown: string): string {
  const html = renderMarkdown(markdown).replace(/<\/(p|li|h\d|tr|pre|blockquote)>|<br \/>/g, ' ');
  return sanitize(html, { allowedTags: [], allowedAttributes: {} })
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/\s+/g, ' ')
    .trim();
}

/** Makes any text harmless as markdown: what a monitor says must not become a link or a heading. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\r\n]+/g, ' ')
      // Round brackets make a link only after square ones: letters in plain text stay readable.
      .replace(/[\\`*_{}[\]<>#+!|~@]/g, '\\$&')
      // GitHub's markdown links bare addresses too.
      .replace(/:\/\//g, ':\\//')
      .replace(/\b(www)\./gi, '$1\\.')
      .trim()
  );
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Text → HTML text. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);
}
