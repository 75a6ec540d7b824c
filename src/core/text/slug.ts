// Slugs: file names made of titles.

/** `[a-z0-9-]`, at most `most` characters; letters lose their accents. '' when the title has nothing Latin. */
export function slug(title: string, most: number): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return words.slice(0, most).replace(/^-+|-+$/g, '');
}
