// The slugs of Upptime: names of files below `history/`, and labels of issues.

/** The slug of a site by its name, else by its address. */
export function siteSlug(name: string, url: string): string {
  return slugged(name) || unicodeSlug(name) || slugged(url) || 'site';
}

/** Words in capitals count as words of their own: `MySQL` is `my-sql`, `GitHub` is `git-hub`. */
function slugged(text: string): string {
  return text
    .trim()
    .replace(/&/g, ' and ')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z\d]+)'([ts])(?=\s|$)/gi, '$1$2')
    .replace(/([A-Z]{2,})(\d+)/g, '$1 $2')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z\d]+)/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** For names without a Latin letter. */
function unicodeSlug(name: string): string {
  return name
    .normalize('NFKC')
    .trim()
    .replace(/[\\/<>:"|?*#%]/g, '-')
    .replace(/\s+/g, '-')
    .replace(/-+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
}
