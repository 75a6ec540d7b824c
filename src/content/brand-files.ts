// The brand's files: what status.yaml names and is not there is said, and the page does not link it.
import { stat } from 'node:fs/promises';
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { MAX_SITE_YAML, readYaml } from '../core/text/yaml.ts';
import type { Content } from './folder.ts';

type Folder = Pick<Content, 'siteFile' | 'siteText' | 'brandFile'>;

/** The site without the files that are missing, and a warning for each. */
export interface Dressed {
  readonly site: Site;
  readonly problems: readonly Problem[];
}

/** Their keys in status.yaml. */
const KEYS = { logo: 'logo', logoDark: 'logo_dark', favicon: 'favicon', css: 'css' } as const;
type Part = keyof typeof KEYS;

/** Looks at the folder anew each time; the same object comes back while site and files are the same. */
export function makeBrand(folder: Folder): (site: Site) => Promise<Dressed> {
  let last: { readonly of: Site; readonly missing: string; readonly dressed: Dressed } | null = null;
  return async site => {
    const missing: Part[] = [];
    for (const part of Object.keys(KEYS) as Part[]) {
      const name = site.brand[part];
      if (name !== null && !(await isThere(folder, name))) missing.push(part);
    }
    if (last?.of === site && last.missing === missing.join()) return last.dressed;
    const dressed = missing.length === 0 ? { site, problems: [] } : await without(missing, site, folder);
    last = { of: site, missing: missing.join(), dressed };
    return dressed;
  };
}

async function isThere({ brandFile }: Folder, name: string): Promise<boolean> {
  const file = await brandFile(name);
  const facts = file === null ? null : await stat(file).catch(() => null);
  return facts?.isFile() ?? false;
}

async function without(
  missing: readonly Part[],
  site: Site,
  { siteFile, siteText }: Folder,
): Promise<Dressed> {
  const text = await siteText().catch(() => '');
  const yaml = readYaml(text, siteFile, 1, MAX_SITE_YAML);
  const problems = missing.map(
    (part): Problem => ({
      level: 'warning',
      where: siteFile,
      line: yaml.lineOf(['brand', KEYS[part]]),
      what: `\`brand.${KEYS[part]}\`: there is no file "${site.brand[part]}" in the status folder, so the page does without`,
      fix: 'put it there, or correct the name',
    }),
  );
  const none = Object.fromEntries(missing.map(part => [part, null]));
  return { site: { ...site, brand: { ...site.brand, ...none } }, problems };
}
