// /status/confirm: the link in the first email shows a button, and the button subscribes.
import type { Request, Response, Router } from 'express';
import type { Web } from '../context.ts';
import { currentPage, sendPrivately } from '../page/visitor.ts';
import { type Forms, sendConfirmation, text, tokenOf } from './forms.ts';

export function confirmRoutes(router: Router, web: Web, { limit, guard, parse }: Forms): void {
  router.get('/status/confirm', limit, async (req, res) => {
    const token = text(req.query.token);
    const who = await web.notifications.enrolment.pending(token);
    if (!who) return sendConfirmation(web, req, res, null);
    sendPrivately(res, 200, web.pages.confirm(currentPage(web, req), { token, email: who.address }));
  });
  router.post('/status/confirm', guard, limit, parse, async (req: Request, res: Response) => {
    const done = await web.notifications.enrolment.confirm(tokenOf(req));
    const about = { email: done?.address ?? '', manage: done?.manage ?? null };
    sendConfirmation(web, req, res, done && 'confirmed', about);
  });
}
