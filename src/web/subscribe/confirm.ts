// /status/confirm: the link in the first email shows a button, and the button subscribes.
import type { Request, Response, Router } from 'express';
import type { Web } from '../context.ts';
import { currentPage, sendPrivately } from '../page/visitor.ts';
import { type Forms, sendConfirmation, text, tokenOf } from './forms.ts';

export function confirmRoutes(router: Router, web: Web, { limit, guard, parse }: Forms): void {
  router.get('/status/confirm', limit, async (req, res) => {
    const token = text(req.query.token);
    if (!(await web.notifications.enrolment.pending(token))) return sendConfirmation(web, req, res, null);
    sendPrivately(res, 200, web.pages.confirm(currentPage(web, req), token));
  });
  router.post('/status/confirm', guard, limit, parse, async (req: Request, res: Response) => {
    sendConfirmation(
      web,
      req,
      res,
      (await web.notifications.enrolment.confirm(tokenOf(req))) ? 'confirmed' : null,
    );
  });
}
