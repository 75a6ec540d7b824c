// Brand files: reports those that do not exist, so that the page does not link them, and reads how wide the logos are.
import { open, stat } from 'node:fs/promises';
import type { Problem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { imageSize } from '../core/page/image-size.ts';
import { MAX_SITE_YAML, readYaml } from '../core/text/yaml.ts';
import type { StatusFolder } from './folder.ts';

type Branded = { readonly site: Site; readonly problems: readonly Problem[] };

/** Their keys in status.yaml. */
const KEYS = { logo: 'logo', logoDark: 'logo_dark', favicon: 'favicon', css: 'css' } as const;
type BrandPart = keyof typeof KEYS;
/** The bytes in which a file tells its size: cameras write a lot before it. */
const MAX_HEAD = 262_144;

/** Checks the folder on each call; returns the same object while site and files are the same. */
export function makeBrand(folder: StatusFolder): (site: Site) => Promise<Branded> {
  let last: { readonly of: Site; readonly files: string; readonly branded: Branded } | null = null;
  return async site => {
    const missing: BrandPart[] = [];
    const stamps: string[] = [];
    for (const part of Object.keys(KEYS) as BrandPart[]) {
      const name = site.brand[part];
      const stamp = name === null ? '' : await stampOf(folder, name);
      if (stamp === null) missing.push(part);
      // Of the others only the name is on the page.
      stamps.push(stamp === null ? 'missing' : part === 'logo' || part === 'logoDark' ? stamp : '');
    }
    const files = stamps.join();
    if (last?.of === site && last.files === files) return last.branded;
    const there = missing.length === 0 ? { site, problems: [] } : await without(missing, site, folder);
    const branded = { ...there, site: await withRatios(there.site, folder) };
    last = { of: site, files, branded };
    return branded;
  };
}

/** Changes with the file; null if it is not there. */
async function stampOf(folder: StatusFolder, name: string): Promise<string | null> {
  const file = await folder.brandFile(name);
  const facts = file === null ? null : await stat(file).catch(() => null);
  return facts?.isFile() ? `${facts.size} ${facts.mtimeMs}` : null;
}

/** With the ratios of its logos, so that the page keeps room for them. */
async function withRatios(site: Site, folder: StatusFolder): Promise<Site> {
  const { logo, logoDark } = site.brand;
  if (logo === null && logoDark === null) return site;
  const [logoRatio, logoDarkRatio] = await Promise.all([logo, logoDark].map(name => ratioOf(folder, name)));
  return { ...site, brand: { ...site.brand, logoRatio: logoRatio!, logoDarkRatio: logoDarkRatio! } };
}

async function ratioOf(folder: StatusFolder, name: string | null): Promise<number | null> {
  const path = name === null ? null : await folder.brandFile(name);
  const file = path === null ? null : await open(path).catch(() => null);
  if (!file) return null;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_HEAD), 0, MAX_HEAD, 0);
    const size = imageSize(buffer.subarray(0, bytesRead));
    return size && size.width / size.height;
  } catch {
    return null;
  } finally {
    await file.close();
  }
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
