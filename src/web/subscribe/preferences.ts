// /status/manage: a subscriber changes components, kinds and detail, unsubscribes, or asks for another challenge.
import type { Request, Response, Router } from 'express';
import type { Choice, Subscriber } from '../../core/model/subscriber.ts';
import type { Web } from '../context.ts';
import {
  bodyOf,
  busy,
  choiceOf,
  type FormFields,
  type Forms,
  NONE_CHOSEN,
  reply,
  sendConfirmation,
  sendUnsubscribed,
  stringsOfField,
  text,
  tokenOf,
} from './forms.ts';

type Managed = Pick<Subscriber, 'address' | 'choice' | 'channel'>;

export function preferencesRoutes(router: Router, web: Web, { limit, guard, parse }: Forms): void {
  router.get('/status/manage', limit, async (req, res) => {
    const token = text(req.query.token);
    const who = await web.notifications.enrolment.manage(token);
    if (!who) return sendConfirmation(web, req, res, null);
    sendPreferences(web, req, res, token, who, null);
  });
  router.post('/status/manage', guard, limit, parse, async (req: Request, res: Response) => {
    const fields = bodyOf(req);
    const token = tokenOf(req);
    if (text(fields.leave) !== '')
      return sendUnsubscribed(
        web,
        req,
        res,
        await web.notifications.enrolment.unsubscribeByPreferences(token),
      );
    if (text(fields.again) !== '') {
      const asked = await web.notifications.enrolment.challengeAgain(token);
      if (asked !== null && asked !== 'accepted') throw busy();
      return sendConfirmation(web, req, res, asked && 'asked_again');
    }
    const choice = chosenOf(web, fields);
    // With no component chosen there would be almost no mail, which nobody wants, so it is refused.
    const isNone = choice.components?.length === 0;
    const who = isNone
      ? await web.notifications.enrolment.manage(token)
      : await web.notifications.enrolment.choose(token, choice);
    if (!who) return sendConfirmation(web, req, res, null);
    if (isNone) return sendPreferences(web, req, res, token, { ...who, choice }, 'none');
    sendPreferences(web, req, res, token, who, 'saved');
  });
}

function chosenOf(web: Web, fields: FormFields): Choice {
  const ids = web.refresh.current().site.components.map(component => component.id);
  const chosen = stringsOfField(fields.components).filter(id => ids.includes(id));
  const all = text(fields.all) !== '' || chosen.length === ids.length;
  return { ...choiceOf(fields), components: all ? null : chosen };
}

function sendPreferences(
  web: Web,
  req: Request,
  res: Response,
  token: string,
  { address, choice, channel }: Managed,
  done: 'saved' | 'none' | null,
): void {
  const fields = { token, email: address, choice, done, channel: channel ?? null };
  const json = done === 'none' ? NONE_CHOSEN : { ok: true, ...choice, ...channel };
  reply(web, req, res, done === 'none' ? 400 : 200, json, request => web.pages.manage(request, fields));
}
