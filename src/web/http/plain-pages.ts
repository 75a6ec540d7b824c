// Plain pages in one file, for the time while the program starts and while it is overloaded.
import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { directionOf, type Key, negotiate, sayIn } from '../../core/i18n/words.ts';
import type { Lang } from '../../core/model/lang.ts';
import { escapeHtml } from '../../core/text/markdown.ts';
import { BARE_HEADERS } from './guards.ts';

const STYLE = `:root{color-scheme:light dark}body{margin:0;padding:1.5rem;font:1rem/1.5 system-ui,sans-serif;background:#fff;color:#16191d}main{max-width:36rem;margin:12vh auto}h1{font-size:1.75rem;line-height:1.25;margin:0 0 .75rem}p{margin:0;color:#59616b}@media(prefers-color-scheme:dark){body{background:#0f1115;color:#e9ebee}p{color:#a3abb5}}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
/** The Content-Security-Policy of a plain page, whose style is inline. */
export const PLAIN_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;

/** Responds 503: with a page that reloads itself to browsers, with a line of text to programs. */
export const starting: RequestListener = (req, res) => {
  const html = /text\/html/.test(req.headers.accept ?? '');
  res.writeHead(503, {
    ...BARE_HEADERS,
    'Retry-After': '2',
    'Cache-Control': 'no-store',
    'Content-Type': html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
    'Content-Security-Policy': PLAIN_POLICY,
    Vary: 'Accept, Accept-Language',
  });
  if (req.method === 'HEAD') return void res.end();
  res.end(
    html
      ? startingPage(negotiate(req.headers['accept-language'], null))
      : 'Starting; try again in a second.\n',
  );
};

/** The page while the program starts; it reloads itself. */
export function startingPage(lang: Lang): string {
  return plainPage(lang, 'starting.title', 'starting.text', '<meta http-equiv="refresh" content="2">\n');
}

/** A page with a title and a text, without templates or further requests. */
export function plainPage(lang: Lang, titleKey: Key, textKey: Key, head = ''): string {
  const say = sayIn(lang);
  const [title, text] = [escapeHtml(say(titleKey)), escapeHtml(say(textKey))];
  return `<!DOCTYPE html>
<html lang="${lang}" dir="${directionOf(lang)}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${head}<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
}
