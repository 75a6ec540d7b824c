// Webhooks and heartbeats: receives what monitors and jobs send; the token is required.
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { line, MESSAGE } from '../../core/inbound/fields.ts';
import { isFromGitHost } from '../../core/inbound/git-hook.ts';
import { mapped } from '../../core/inbound/senders/mapped.ts';
import { SENDERS } from '../../core/inbound/senders.ts';
import type { WebhookReader } from '../../core/inbound/signal.ts';
import { bodyForLog, type LoggedWebhook } from '../../core/inbound/webhook-log.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import { MINUTE } from '../../core/model/time.ts';
import { sameSecret, shortId } from '../../core/model/token.ts';
import { withoutSecrets } from '../../core/text/printable.ts';
import { logWebhook } from '../../store/incidents/webhooks-log.ts';
import type { Received } from '../../work/incidents/receive.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { limited } from '../http/rate-limit.ts';
import { afterToken, bodyDigest, fieldsOfRequest, formOf, webhookTokensOf } from './body.ts';
import { makeAdmitSns } from './sns.ts';

/** The response; `results` has one entry per signal, in order, if there are several. */
interface WebhookResponse extends Received {
  readonly results?: readonly object[];
}

export function webhookRoutes(router: Router, web: Web): void {
  const limit = limited(LIMITS.webhooks);
  const raw = express.text({ type: () => true, limit: LIMITS.webhook_body, defaultCharset: 'utf-8' });
  // Limited per token, not per address: a machine may run a thousand jobs.
  const ofToken = limited(LIMITS.heartbeats, { keyGenerator: req => shortId(String(req.params.token)) });
  const inbox = new Inbox(web);
  const { authorised } = inbox;
  const uptime: RequestHandler = (req, res) => inbox.take(req, res, 'uptimerobot');
  router.get('/webhooks/uptime', inbox.authorisedGlued, limit, uptime);
  router.post('/webhooks/uptime', inbox.authorisedGlued, limit, raw, uptime);
  router.post('/webhooks/git', fromGit(web), limited(LIMITS.webhooks), (_req, res) => {
    web.git.ask();
    res.status(202).set('Cache-Control', 'no-store').json({ ok: true });
  });
  router.post('/webhooks/:sender', authorised, limit, raw, (req, res) =>
    inbox.take(req, res, String(req.params.sender)),
  );
  router.all('/heartbeats/:token', ofToken, raw, async (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'POST') return next();
    const fields = { ...req.query, ...formOf(req) };
    const ok = isAlive(String(fields.status ?? ''));
    const message = withoutSecrets(line(fields.msg, MESSAGE));
    if (!(await web.heartbeats.report(String(req.params.token), ok, message))) {
      web.countGuess(req, res);
      throw new Refusal(404, 'No such heartbeat.');
    }
    res.set('Cache-Control', 'no-store').json({ ok: true });
  });
}

const GOOD = new Set(['', 'up', 'ok', 'success', 'succeeded', 'passed', 'done', 'completed', 'true', '1']);
const BAD = new Set(['down', 'fail', 'failed', 'failure', 'error', 'critical', 'false', '0']);

/** What a job says of itself. An unknown word is refused (400), because it may be a failure. */
function isAlive(status: string): boolean {
  const word = status.trim().toLowerCase();
  if (!GOOD.has(word) && !BAD.has(word))
    throw new Refusal(
      400,
      `status "${line(status, 40)}" is neither up nor down: send status=up or status=down.`,
    );
  return GOOD.has(word);
}

/** Reads a monitor's message, records it in the webhooks log, and responds. */
class Inbox {
  readonly #web: Web;
  readonly #admitSns: ReturnType<typeof makeAdmitSns>;
  #strangerAt = Number.NEGATIVE_INFINITY;

  constructor(web: Web) {
    this.#web = web;
    this.#admitSns = makeAdmitSns(web);
  }

  readonly authorised: RequestHandler = async (req, res, next) => {
    const given = webhookTokensOf(req);
    if (given.some(token => sameSecret(token, this.#web.webhookToken))) return next();
    this.#web.countGuess(req, res);
    const why = given.length > 0 ? 'the token is wrong' : 'the token is missing';
    // Once a minute: an unknown sender must not push the monitors' entries out of the log.
    if (performance.now() - this.#strangerAt >= MINUTE) {
      this.#strangerAt = performance.now();
      const sender = req.path.split('/').filter(Boolean).at(-1) ?? '';
      await this.#note(sender, { status: 401, action: 'refused', incident: null, why, body: '{}' });
    }
    next(new Refusal(401, 'This webhook needs its token: ?token=…, X-Webhook-Token or Bearer.'));
  };

  /** The same, where a sender may have appended something to the token in the address. */
  readonly authorisedGlued: RequestHandler = (req, res, next) =>
    this.#glued(req) === null ? this.authorised(req, res, next) : next();

  #glued(req: Request): string | null {
    return afterToken(req.query.token, this.#web.webhookToken);
  }

  async take(req: Request, res: Response, sender: string): Promise<void> {
    let body = '{}';
    try {
      const fields = fieldsOfRequest(req, this.#glued(req) ?? '');
      body = bodyForLog(fields);
      const answer = await this.#answer(sender, fields);
      const { action, incident, why = null } = answer;
      await this.#note(sender, { status: 200, action, incident, why, body });
      res.set('Cache-Control', 'no-store').json({ ok: true, ...answer });
    } catch (error) {
      if (error instanceof StorageFault) throw error;
      const [status, why] =
        error instanceof Refusal ? [error.status, error.message] : [500, 'internal error'];
      if (status < 500)
        this.#web.log.warn(
          { sender, problem: why },
          `a webhook was refused: \`${statusCommand('webhooks log')}\` shows its body`,
        );
      await this.#note(sender, { status, action: 'refused', incident: null, why, body });
      throw error;
    }
  }

  async #answer(sender: string, fields: unknown): Promise<WebhookResponse> {
    const reader = readerOf(sender, this.#web);
    if (!reader) throw new Refusal(404, 'There is no webhook with this name.');
    const done = sender === 'sns' ? await this.#admitSns(fields) : null;
    if (done !== null) return { action: 'ignored', incident: null, why: done };
    const reading = reader(fields);
    if ('problem' in reading) throw new Refusal(400, reading.problem);
    const results = await this.#web.receive(reading.signals);
    for (const { action } of results) if (action === 'held') this.#web.metrics.held(sender);
    // The first result that changed something is the response for all, else the first that is held.
    const change = results.find(({ action }) => action !== 'ignored' && action !== 'held');
    const first = change ?? results.find(({ action }) => action === 'held') ?? results[0];
    if (!first) return { action: 'ignored', incident: null, why: 'it contained no alert' };
    if (results.length === 1) return first;
    const named = results.map((each, index) => ({ monitor: reading.signals[index]?.name, ...each }));
    return { ...first, results: named };
  }

  async #note(sender: string, entry: Omit<LoggedWebhook, 'at' | 'sender'>): Promise<void> {
    const { db, clock, log } = this.#web;
    await logWebhook(db, { at: clock(), sender: sender.slice(0, 40), ...entry }).catch((error: unknown) => {
      if (!(error instanceof StorageFault)) log.error({ err: error }, 'the webhook cannot be logged');
    });
  }
}

function fromGit(web: Web): RequestHandler {
  return async (req, res, next) => {
    const { git } = web.refresh.current().site;
    if (git === null) throw new Refusal(404, 'Git is not configured (content.git in status.yaml).');
    const secret = git.secret ?? web.webhookToken;
    const hasToken = webhookTokensOf(req).some(token => sameSecret(token, web.webhookToken));
    if (!hasToken && !isFromGitHost(req.headers, await bodyDigest(req, secret), secret)) {
      web.countGuess(req, res);
      throw new Refusal(401, 'This webhook needs a signature made with its secret, or the webhook token.');
    }
    next();
  };
}

/** A built-in sender, or one mapped in status.yaml. */
function readerOf(sender: string, { refresh }: Web): WebhookReader | undefined {
  const { webhooks } = refresh.current().site;
  const mapping = Object.hasOwn(webhooks, sender) ? webhooks[sender] : undefined;
  return mapping ? mapped(sender, mapping) : SENDERS[sender];
}
