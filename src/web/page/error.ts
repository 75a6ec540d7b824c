// The page of an error: its status in the visitor's words.
import type { PageContext } from './context.ts';
import { type Page, privatePage } from './layout.ts';

const KNOWN = [400, 403, 404, 413, 429, 500, 503] as const;

export function errorPage(ctx: PageContext, status: number, detail: string | null = null): Page {
  const known = KNOWN.find(code => code === status) ?? (status < 500 ? 400 : 500);
  const data = { status, text: ctx.say(`error.${known}_text`), detail };
  return privatePage('error', ctx.say(`error.${known}`), data);
}
