// Brand files: reports those that do not exist, so that the page does not link them.
import { stat } from 'node:fs/promises';
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { MAX_SITE_YAML, readYaml } from '../core/text/yaml.ts';
import type { StatusFolder } from './folder.ts';

type Branded = { readonly site: Site; readonly problems: readonly Problem[] };

/** Their keys in status.yaml. */
const KEYS = { logo: 'logo', logoDark: 'logo_dark', favicon: 'favicon', css: 'css' } as const;
type BrandPart = keyof typeof KEYS;

/** Checks the folder on each call; returns the same object while site and files are the same. */
export function makeBrand(folder: StatusFolder): (site: Site) => Promise<Branded> {
  let last: { readonly of: Site; readonly missing: string; readonly branded: Branded } | null = null;
  return async site => {
    const missing: BrandPart[] = [];
    for (const part of Object.keys(KEYS) as BrandPart[]) {
      const name = site.brand[part];
      if (name !== null && !(await isThere(folder, name))) missing.push(part);
    }
    if (last?.of === site && last.missing === missing.join()) return last.branded;
    const branded = missing.length === 0 ? { site, problems: [] } : await without(missing, site, folder);
    last = { of: site, missing: missing.join(), branded };
    return branded;
  };
}

async function isThere(folder: StatusFolder, name: string): Promise<boolean> {
  const file = await folder.brandFile(name);
  const facts = file === null ? null : await stat(file).catch(() => null);
  return facts?.isFile() ?? false;
}

async function without(missing: readonly BrandPart[], site: Site, folder: StatusFolder): Promise<Branded> {
  const { siteFile: where } = folder;
  const text = await folder.siteText().catch(() => '');
  const yaml = readYaml(text, where, 1, MAX_SITE_YAML);
  const problems = missing.map((part): Problem => {
    const key = `\`brand.${KEYS[part]}\``;
    const line = yaml.lineOf(['brand', KEYS[part]]);
    const what = `${key}: there is no file "${site.brand[part]}" in the status folder, so the page does not use it`;
    return { level: 'warning', where, line, what, fix: 'put it there, or correct the name' };
  });
  const none = Object.fromEntries(missing.map(part => [part, null]));
  return { site: { ...site, brand: { ...site.brand, ...none } }, problems };
}
