// Subscribes a visitor's channel: a webhook, or the incoming webhook of a chat.
import type { Request, Response } from 'express';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { langOf } from '../page/visitor.ts';
import { busy, reply } from './forms.ts';

/** Handles a form with `url`; a trapped request gets the response for a chat and has no effect. */
export async function subscribeChannel(
  web: Web,
  req: Request,
  res: Response,
  { url, choice, trapped }: { readonly url: string; readonly choice: Choice; readonly trapped: boolean },
): Promise<void> {
  if (web.refresh.current().site.notify.visitors.channels.length === 0)
    throw new Refusal(404, 'This page has no channels other than email.');
  const asked = trapped
    ? ({ result: 'accepted', host: 'hooks.slack.com', keys: null } as const)
    : await web.notifications.enrolment.subscribeChannel(url, choice, langOf(req));
  if (asked.result === 'busy') throw busy();
  if (asked.result === 'accepted') {
    const { host, keys } = asked;
    const json = { ok: true, result: 'check_channel', ...keys };
    return reply(web, req, res, 200, json, request => web.pages.channel(request, { host, keys }));
  }
  const [status, problem] =
    asked.result === 'often' ? ([429, 'url_often'] as const) : ([400, asked.result] as const);
  const typed = { email: '', choice, problem: null, url, urlProblem: problem };
  reply(web, req, res, status, { ok: false, error: SENTENCES[problem] }, request =>
    web.pages.subscribe(request, typed),
  );
}

const SENTENCES = {
  url_invalid: 'Messages cannot be sent to this address.',
  url_https: 'The address must begin with https://.',
  url_type: 'This page does not support this kind of address.',
  url_often: 'This address was just asked to confirm; try again later.',
} as const;
