// Plain pages: the page's look in one file, while the program is starting and while it is too late with everything.
import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { directionOf, type Key, negotiate, sayIn } from '../../core/i18n/words.ts';
import type { Lang } from '../../core/model/lang.ts';
import { escapeHtml } from '../../core/text/markdown.ts';
import { BARE_HEADERS } from './guards.ts';

const STYLE = `:root{color-scheme:light dark}body{margin:0;padding:1.5rem;font:1rem/1.5 system-ui,sans-serif;background:#fff;color:#16191d}main{max-width:36rem;margin:12vh auto}h1{font-size:1.75rem;line-height:1.25;margin:0 0 .75rem}p{margin:0;color:#59616b}@media(prefers-color-scheme:dark){body{background:#0f1115;color:#e9ebee}p{color:#a3abb5}}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
/** The policy a plain page needs, its style being in it. */
export const PLAIN_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;

/** 503 for everyone: a page that asks again by itself for browsers, a line of text for programs. */
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

/** The page while the program is starting: it asks again by itself. */
export function startingPage(lang: Lang): string {
  return plainPage(lang, 'starting.title', 'starting.text', '<meta http-equiv="refresh" content="2">\n');
}

/** A title and a text, without anything that would have to be rendered or fetched. */
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
