// The static copy: every public address as a file, with links that work from any folder.

import { readFile } from 'node:fs/promises';
import { LANGS, type Lang } from '../../core/model/lang.ts';
import type { ExportFile } from '../../core/model/ports/export-file.ts';
import { isoMillis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../../store/db/database.ts';
import { type Assets, readAssets } from '../assets/assets.ts';
import type { BrandFolder } from '../context.ts';
import type { PageRequest } from '../page/context.ts';
import type { Pages } from '../pages.ts';
import { dataFiles } from './data.ts';
import { localLinks, pageFile } from './links.ts';
import { copyPages } from './pages.ts';

interface ExportDeps {
  readonly pages: Pages;
  readonly publicDir: string;
  readonly folder: BrandFolder;
  /** Without a database there are no charts. */
  readonly db: Db | null;
}

/** Records when the copy was made, because unchanged pages keep an older time. */
const STAMP = 'status/copy.json';

/** Matches the time a page was made, wherever the page contains it. */
const MOMENT =
  / data-version="[^"]*" data-at="[^"]*"|(?<=<aside id="copy">)[^\n]*|(?<=og:image" content="[^"]*[;&]v=)[\w-]*/g;

/**
 * Makes the files of the whole public site: linked files first, then the front page, and last the file with the time of
 * the copy. Links that need a server (subscribing) lead to the live site.
 */
export function makeExport({ pages, publicDir, folder, db }: ExportDeps) {
  const assets = readAssets(publicDir);
  return async (snapshot: Snapshot): Promise<ExportFile[]> => {
    const { site } = snapshot;
    const request = (lang: Lang): PageRequest => {
      const address = (name: string) => `/status/assets/${name}?v=${assets.version(name, site)}`;
      const addresses = { css: address('status.css'), js: address('live.js') };
      return { snapshot, lang, base: '', assets: addresses, copy: true };
    };
    const files = [...dataFiles(snapshot, db), ...(await looksOf(snapshot, assets, folder))];
    const copied = copyPages(snapshot, pages, db);
    const there = new Set([...files.map(file => file.path), STAMP]);
    const known = { site: site.url, files: there, pages: new Set(copied.map(({ path }) => path)) };
    const missing = () => {
      const html = pages.error({ ...request('en'), copy: false }, 404);
      const from = site.mirror?.url ?? null;
      return standingAlone(
        localLinks(html, { ...known, lang: 'en', path: '/status/live', from }),
        assets.file('status.css', site)?.ready('identity')?.bytes.toString() ?? '',
      );
    };
    files.push({ path: '404.html', key: null, body: missing });
    for (const lang of [...LANGS].reverse()) {
      const page = request(lang);
      for (const { path, key, make } of copied) {
        files.push({
          path: pageFile(lang, path),
          key: key && `${key} ${page.assets.css} ${page.assets.js}`,
          ...(key ? { apart: MOMENT } : {}),
          body: async () => localLinks((await make(page)) ?? '', { ...known, lang, path }),
        });
      }
    }
    const stamp = { at: isoMillis(snapshot.at), version: snapshot.version, site: site.url };
    files.push({ path: STAMP, key: null, body: () => JSON.stringify(stamp) });
    return files;
  };
}

/** Files for GitHub Pages and similar hosts: `.nojekyll`, and the host name in CNAME. */
export function hostFiles(cname: string | null): ExportFile[] {
  const file = (name: string, text: string) => ({ path: name, key: text, body: () => text });
  return [file('.nojekyll', ''), ...(cname === null ? [] : [file('CNAME', `${cname}\n`)])];
}

/** A page shown at any path (404), where relative addresses do not work: its stylesheet is inline. */
function standingAlone(html: string, css: string): string {
  return html
    .replace(/<script type="module"[^>]*><\/script>\n?/, '')
    .replace(/<link rel="stylesheet" href="[^"]*status\.css[^"]*">/, () => `<style>${css}</style>`);
}

async function looksOf({ site }: Snapshot, assets: Assets, folder: BrandFolder): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  const asset = (path: string, name: string) => {
    const body = assets.file(name, site)?.ready('identity')?.bytes;
    if (body) files.push({ path, key: assets.version(name, site), body: () => body });
  };
  asset('status/assets/status.css', 'status.css');
  asset('status/assets/live.js', 'live.js');
  asset('status/widget.js', 'widget.js');
  for (const name of [site.brand.logo, site.brand.logoDark, site.brand.favicon, site.brand.css]) {
    const file = name === null ? null : await folder.brandFile(name);
    const body = file === null ? null : await readFile(file).catch(() => null);
    if (body) files.push({ path: `status/brand/${name}`, key: null, body: () => body });
  }
  return files;
}
