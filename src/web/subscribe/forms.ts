// Shared by all subscription forms: guards, form fields, and responses as a page or as JSON.
import express, { type Request, type RequestHandler, type Response } from 'express';
import { type Choice, DETAILS, KINDS } from '../../core/model/subscriber.ts';
import type { Web } from '../context.ts';
import { Refusal, sameSite } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { limited } from '../http/rate-limit.ts';
import type { PageRequest } from '../page/context.ts';
import { currentPage, sendPrivately, wantsJson } from '../page/visitor.ts';
import type { ConfirmationAbout, ConfirmationPage } from './pages.ts';

export interface Forms {
  /** Limits how often one address may open or send the forms. */
  readonly limit: RequestHandler;
  /** Limits how often it may request an email. */
  readonly emailLimit: RequestHandler;
  /** Refuses requests from another site's page. */
  readonly guard: RequestHandler;
  readonly parse: RequestHandler[];
}

export function makeForms(web: Web): Forms {
  return {
    limit: limited(LIMITS.forms),
    emailLimit: limited(LIMITS.subscribe, { skipFailedRequests: true }),
    guard: sameSite(() => [new URL(web.refresh.current().site.url).origin]),
    parse: [
      express.urlencoded({ extended: false, limit: LIMITS.form_body, parameterLimit: 500 }),
      express.json({ limit: LIMITS.form_body }),
    ],
  };
}

export function reply(
  web: Web,
  req: Request,
  res: Response,
  status: number,
  json: object,
  page: (request: PageRequest) => string,
): void {
  if (wantsJson(req)) res.status(status).set('Cache-Control', 'no-store').json(json);
  else sendPrivately(res, status, page(currentPage(web, req)));
}

/** Sends the result page; null means the link is invalid. */
export function sendConfirmation(
  web: Web,
  req: Request,
  res: Response,
  kind: ConfirmationPage | null,
  about: ConfirmationAbout = {},
): void {
  const [shown, status] = kind === null ? (['link_invalid', 400] as const) : ([kind, 200] as const);
  reply(web, req, res, status, { ok: kind !== null, result: shown }, request =>
    web.pages.confirmation(request, shown, about),
  );
}

/** Sends the result of unsubscribing by token; null if the token was not genuine. */
export function sendUnsubscribed(
  web: Web,
  req: Request,
  res: Response,
  done: { readonly left: boolean; readonly address: string } | null,
): void {
  const kind = done && (done.left ? 'unsubscribed' : 'unsubscribed_before');
  sendConfirmation(web, req, res, kind, { email: done?.address ?? '' });
}

export function busy(): Refusal {
  return new Refusal(429, 'Too many people are subscribing right now; try again in an hour.');
}

export const BAD_ADDRESS = { ok: false, error: 'This is not an email address.' };
export const NONE_CHOSEN = { ok: false, error: 'Choose at least one component, or all of them.' };

/** Longer than any response takes to make, ms, so that timing reveals nothing about the address. */
const EVEN = 50;

export async function evenly<T>(work: T | Promise<T>): Promise<T> {
  const [done] = await Promise.all([work, new Promise(resolve => setTimeout(resolve, EVEN))]);
  return done;
}

export type FormFields = Readonly<Record<string, unknown>>;

/** The chosen kinds and detail; an unknown value means everything. */
export function choiceOf(fields: FormFields): Pick<Choice, 'kinds' | 'detail'> {
  return {
    kinds: KINDS.find(kind => kind === text(fields.kinds)) ?? 'all',
    detail: DETAILS.find(detail => detail === text(fields.detail)) ?? 'all',
  };
}

export function bodyOf(req: Request): FormFields {
  return typeof req.body === 'object' && req.body !== null ? (req.body as FormFields) : {};
}

export function tokenOf(req: Request): string {
  return text(req.query.token) || text(bodyOf(req).token);
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

export function stringsOfField(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return [...new Set(values.filter(item => typeof item === 'string' && item !== ''))] as string[];
}
