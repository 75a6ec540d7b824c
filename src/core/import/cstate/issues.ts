// Finds the issues of a cState site: in which folder, in which language, and at which addresses.
import { count } from '../../text/count.ts';
import type { Remarks } from '../imported.ts';
import type { SiteConfig, SiteText } from './config.ts';
import { type HugoFields, readPage, textsIn } from './hugo.ts';

export interface CstateIssue {
  /** The file as it was given. */
  readonly file: string;
  /** Its path below the folder of issues, without `.md`; the same in all languages. */
  readonly name: string;
  readonly fields: HugoFields;
  readonly body: string;
  /** The paths that the site had for it. */
  readonly addresses: readonly string[];
}

interface IssuePage extends Pick<CstateIssue, 'file' | 'fields' | 'body'> {
  /** Below `content`, without language and `.md`. */
  readonly path: string;
  readonly language: string | null;
}

/** The folder of the site, and a function that reads its issues once its settings are known. */
export function issuesOf(
  files: readonly SiteText[],
  remarks: Remarks,
): { readonly root: string; readonly read: (config: SiteConfig) => CstateIssue[] } {
  const pages = files.filter(({ name }) => /\.md$/i.test(name));
  const roots = new Map<string, SiteText[]>();
  for (const page of pages) {
    const root = /^(.*?)(?<![^/])content\/./.exec(page.name)?.[1];
    if (root !== undefined) roots.set(root, [...(roots.get(root) ?? []), page]);
  }
  const [own, ...others] = [...roots.keys()].sort(
    (a, b) => Number(isExample(a)) - Number(isExample(b)) || a.length - b.length,
  );
  if (own === undefined)
    return { root: '', read: config => readIssues(loosePages(pages), '', config, remarks) };
  for (const root of others) {
    const what = isExample(root)
      ? 'it is the example of the theme'
      : 'it is another site; give its folder to import it';
    remarks.leftOut(`${root}content`, what);
  }
  return { root: own, read: config => readIssues(roots.get(own)!, `${own}content/`, config, remarks) };
}

function isExample(root: string): boolean {
  return /(?:^|\/)(?:exampleSite|themes)\//i.test(root);
}

/** The pages of a folder that is itself the one of content, or of issues: others have no front matter that names a section. */
function loosePages(pages: readonly SiteText[]): SiteText[] {
  return pages
    .filter(({ name, text }) => name.startsWith('issues/') || /^\W*section\W+issue\b/im.test(text))
    .map(one => ({ ...one }));
}

function readIssues(
  files: readonly SiteText[],
  below: string,
  config: SiteConfig,
  remarks: Remarks,
): CstateIssue[] {
  const pages = files.flatMap(file => pageOf(file, below, config, remarks));
  const default_ = config.language;
  const isDefault = ({ language }: IssuePage) => language === null || language === default_;
  const languages = [...new Set(pages.map(({ language }) => language))];
  const sizes = new Map(languages.map(one => [one, pages.filter(({ language }) => language === one).length]));
  const largest = languages.sort((a, b) => sizes.get(b)! - sizes.get(a)!)[0];
  const isTaken = pages.some(isDefault) ? isDefault : ({ language }: IssuePage) => language === largest;
  for (const language of languages) {
    const left = pages.filter(page => page.language === language && !isTaken(page));
    const [first] = left;
    if (first)
      remarks.leftOut(
        first.file.replace(/[^/]*$/, '') || first.file,
        `${count(left.length, 'issue')} in “${language}”: one language is imported`,
      );
  }
  const inLanguages = new Map<string, string[]>();
  for (const { path, language } of pages)
    if (language !== null) inLanguages.set(path, [...(inLanguages.get(path) ?? []), language]);
  return pages.filter(isTaken).map(({ path, ...page }) => ({
    ...page,
    name: path.replace(/^issues\//, ''),
    addresses: addressesOf(path, page.fields, inLanguages.get(path) ?? []),
  }));
}

function pageOf(
  { name: file, text }: SiteText,
  below: string,
  config: SiteConfig,
  remarks: Remarks,
): IssuePage[] {
  const { path, language } = placeOf(file.slice(below.length), config.languages);
  const isAmongIssues = path.startsWith('issues/') || below === '';
  // The text of a list, as `_index.md` is.
  if (/(?:^|\/)_[^/]*$/.test(path)) return [];
  const page = readPage(file, text);
  if (page === null || typeof page === 'string') {
    if (!isAmongIssues) return [];
    if (page === null) remarks.leftOut(file, 'it has no front matter');
    else remarks.wrong(file, page);
    return [];
  }
  if (!isAmongIssues && textsIn(page.fields.section)[0] !== 'issue') return [];
  if (String(page.fields.draft) === 'true') {
    remarks.leftOut(file, 'it is a draft, which was not on the page');
    return [];
  }
  return [{ ...page, file, path, language }];
}

/** `fr/issues/a.md`, `issues/a.fr.md` and `issues/a/index.fr.md` are `issues/a` in French. */
function placeOf(
  below: string,
  languages: ReadonlyMap<string, string>,
): { readonly path: string; readonly language: string | null } {
  const plain = below.replace(/\.md$/i, '');
  const ending = /\.([a-z-]+)$/i.exec(plain)?.[1]?.toLowerCase() ?? '';
  const folder = plain.split('/', 1)[0]!;
  const ofFolder = [...languages].find(([, one]) => one === folder)?.[0];
  const isLikeLanguage = /^[a-z]{2}(?:-[a-z]+)?\/issues\//i.test(plain);
  const [rest, language] = languages.has(ending)
    ? [plain.slice(0, -ending.length - 1), ending]
    : ofFolder !== undefined || isLikeLanguage
      ? [plain.slice(folder.length + 1), ofFolder ?? folder.toLowerCase()]
      : [plain, null];
  return { path: rest.replace(/\/index$/, ''), language };
}

/** The addresses of a page, also below each of its languages, as Hugo makes them. */
function addressesOf(path: string, fields: HugoFields, languages: readonly string[]): string[] {
  const [url] = textsIn(fields.url);
  const [slug] = textsIn(fields.slug);
  const made = slug === undefined ? path : path.replace(/[^/]*$/, slug);
  const own = (url ?? made).replace(/^\/+|\/+$/g, '');
  const plain = own
    .toLowerCase()
    .replace(/\s+/g, '-')
    .replace(/[^\p{L}\p{M}\p{N}./_#+~@%-]/gu, '');
  const placed = plain.includes('/') ? plain : `issues/${plain}`;
  const former = textsIn(fields.aliases).filter(one => one.startsWith('/'));
  return [...new Set([`/${placed}`, ...languages.map(one => `/${one}/${placed}`), ...former])];
}
