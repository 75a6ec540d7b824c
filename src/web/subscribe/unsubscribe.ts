// /status/unsubscribe: one click with a token, or an address to which such a link is mailed.
import type { NextFunction, Request, Response, Router } from 'express';
import type { Web } from '../context.ts';
import { currentPage, sendPrivately } from '../page/visitor.ts';
import {
  BAD_ADDRESS,
  bodyOf,
  busy,
  evenly,
  type Forms,
  reply,
  sendConfirmation,
  text,
  tokenOf,
} from './forms.ts';

export function unsubscribeRoutes(
  router: Router,
  web: Web,
  { limit, emailLimit, guard, parse }: Forms,
): void {
  router.get('/status/unsubscribe', limit, (req, res) => {
    const token = text(req.query.token);
    if (token !== '' && !web.notifications.enrolment.isUnsubscribe(token))
      return sendConfirmation(web, req, res, null);
    const fields = { token: token || null, email: text(req.query.email).slice(0, 320), problem: null };
    sendPrivately(res, 200, web.pages.unsubscribe(currentPage(web, req), fields));
  });
  // RFC 8058: mail programs POST here across sites, perhaps as multipart, which need not be parsed.
  router.post('/status/unsubscribe', parse, async (req: Request, res: Response, next: NextFunction) => {
    const token = tokenOf(req);
    if (token === '') return next();
    const done = await web.notifications.enrolment.unsubscribe(token);
    // Valid tokens do not count: a mail provider sends all of its users' from a few addresses.
    if (!done) web.countGuess(req, res);
    sendConfirmation(web, req, res, done);
  });
  router.post('/status/unsubscribe', guard, emailLimit, async (req, res) => {
    const email = text(bodyOf(req).email ?? req.query.email);
    const asked = await evenly(web.notifications.enrolment.requestUnsubscribeLink(email));
    if (asked === 'busy') throw busy();
    if (asked === 'accepted') return sendConfirmation(web, req, res, 'unsubscribe_link_sent');
    const typed = { token: null, email: email.slice(0, 320), problem: 'email_invalid' };
    reply(web, req, res, 400, BAD_ADDRESS, request => web.pages.unsubscribe(request, typed));
  });
}
