// Words: chooses a visitor's language, and returns the sentences by key.
import { LANGS, type Lang } from '../model/lang.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export type Key = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;
/** The sentence of `key`, with `{names}` filled in; `n` chooses the plural form. */
export type Say = (key: Key, values?: Values) => string;

/** Each language's own name, for the switch in the footer. */
export const LANG_NAMES: Readonly<Record<Lang, string>> = { en: 'English', de: 'Deutsch' };

const CATALOGUES: Record<Lang, Readonly<Record<Key, string | { one: string; other: string }>>> = { en, de };

const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** The direction of a language; a catalogue in Arabic or Hebrew needs nothing else. */
export function directionOf(lang: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(lang.split('-')[0] as string) ? 'rtl' : 'ltr';
}

export function sayIn(lang: Lang): Say {
  const plural = new Intl.PluralRules(lang);
  return (key, values = {}) => {
    const entry = CATALOGUES[lang][key];
    const text =
      typeof entry === 'string' ? entry : entry[plural.select(Number(values.n)) === 'one' ? 'one' : 'other'];
    return fill(text, values);
  };
}

/** Whether a text is a key of the catalogue: problems are keys or complete sentences. */
export function isKey(text: string): text is Key {
  return Object.hasOwn(en, text);
}

/** The language of a response: a known `?lang=`, else the best known of Accept-Language, else English. */
export function negotiate(acceptLanguage: string | undefined, queryLang: unknown): Lang {
  if (typeof queryLang === 'string') {
    const asked = spoken(queryLang);
    if (asked) return asked;
  }
  const wishes = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map(part => {
      const [tag = '', ...options] = part.trim().split(';');
      const q = options.map(option => /^\s*q=([\d.]+)\s*$/.exec(option)?.[1]).find(Boolean);
      return { lang: spoken(tag), weight: q === undefined ? 1 : Number(q) };
    })
    // Stable: of equal weights the first wins.
    .sort((a, b) => b.weight - a.weight);
  return wishes.find(wish => wish.lang && wish.weight > 0)?.lang ?? 'en';
}

/** The language of a tag (`de-AT`), if known. */
export function spoken(tag: string): Lang | undefined {
  const primary = tag.trim().toLowerCase().split(/[-_]/)[0];
  return LANGS.find(lang => lang === primary);
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}
