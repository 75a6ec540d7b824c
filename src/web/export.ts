// The static copy: every public address as a file, pages with links that work from any folder.
import { readFile } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Snapshot } from '../core/snapshot.ts';
import { LANGS, type Lang } from '../core/words/words.ts';
import { readAssets } from './assets.ts';
import { badge } from './badges.ts';
import { maintenanceIcs } from './calendar.ts';
import { claimJson, uptimeJson } from './evidence.ts';
import { localLinks, pageFile } from './export-links.ts';
import { atom, jsonFeed, rss } from './feeds.ts';
import { openapi } from './openapi.ts';
import type { PageContext, Pages } from './pages.ts';
import { STATUSPAGE } from './statuspage.ts';
import { widgetJson } from './widget.ts';

/** A file of the copy; `path` is relative, with `/`. */
export interface ExportFile {
  readonly path: string;
  readonly body: string | Buffer;
}

export interface ExportDeps {
  readonly pages: Pages;
  readonly publicDir: string;
  readonly brandFile: (name: string) => Promise<string | null>;
}

/**
 * Makes the files of the whole public site, those that others refer to first and the front page last.
 * What only a server can do (subscribing) leads to the site itself.
 */
export function makeExport({ pages, publicDir, brandFile }: ExportDeps) {
  const assets = readAssets(publicDir);

  const pageOf = (ctx: PageContext, path: string): string | null => {
    if (path === '/' || path === '/status/live') return pages.live(ctx);
    if (path === '/api') return pages.api(ctx);
    if (path === '/status/widget') return pages.widget(ctx);
    if (path === '/status/history') return pages.history(ctx, null);
    const month = /^\/status\/history\/(\d{4}-\d{2})$/.exec(path)?.[1];
    if (month) return pages.history(ctx, month);
    const id = /^\/status\/incidents\/([^/]+)$/.exec(path)?.[1];
    return id === undefined ? null : pages.incident(ctx, decodeURIComponent(id));
  };

  const contextOf = (snapshot: Snapshot, lang: Lang): PageContext => {
    const address = (name: string) => `/status/assets/${name}?v=${assets.version(name, snapshot.site)}`;
    const addresses = { css: address('status.css'), js: address('live.js') };
    return { snapshot, lang, base: '', assets: addresses, copy: true };
  };

  return async (snapshot: Snapshot): Promise<ExportFile[]> => {
    const files: ExportFile[] = [...data(snapshot), ...(await looks(snapshot, assets, brandFile))];
    const there = new Set(files.map(file => file.path));
    const paths = pagePaths(snapshot);
    const known = { site: snapshot.site.url, files: there, pages: new Set(paths) };
    for (const lang of [...LANGS].reverse()) {
      const ctx = contextOf(snapshot, lang);
      for (const [index, path] of paths.entries()) {
        // Ten thousand permalinks must not keep visitors waiting.
        if (index % 20 === 0) await breathe();
        const html = pageOf(ctx, path);
        if (html === null) continue;
        files.push({ path: pageFile(lang, path), body: localLinks(html, { ...known, lang, path }) });
      }
    }
    return files;
  };
}

/** The front page last: whoever reads it while the copy is written finds everything it leads to. */
function pagePaths({ incidents, maintenances, at }: Snapshot): string[] {
  const all = [...incidents, ...maintenances];
  const begun = all.map(({ scheduled, started }) => scheduled?.start ?? started);
  const months = new Set([at, ...begun].map(moment => new Date(moment).toISOString().slice(0, 7)));
  return [
    ...all.map(({ id }) => `/status/incidents/${encodeURIComponent(id)}`),
    ...[...months].map(month => `/status/history/${month}`),
    '/status/history',
    '/api',
    '/status/widget',
    '/status/live',
    '/',
  ];
}

function data(snapshot: Snapshot): ExportFile[] {
  const json = (path: string, body: object | string): ExportFile => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { path, body: text.replaceAll('<', '\\u003c') };
  };
  const ids = snapshot.components.map(({ component }) => component.id);
  const each = (folder: string, end: string, make: (id?: string) => string): ExportFile[] => [
    { path: `${folder}${end}`, body: make() },
    ...ids.map(id => ({ path: `${folder}/${id}${end}`, body: make(id) })),
  ];
  return [
    ...Object.entries(STATUSPAGE).map(([name, make]) => json(`api/v2/${name}`, make(snapshot))),
    json('api/uptime.json', uptimeJson(snapshot)),
    ...snapshot.incidents.map(({ id }) =>
      json(`api/incidents/${id}/claim.json`, claimJson(snapshot, id) ?? {}),
    ),
    json('api/openapi.json', openapi(snapshot.site)),
    json('status/widget.json', widgetJson(snapshot)),
    ...each('status/feed', '.atom', id => atom(snapshot, id)),
    ...each('status/feed', '.rss', id => rss(snapshot, id)),
    ...each('status/feed', '.json', id => jsonFeed(snapshot, id).replaceAll('<', '\\u003c')),
    ...each('status/maintenance', '.ics', id => maintenanceIcs(snapshot, id)),
    ...each('status/badge', '.svg', id => badge(snapshot, id)),
    { path: 'history.atom', body: atom(snapshot, undefined, 'incident') },
    { path: 'history.rss', body: rss(snapshot, undefined, 'incident') },
  ];
}

async function looks(
  { site }: Snapshot,
  assets: ReturnType<typeof readAssets>,
  brandFile: ExportDeps['brandFile'],
): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  const asset = (path: string, name: string) => {
    const body = assets.file(name, site)?.in('identity').bytes;
    if (body) files.push({ path, body });
  };
  asset('status/assets/status.css', 'status.css');
  asset('status/assets/live.js', 'live.js');
  asset('status/widget.js', 'widget.js');
  for (const name of [site.brand.logo, site.brand.logoDark, site.brand.favicon, site.brand.css]) {
    const file = name === null ? null : await brandFile(name);
    const body = file === null ? null : await readFile(file).catch(() => null);
    if (body) files.push({ path: `status/brand/${name}`, body });
  }
  return files;
}
