// A visitor subscribes a channel: the address of a webhook, or of a chat's incoming webhook.
import type { Request, Response } from 'express';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { contextOf, langOf, sendPrivately, wantsJson } from '../page/visitor.ts';

/** Answers a form with `url`; `trapped` ones get the answer of a chat and nothing happens. */
export async function subscribeChannel(
  web: Pick<Web, 'assets' | 'base' | 'refresh' | 'pages' | 'enrolment'>,
  req: Request,
  res: Response,
  { url, choice, trapped }: { readonly url: string; readonly choice: Choice; readonly trapped: boolean },
): Promise<void> {
  const ctx = () => contextOf(web, web.refresh.current(), req);
  const { visitors } = web.refresh.current().site.notify;
  if (visitors.channels.length === 0) throw new Refusal(404, 'This page has no channels besides mail.');
  const asked = trapped
    ? ({ result: 'accepted', host: 'hooks.slack.com', keys: null } as const)
    : await web.enrolment.subscribeChannel(url, choice, langOf(req));
  const json = (status: number, body: object) =>
    void res.status(status).set('Cache-Control', 'no-store').json(body);
  if (asked.result === 'busy') {
    throw new Refusal(429, 'Too many people are subscribing right now; try again in an hour.');
  }
  if (asked.result === 'accepted') {
    const { host, keys } = asked;
    if (wantsJson(req)) return json(200, { ok: true, result: 'check_channel', ...keys });
    return sendPrivately(res, 200, web.pages.channel(ctx(), { host, keys }));
  }
  const status = asked.result === 'often' ? 429 : 400;
  const problem = asked.result === 'often' ? 'url_often' : asked.result;
  if (wantsJson(req)) return json(status, { ok: false, error: SENTENCES[problem] });
  const typed = { email: '', choice, problem: null, url, urlProblem: problem };
  sendPrivately(res, status, web.pages.subscribe(ctx(), typed));
}

const SENTENCES = {
  url_invalid: 'This is not an address that can be posted to.',
  url_https: 'The address must begin with https://.',
  url_type: 'This page does not support this kind of address.',
  url_often: 'This address was asked to confirm just now; try again in a while.',
} as const;
