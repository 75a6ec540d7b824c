// The languages the page and the emails are written in.

export const LANGS = ['en', 'de'] as const;
export type Lang = (typeof LANGS)[number];
