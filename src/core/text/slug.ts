// Slugs: file names made of titles.

/** Letters that are no plain letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ẞ: 'ss', æ: 'ae', Æ: 'ae', œ: 'oe', Œ: 'oe', ø: 'o', Ø: 'o', ł: 'l', Ł: 'l', ı: 'i' },
  ...{ đ: 'd', Đ: 'd', ð: 'd', Ð: 'd', þ: 'th', Þ: 'th', ħ: 'h', Ħ: 'h', ŧ: 't', Ŧ: 't', ŋ: 'n', Ŋ: 'n' },
};

/** `[a-z0-9-]`, at most `most` characters; letters become plain ones. '' when the title has nothing Latin. */
export function slug(title: string, most: number): string {
  return bareSlug(plainLetters(title), most);
}

/** The same without a form for letters that are no plain letter with a mark (ß): for keys that must stay as they were. */
export function bareSlug(title: string, most: number): string {
  const words = withoutMarks(title)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return words.slice(0, most).replace(/^-+|-+$/g, '');
}

/** Latin letters without their marks, and ligatures as the letters in them: `Größe` → `Grosse`. */
export function plainLetters(text: string): string {
  return withoutMarks(text).replace(/[^\p{ASCII}]/gu, letter => LETTERS[letter] ?? letter);
}

function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}
