// Webhooks and heartbeats: monitors and jobs tell us; closed without the token.
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { isFromGitHost } from '../../core/inbound/git-hook.ts';
import { redacted } from '../../core/inbound/redact.ts';
import { mapped } from '../../core/inbound/senders/mapped.ts';
import { INBOUND } from '../../core/inbound/senders.ts';
import type { Reader } from '../../core/inbound/signal.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { MINUTE } from '../../core/model/time.ts';
import { sameSecret } from '../../core/model/token.ts';
import type { Web, WebhookNote } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { heartbeatLimit, webhookLimit } from '../http/rate-limit.ts';
import { bodyDigest, fieldsOf, formOf, tokensOf } from './body.ts';
import { makeSnsDoor } from './sns.ts';

/** What is answered; of several signals, `results` has each, in their order. */
interface Answer {
  readonly action: 'opened' | 'resolved' | 'ignored';
  readonly incident: string | null;
  readonly why?: string;
  readonly results?: readonly object[];
}

export function webhookRoutes(router: Router, web: Web): void {
  const limit = webhookLimit();
  const raw = express.text({ type: () => true, limit: LIMITS.webhook_body, defaultCharset: 'utf-8' });
  const admitSns = makeSnsDoor(web);

  const note = (sender: string, entry: Omit<WebhookNote, 'at' | 'sender'>) =>
    web.noteWebhook({ at: web.clock(), sender: sender.slice(0, 40), ...entry }).catch((error: unknown) => {
      if (!(error instanceof StorageFault)) web.log.error({ err: error }, 'the webhook cannot be noted');
    });

  const take = async (sender: string, fields: unknown): Promise<Answer> => {
    const reader = readerOf(sender, web);
    if (!reader) throw new Refusal(404, 'There is no webhook of this name.');
    const done = sender === 'sns' ? await admitSns(fields) : null;
    if (done !== null) return { action: 'ignored', incident: null, why: done };
    const reading = reader(fields);
    if ('problem' in reading) throw new Refusal(400, reading.problem);
    const results = await web.receive(reading.signals);
    // The first that changed something stands for all.
    const told = results.find(({ action }) => action !== 'ignored') ?? results[0];
    if (!told) return { action: 'ignored', incident: null, why: 'there was nothing in it' };
    if (results.length === 1) return told;
    const named = results.map((each, index) => ({ monitor: reading.signals[index]?.name, ...each }));
    return { ...told, results: named };
  };

  const receive = async (req: Request, res: Response, sender: string) => {
    let body = '{}';
    try {
      const fields = fieldsOf(req);
      body = redacted(fields);
      const answer = await take(sender, fields);
      const { action, incident, why = null } = answer;
      await note(sender, { status: 200, action, incident, why, body });
      res.set('Cache-Control', 'no-store').json({ ok: true, ...answer });
    } catch (error) {
      const [status, why] = error instanceof Refusal ? [error.status, error.message] : [500, 'it failed'];
      if (error instanceof StorageFault) throw error;
      if (status < 500) web.log.warn({ sender, problem: why }, 'webhook not understood');
      await note(sender, { status, action: 'refused', incident: null, why, body });
      throw error;
    }
  };

  let strangerAt = Number.NEGATIVE_INFINITY;
  const authorised: RequestHandler = async (req, res, next) => {
    const given = tokensOf(req);
    if (given.some(token => sameSecret(token, web.webhookToken))) return next();
    web.countGuess(req, res);
    const why = given.length > 0 ? 'the token is wrong' : 'the token is missing';
    // Once a minute: a stranger must not push the monitors' own entries out of the log.
    if (performance.now() - strangerAt >= MINUTE) {
      strangerAt = performance.now();
      const sender = req.path.split('/').filter(Boolean).at(-1) ?? '';
      await note(sender, { status: 401, action: 'refused', incident: null, why, body: '{}' });
    }
    next(new Refusal(401, 'This webhook needs its token: ?token=…, X-Webhook-Token or Bearer.'));
  };

  router.get('/webhooks/uptime', authorised, limit, (req, res) => receive(req, res, 'uptimerobot'));
  router.post('/webhooks/uptime', authorised, limit, raw, (req, res) => receive(req, res, 'uptimerobot'));
  const fromGit: RequestHandler = async (req, res, next) => {
    const secret = web.gitSecret();
    if (secret === null) throw new Refusal(404, 'No git is configured (content.git in status.yaml).');
    const tokened = tokensOf(req).some(token => sameSecret(token, web.webhookToken));
    if (!tokened && !isFromGitHost(req.headers, await bodyDigest(req, secret), secret)) {
      web.countGuess(req, res);
      throw new Refusal(401, 'This webhook needs the signature of its secret, or the webhook token.');
    }
    next();
  };
  router.post('/webhooks/git', fromGit, webhookLimit(), (_req, res) => {
    web.pullGit();
    res.status(202).set('Cache-Control', 'no-store').json({ ok: true });
  });
  router.post('/webhooks/:sender', authorised, limit, raw, (req, res) =>
    receive(req, res, String(req.params.sender)),
  );

  router.all('/heartbeats/:token', heartbeatLimit(), raw, async (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'POST') return next();
    const fields = { ...req.query, ...formOf(req) };
    const ok = !/^(down|fail|failed|error|0)$/i.test(String(fields.status ?? 'up'));
    const message = String(fields.msg ?? '').slice(0, 500);
    if (!(await web.heartbeats.report(String(req.params.token), ok, message))) {
      web.countGuess(req, res);
      throw new Refusal(404, 'No such heartbeat.');
    }
    res.set('Cache-Control', 'no-store').json({ ok: true });
  });
}

/** A sender we know, or one that status.yaml maps. */
function readerOf(sender: string, { refresh }: Web): Reader | undefined {
  const { webhooks } = refresh.current().site;
  const mapping = Object.hasOwn(webhooks, sender) ? webhooks[sender] : undefined;
  return mapping ? mapped(sender, mapping) : INBOUND[sender];
}
