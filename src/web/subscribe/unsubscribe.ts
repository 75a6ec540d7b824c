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
  sendUnsubscribed,
  text,
  tokenOf,
} from './forms.ts';

export function unsubscribeRoutes(
  router: Router,
  web: Web,
  { limit, emailLimit, guard, parse }: Forms,
): void {
  router.get('/status/unsubscribe', limit, async (req, res) => {
    const token = text(req.query.token);
    const show = (email: string) => {
      const fields = { token: token || null, email, problem: null };
      sendPrivately(res, 200, web.pages.unsubscribe(currentPage(web, req), fields));
    };
    if (token === '') return show(text(req.query.email).slice(0, 320));
    const who = await web.notifications.enrolment.leaving(token);
    if (who === null || who === 'left') return sendConfirmation(web, req, res, who && 'unsubscribed_before');
    show(who.address);
  });
  // RFC 8058: mail programs POST here across sites, perhaps as multipart, which need not be parsed.
  router.post('/status/unsubscribe', parse, async (req: Request, res: Response, next: NextFunction) => {
    const token = tokenOf(req);
    if (token === '') return next();
    const done = await web.notifications.enrolment.unsubscribe(token);
    // Valid tokens do not count: a mail provider sends all of its users' from a few addresses.
    if (!done) web.countGuess(req, res);
    sendUnsubscribed(web, req, res, done);
  });
  router.post('/status/unsubscribe', guard, emailLimit, async (req, res) => {
    const email = text(bodyOf(req).email ?? req.query.email);
    const asked = await evenly(web.notifications.enrolment.requestUnsubscribeLink(email));
    if (asked === 'busy') throw busy();
    if (asked === 'accepted') return sendConfirmation(web, req, res, 'unsubscribe_link_sent', { email });
    const typed = { token: null, email: email.slice(0, 320), problem: 'email_invalid' };
    reply(web, req, res, 400, BAD_ADDRESS, request => web.pages.unsubscribe(request, typed));
  });
}
