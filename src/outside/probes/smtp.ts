// smtp: greeting, EHLO, STARTTLS where asked for, AUTH where credentials are given.
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { CheckOf } from '../../core/check.ts';
import { explain, Finding, isKnown } from './failure.ts';
import type { Look, Network } from './network.ts';
import { openSocket } from './tcp.ts';
import { openTls } from './tls.ts';

type SmtpCheck = CheckOf<'smtp'>;

/**
 * Talks to the server up to the point where a letter could begin. A password is never sent in the
 * clear unless `starttls: false` says so in as many words.
 */
export const lookAtSmtp: Look<SmtpCheck> = async (check, signal, network) => {
  const started = performance.now();
  const connection = await openSmtp(check, signal, network);
  await step(connection, done => connection.connect(done));
  const { user, pass } = check;
  if (user)
    await step(connection, done => connection.login({ credentials: { user, pass: pass ?? '' } }, done));
  const latency = performance.now() - started;
  connection.quit();
  return { outcome: 'up', latency, seen: user ? 'accepted the login' : 'greeted' };
};

async function openSmtp(check: SmtpCheck, signal: AbortSignal, network: Network): Promise<SMTPConnection> {
  const { host, port } = check;
  const secure = check.secure ?? port === 465;
  const starttls = check.starttls ?? (Boolean(check.user) && !secure);
  // The socket is ours, so that the check's end closes it whatever state the dialogue is in.
  const socket = secure
    ? await openTls(host, port, host, signal, network)
    : await openSocket(host, port, signal, network);
  return new SMTPConnection({
    host,
    port,
    secure,
    secured: secure,
    connection: socket,
    ...(starttls ? { requireTLS: true } : { ignoreTLS: true }),
    tls: { servername: host, ...(network.ca ? { ca: network.ca as string | string[] } : {}) },
    // The check's own deadline rules.
    greetingTimeout: check.timeout * 2,
    socketTimeout: check.timeout * 2,
  });
}

function step(
  connection: SMTPConnection,
  take: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(inWords(error));
    connection.on('error', fail);
    connection.once('end', () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    take(error => (error ? fail(error) : resolve()));
  });
}

function inWords(error: Error & { code?: string; responseCode?: number }): Error {
  if (error.code === 'EAUTH') return new Finding('refused the login', { cause: error });
  if (isKnown(error)) return new Finding(explain(error).seen, { cause: error });
  if (error.responseCode) return new Finding(`answered ${error.responseCode}`, { cause: error });
  if (error.code === 'ETLS') return new Finding('STARTTLS failed', { cause: error });
  return new Finding('did not speak SMTP', { cause: error });
}
