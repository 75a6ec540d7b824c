// Routes of the stylesheet and scripts of public/, and of the operator's brand files.

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Router } from 'express';
import { FOR_EVER } from '../cache/cache-control.ts';
import { Rendered, sendRendered } from '../cache/encoded-response.ts';
import type { Web } from '../context.ts';
import { TYPES } from './assets.ts';

const FOR_MINUTES = 'public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400';
const ANY_ORIGIN = { 'Cross-Origin-Resource-Policy': 'cross-origin' };
/** Larger than any reasonable logo: bigger files are refused, not held in memory. */
const MAX_BRAND_BYTES = 5_000_000;

/** `/status/assets/NAME?v=HASH` and `/status/brand/FILE` (only files named in status.yaml). */
export function assetRoutes(router: Router, { refresh, assets, cache, folder }: Web): void {
  router.get('/status/assets/:name', (req, res, next) => {
    const { site } = refresh.current();
    const name = String(req.params.name);
    const file = assets.file(name, site);
    if (!file) return next();
    const current = req.query.v === assets.version(name, site);
    const headers = { 'Cache-Control': current ? FOR_EVER : FOR_MINUTES, Vary: 'Accept-Encoding' };
    cache.send(req, res, file, { ...headers, ...ANY_ORIGIN });
  });

  const kept = new Map<string, { stamp: string; rendered: Rendered }>();
  router.get('/status/brand/*name', async (req, res, next) => {
    const name = ([] as string[]).concat(req.params.name as unknown as string[]).join('/');
    const { brand } = refresh.current().site;
    const type = TYPES[path.extname(name).toLowerCase()];
    if (!type || ![brand.logo, brand.logoDark, brand.favicon, brand.css].includes(name)) return next();
    const file = await folder.brandFile(name);
    const facts = file === null ? null : await stat(file).catch(() => null);
    if (!file || !facts?.isFile() || facts.size > MAX_BRAND_BYTES) return next();
    const stamp = `${file} ${facts.size} ${facts.mtimeMs}`;
    let known = kept.get(name);
    if (known?.stamp !== stamp) {
      known = { stamp, rendered: new Rendered({ type, body: await readFile(file) }) };
      kept.set(name, known);
    }
    // The operator's SVG must not run scripts when it is opened by itself.
    res.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    const headers = { 'Cache-Control': FOR_MINUTES, Vary: 'Accept-Encoding' };
    await sendRendered(req, res, known.rendered, { ...headers, ...ANY_ORIGIN });
  });
}
