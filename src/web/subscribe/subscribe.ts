// /status/subscribe: requests emails for an address, or messages for a channel; both must confirm first.
import type { Request, RequestHandler, Response, Router } from 'express';
import { readAddress } from '../../core/model/subscriber.ts';
import type { Web } from '../context.ts';
import { Refusal, refuseEmbedded } from '../http/guards.ts';
import { currentPage, langOf, sendPrivately } from '../page/visitor.ts';
import { subscribeChannel } from './channel.ts';
import {
  BAD_ADDRESS,
  bodyOf,
  busy,
  choiceOf,
  evenly,
  type FormFields,
  type Forms,
  NONE_CHOSEN,
  reply,
  sendConfirmation,
  stringsOfField,
  text,
} from './forms.ts';
import { NO_COMPONENT } from './pages.ts';

export function subscribeForms(router: Router, web: Web, { limit, emailLimit, guard, parse }: Forms): void {
  const limitEmails: RequestHandler = (req, res, next) =>
    req.query.email === undefined ? next() : emailLimit(req, res, next);

  router.get('/status/subscribe', limit, refuseEmbedded, limitEmails, async (req, res) => {
    // A HEAD request must not send an email.
    if (req.query.email !== undefined && req.method === 'GET') {
      return subscribe(web, req, res, { ...req.query, email: asTyped(req) });
    }
    const choice = { ...choiceOf(req.query), components: stringsOfField(req.query.components) };
    sendPrivately(res, 200, web.pages.subscribe(currentPage(web, req), { email: '', choice, problem: null }));
  });
  router.post('/status/subscribe', guard, limit, emailLimit, parse, (req: Request, res: Response) =>
    subscribe(web, req, res, bodyOf(req)),
  );
}

async function subscribe(web: Web, req: Request, res: Response, fields: FormFields): Promise<void> {
  const email = text(fields.email);
  const components = stringsOfField(fields.components);
  const ids = web.refresh.current().site.components.map(component => component.id);
  const unknown = components.find(id => !ids.includes(id));
  if (unknown !== undefined) throw new Refusal(400, `There is no component "${unknown.slice(0, 64)}".`);
  // Without `all` no component means every one; with it, the visitor asked for some and chose none.
  const isNone = fields.all !== undefined && text(fields.all) === '' && components.length === 0;
  const all = text(fields.all) !== '' || components.length === 0 || components.length === ids.length;
  const choice = { ...choiceOf(fields), components: all ? null : components };
  // A filled honeypot gets the same response and no email. Like every other, it shows nothing but an address.
  const trapped = text(fields.website) !== '';
  const isChannel = fields.url !== undefined && req.method === 'POST';
  if (isNone) {
    const url = isChannel ? { url: text(fields.url), urlProblem: NO_COMPONENT } : {};
    const typed = { email: email.slice(0, 320), choice, problem: isChannel ? null : NO_COMPONENT, ...url };
    return reply(web, req, res, 400, NONE_CHOSEN, request => web.pages.subscribe(request, typed));
  }
  if (isChannel) {
    return subscribeChannel(web, req, res, { url: text(fields.url), choice, trapped });
  }
  const isAddress = readAddress(email) !== null;
  const asked = await evenly(
    trapped
      ? isAddress
        ? 'accepted'
        : 'bad_address'
      : web.notifications.enrolment.subscribe(email, choice, langOf(req)),
  );
  if (asked === 'busy') throw busy();
  if (asked === 'accepted') return sendConfirmation(web, req, res, 'check_inbox', { email });
  const typed = { email: email.slice(0, 320), choice, problem: 'email_invalid' };
  reply(web, req, res, 400, BAD_ADDRESS, request => web.pages.subscribe(request, typed));
}

/** The address in the query. A plus is meant as a plus, as typed into an address bar, not as a space as in a form. */
function asTyped(req: Request): string {
  const read = text(req.query.email);
  const [, raw = ''] = /[?&]email=\+*([^&]*?)\+*(?:&|$)/.exec(req.originalUrl) ?? [];
  // Right before the @ it is a stray space, not a tag.
  if (!read.includes(' ') || !raw.includes('+') || /\+(@|%40)/i.test(raw)) return read;
  try {
    return decodeURIComponent(raw);
  } catch {
    return read;
  }
}
