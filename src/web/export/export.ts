// The static copy: every public address as a file, pages with links that work from any folder.

import { readFile } from 'node:fs/promises';
import type { Lang } from '../../core/model/lang.ts';
import { LANGS } from '../../core/model/lang.ts';
import type { ReadMetric } from '../../core/model/metric.ts';
import { isoMillis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Assets } from '../http/asset.ts';
import { readAssets } from '../http/assets.ts';
import type { PageContext } from '../page/context.ts';
import type { Pages } from '../page/pages.ts';
import type { ReadSeries } from '../page/series.ts';
import type { ExportFile } from './data.ts';
import { dataFiles } from './data.ts';
import { localLinks, pageFile } from './links.ts';
import { copyPages } from './pages.ts';

export interface ExportDeps {
  readonly pages: Pages;
  readonly publicDir: string;
  readonly brandFile: (name: string) => Promise<string | null>;
  readonly series: ReadSeries;
  readonly readMetric: ReadMetric;
}

/** Says how fresh the copy is, for pages that are older because nothing on them changed. */
const STAMP = 'status/copy.json';

/** The moment a page was made, wherever it stands on it. */
const MOMENT =
  / data-version="[^"]*" data-at="[^"]*"|(?<=<aside id="copy">)[^\n]*|(?<=og:image" content="[^"]*[;&]v=)[\w-]*/g;

/**
 * Makes the files of the whole public site, those that others refer to first, then the front page, and
 * last the file that says how fresh all of them are. What only a server can do (subscribing) leads to
 * the site itself.
 */
export function makeExport(deps: ExportDeps) {
  const assets = readAssets(deps.publicDir);

  const contextOf = (snapshot: Snapshot, lang: Lang): PageContext => {
    const address = (name: string) => `/status/assets/${name}?v=${assets.version(name, snapshot.site)}`;
    const addresses = { css: address('status.css'), js: address('live.js') };
    return { snapshot, lang, base: '', assets: addresses, copy: true };
  };

  return async (snapshot: Snapshot): Promise<ExportFile[]> => {
    const { site } = snapshot;
    const looks = await looksOf(snapshot, assets, deps.brandFile);
    const files: ExportFile[] = [...dataFiles(snapshot, deps), ...looks];
    const pages = copyPages(snapshot, deps);
    const there = new Set([...files.map(file => file.path), STAMP]);
    const known = { site: site.url, files: there, pages: new Set(pages.map(({ path }) => path)) };
    files.push({
      path: '404.html',
      key: null,
      body: () => {
        const { copy: _, ...ctx } = contextOf(snapshot, 'en');
        const html = localLinks(deps.pages.error(ctx, 404), {
          ...known,
          lang: 'en',
          path: '/status/live',
          from: site.mirror?.url ?? null,
        });
        return standingAlone(
          html,
          assets.file('status.css', site)?.ready('identity')?.bytes.toString() ?? '',
        );
      },
    });
    for (const lang of [...LANGS].reverse()) {
      const ctx = contextOf(snapshot, lang);
      for (const { path, key, make } of pages) {
        files.push({
          path: pageFile(lang, path),
          key: key && `${key} ${ctx.assets.css} ${ctx.assets.js}`,
          ...(key ? { apart: MOMENT } : {}),
          body: async () => localLinks((await make(ctx)) ?? '', { ...known, lang, path }),
        });
      }
    }
    const stamp = { at: isoMillis(snapshot.at), version: snapshot.version, site: site.url };
    files.push({ path: STAMP, key: null, body: () => JSON.stringify(stamp) });
    return files;
  };
}

/** A page that is shown at any depth, where no relative address leads anywhere: its style is on it. */
function standingAlone(html: string, css: string): string {
  return html
    .replace(/<script type="module"[^>]*><\/script>\n?/, '')
    .replace(/<link rel="stylesheet" href="[^"]*status\.css[^"]*">/, () => `<style>${css}</style>`);
}

async function looksOf(
  { site }: Snapshot,
  assets: Assets,
  brandFile: ExportDeps['brandFile'],
): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  const asset = (path: string, name: string) => {
    const body = assets.file(name, site)?.ready('identity')?.bytes;
    if (body) files.push({ path, key: assets.version(name, site), body: () => body });
  };
  asset('status/assets/status.css', 'status.css');
  asset('status/assets/live.js', 'live.js');
  asset('status/widget.js', 'widget.js');
  for (const name of [site.brand.logo, site.brand.logoDark, site.brand.favicon, site.brand.css]) {
    const file = name === null ? null : await brandFile(name);
    const body = file === null ? null : await readFile(file).catch(() => null);
    if (body) files.push({ path: `status/brand/${name}`, key: null, body: () => body });
  }
  return files;
}
