// Words: which language a visitor reads, and every sentence in it by key.
import { LANGS, type Lang } from '../model/lang.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export type Key = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;
/** The sentence of `key`, its `{names}` filled in, its plural form chosen by `n`. */
export type Say = (key: Key, values?: Values) => string;

/** Each language's own name, for the switch in the foot. */
export const LANG_NAMES: Readonly<Record<Lang, string>> = { en: 'English', de: 'Deutsch' };

const CATALOGUES: Record<Lang, Readonly<Record<Key, string | { one: string; other: string }>>> = { en, de };

const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Which way a language is written; a catalogue in Arabic or Hebrew needs nothing else. */
export function directionOf(lang: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(lang.split('-')[0] as string) ? 'rtl' : 'ltr';
}

/** The words of one language. */
export function sayIn(lang: Lang): Say {
  const plural = new Intl.PluralRules(lang);
  return (key, values = {}) => {
    const entry = CATALOGUES[lang][key];
    const text =
      typeof entry === 'string' ? entry : entry[plural.select(Number(values.n)) === 'one' ? 'one' : 'other'];
    return fill(text, values);
  };
}

/** Whether a text is a key of the catalogue: problems may come as keys or as finished sentences. */
export function isKey(text: string): text is Key {
  return Object.hasOwn(en, text);
}

/**
 * The language to answer in: `?lang=` if we speak it, else the first of Accept-Language, by weight,
 * that we speak, else English.
 */
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
    // Sorting is stable: of equal weights the first one named wins.
    .sort((a, b) => b.weight - a.weight);
  return wishes.find(wish => wish.lang && wish.weight > 0)?.lang ?? 'en';
}

/** The language of a tag (`de-AT`), if we speak it. */
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
