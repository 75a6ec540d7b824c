// The PNG that a chat shows below a link: drawn on request, off the main thread, once for each content.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Router } from 'express';
import { shortId } from '../../core/model/token.ts';
import { FOR_EVER } from '../cache/cache-control.ts';
import { Rendered, sendRendered } from '../cache/encoded-response.ts';
import type { BrandFolder, Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { limited } from '../http/rate-limit.ts';
import { BRAND } from './parts/picture.ts';
import { currentPage } from './visitor.ts';

const BRIEFLY = 'public, max-age=60, stale-while-revalidate=600, stale-if-error=86400';
/** Pictures in memory: the site's in each language, and some incidents. */
const MAX_KEPT = 40;
/** Drawings waiting at most: seconds of work, and a limit for their memory. */
const MAX_WAITING = 40;

const FONTS = path.join(path.dirname(createRequire(import.meta.url).resolve('#package')), 'fonts');
/** DejaVu is for letters beyond Latin. */
const FONT_FILES = ['Inter-Regular.ttf', 'Inter-SemiBold.ttf', 'DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(
  name => path.join(FONTS, name),
);
/** Scripts that these lack: only then are the system's fonts loaded, which is slow. */
const ELSEWHERE = /[\u0700-\u109f\u1100-\u1dff\u2c00-\ufaff]|\p{Extended_Pictographic}/u;

/** `/status/og.png` and `/status/og/INCIDENT.png`; `v` is the hash of the content, `lang` as everywhere. */
export function pictureRoutes(router: Router, web: Web): void {
  const kept = new Map<string, Promise<Rendered>>();
  const limit = limited(LIMITS.pictures);
  let waiting = 0;
  /** One at a time: a crowd of crawlers must not take every thread. */
  let last: Promise<unknown> = Promise.resolve();

  const drawn = (svg: string): Promise<Rendered> => {
    const key = shortId(svg);
    const known = kept.get(key);
    if (known) return known;
    if (waiting >= MAX_WAITING) throw new Refusal(503, 'Too many pictures are being drawn; try again soon.');
    waiting++;
    const picture = last.then(() => draw(svg));
    last = picture.catch(() => kept.delete(key)).finally(() => waiting--);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(key, picture);
    return picture;
  };

  router.get(['/status/og.png', '/status/og/:incident.png'], limit, async (req, res, next) => {
    const { incident } = req.params;
    const svg = web.pages.picture(currentPage(web, req), incident === undefined ? null : String(incident));
    if (svg === null) return next();
    const isLatest = req.query.v === shortId(svg);
    const headers = { 'Cache-Control': isLatest ? FOR_EVER : BRIEFLY, Vary: 'Accept-Language' };
    await sendRendered(req, res, await drawn(await withLogo(svg, web.folder)), {
      ...headers,
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });
}

const LOGO = new RegExp(`<image href="${BRAND}([^"]*)"[^>]*>`);
/** Larger files are no logos: a picture is drawn without. */
const MAX_LOGO_BYTES = 500_000;

/** Puts the bytes of the logo into a picture; without it if it cannot be read. */
async function withLogo(svg: string, folder: BrandFolder): Promise<string> {
  const [image = '', name = ''] = LOGO.exec(svg) ?? [];
  const kind = path.extname(name).slice(1).toLowerCase();
  const file = name === '' ? null : await folder.brandFile(decoded(name));
  const bytes = file === null ? null : await readFile(file).catch(() => null);
  if (bytes === null || bytes.length > MAX_LOGO_BYTES) return svg.replace(image, '');
  const data = `data:image/${kind === 'svg' ? 'svg+xml' : kind};base64,${bytes.toString('base64')}`;
  return svg.replace(image, () => image.replace(/href="[^"]*"/, `href="${data}"`));
}

function decoded(attribute: string): string {
  return attribute.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** Loaded on demand: seven megabytes that most pages never need. The package may be absent: it is optional. */
async function renderer(): Promise<typeof import('@resvg/resvg-js')['renderAsync']> {
  try {
    return (await import('@resvg/resvg-js')).renderAsync;
  } catch {
    throw new Refusal(404, 'Pictures are not drawn here: the package @resvg/resvg-js is not installed.');
  }
}

async function draw(svg: string): Promise<Rendered> {
  const renderAsync = await renderer();
  const font = {
    fontFiles: FONT_FILES,
    loadSystemFonts: ELSEWHERE.test(svg),
    defaultFontFamily: 'Inter',
  };
  const image = await renderAsync(svg, { font });
  return new Rendered({ type: 'image/png', body: image.asPng() });
}
