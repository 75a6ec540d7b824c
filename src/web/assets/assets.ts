// The files of public/, with the site's colors, under addresses with a hash of their bytes.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { memoized } from '../../core/model/memo.ts';
import type { Site } from '../../core/model/site.ts';
import { shortId } from '../../core/model/token.ts';
import { Rendered, type ResponseBody } from '../cache/encoded-response.ts';
import { stylesheet } from '../page/parts/accent.ts';

export const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
};

const CSS = 'status.css';

export type Assets = ReturnType<typeof readAssets>;

/**
 * A script or a stylesheet without comments, indentation and blanks around operators, as browsers get it. Our own files
 * only: in them no string holds the signs of a comment, or an operator between blanks that matter.
 */
export function servedText(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '')
    .replace(/ (=>|===|!==|&&|\|\||\?\?|[<>]=?|[=?:]) /g, '$1');
}

/** Reads public/ once. The stylesheet contains the site's color and is made again for each site. */
export function readAssets(publicDir: string) {
  const made = (name: string, body: Buffer | string) => {
    const answer: ResponseBody = { type: TYPES[path.extname(name)] ?? 'application/octet-stream', body };
    return { rendered: new Rendered(answer), version: shortId(body.toString()) };
  };
  const bytes = (name: string) => {
    const file = readFileSync(path.join(publicDir, name));
    return /\.(css|js)$/.test(name) ? servedText(file.toString()) : file;
  };
  const files = new Map(readdirSync(publicDir).map(name => [name, made(name, bytes(name))]));
  const css = bytes(CSS) as string;
  const styled = memoized((site: Site) => made(CSS, stylesheet(css, site)));
  const assetOf = (name: string, site: Site) => (name === CSS ? styled(site) : files.get(name));
  return {
    file: (name: string, site: Site) => assetOf(name, site)?.rendered ?? null,
    /** The hash in an asset's address: it changes with the bytes. */
    version: (name: string, site: Site) => assetOf(name, site)?.version ?? '',
  };
}
