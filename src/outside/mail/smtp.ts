// Mail by SMTP: several connections, each sending one email at a time. We do not use nodemailer's pool: it gives a
// connection its next email before the last one is recorded, and it resends by itself when a connection breaks.
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { MINUTE, type Millis, SECOND } from '../../core/model/time.ts';
import type { MailTransport, OutgoingMail, Sent } from '../../core/notify/mail.ts';
import { type DkimKey, idempotencyKey, type Mime, makeMime } from './mime.ts';
import { failureOf, type SmtpError, wordsOf } from './smtp-failure.ts';

export interface SmtpOptions {
  readonly dkim?: DkimKey | null;
  /** Time limit for the connection and the greeting, ms. */
  readonly connectTimeout?: Millis;
  /** Time limit for any other response, ms. */
  readonly responseTimeout?: Millis;
}

/** We close an idle connection after this time, before the server does it during an email. */
const IDLE: Millis = 10 * SECOND;
/** Many servers allow no more emails per connection. */
const MAX_EMAILS = 100;

/**
 * Sends mail through the server at `url` (`smtps://user:key@host:465`, with nodemailer's options `?name=…`,
 * `?requireTLS=true`, `?ignoreTLS=true`, `?tls.rejectUnauthorized=false`); `from` is read for each email.
 */
export function openSmtp(url: string, from: () => string, options: SmtpOptions = {}): MailTransport {
  const settings = parseConnectionUrl(url);
  const toResend = settings.host === 'smtp.resend.com';
  const mimeOf = makeMime(from, options.dkim ?? null, mail =>
    toResend ? { 'Resend-Idempotency-Key': idempotencyKey(mail) } : ({} as Record<string, string>),
  );
  const idle: MailConnection[] = [];
  const connections = new Set<MailConnection>();
  const open = async () => {
    const connection = new MailConnection(settings, options, () => {
      connections.delete(connection);
      const index = idle.indexOf(connection);
      if (index >= 0) idle.splice(index, 1);
    });
    connections.add(connection);
    await connection.open();
    return connection;
  };

  return {
    async send(mail: OutgoingMail): Promise<Sent> {
      const mime = await mimeOf(mail);
      let connection = idle.pop();
      try {
        connection ??= await open();
      } catch (error) {
        return { ok: false, failure: 'unreachable', error: wordsOf(error) };
      }
      try {
        await connection.send(mime);
        if (connection.keepOrQuit()) idle.push(connection);
        return { ok: true };
      } catch (error) {
        // After a response, RSET makes the connection usable again; after silence or 421 it is not.
        const { responseCode } = error as SmtpError;
        if (responseCode === undefined || responseCode === 421) connection.close();
        else if (await connection.reset()) idle.push(connection);
        return { ok: false, failure: failureOf(error as SmtpError), error: wordsOf(error) };
      }
    },
    async verify() {
      try {
        const connection = await open();
        connection.close();
        return null;
      } catch (error) {
        return wordsOf(error);
      }
    },
    close() {
      for (const connection of [...connections]) connection.close();
    },
  };
}

interface Credentials {
  readonly user: string;
  readonly pass: string;
}

class MailConnection {
  readonly #smtp: SMTPConnection;
  readonly #auth: Credentials | null;
  readonly #ended: () => void;
  #emails = 0;
  #open = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: SMTPConnection.Options, options: SmtpOptions, ended: () => void) {
    const timeout = options.connectTimeout ?? 10 * SECOND;
    this.#smtp = new SMTPConnection({
      ...settings,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: options.responseTimeout ?? MINUTE,
    });
    this.#auth = (settings as { auth?: Credentials }).auth ?? null;
    this.#ended = ended;
  }

  /** Connects, greets and logs in; throws if that fails. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        // Reject first: closing tells every listener only "closed".
        reject(error);
        this.close();
      };
      // Stays registered: an error on an idle connection closes it, and no email has failed.
      this.#smtp.on('error', fail);
      this.#smtp.once('end', () => fail(new Error('the server closed the connection')));
      const ready = () => {
        this.#open = true;
        resolve();
      };
      this.#smtp.connect(error => {
        if (error) return fail(error);
        if (!this.#auth) return ready();
        this.#smtp.login({ credentials: this.#auth, ...this.#auth }, refused =>
          refused ? fail(refused) : ready(),
        );
      });
    });
  }

  /** Sends one email; settles with the server's response, or when the connection breaks. */
  send({ from, to, bytes }: Mime): Promise<void> {
    clearTimeout(this.#timer);
    this.#emails++;
    return new Promise((resolve, reject) => {
      // "end" comes before the error that says why: let that reject first.
      const broken = () => setImmediate(() => reject(new Error('the connection was lost')));
      this.#smtp.once('end', broken);
      this.#smtp.send({ from, to: [to], size: bytes.length }, bytes, error => {
        this.#smtp.off('end', broken);
        if (error) return reject(error);
        resolve();
        this.#idle();
      });
    });
  }

  /** Quits after MAX_EMAILS. Returns whether the connection is kept, for another email. */
  keepOrQuit(): boolean {
    if (this.#open && this.#emails >= MAX_EMAILS) {
      this.#smtp.quit();
      this.#close();
    }
    return this.#open;
  }

  /** Prepares it for another email after a refusal; false if it had to be closed. */
  reset(): Promise<boolean> {
    return new Promise(resolve => {
      const done = (fine: boolean) => {
        this.#smtp.off('end', lost);
        if (fine) this.#idle();
        else this.close();
        resolve(fine && this.keepOrQuit());
      };
      const lost = () => done(false);
      this.#smtp.once('end', lost);
      this.#smtp.reset(error => done(!error));
    });
  }

  close(): void {
    this.#close();
    this.#smtp.close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#open = false;
    this.#ended();
  }

  #idle(): void {
    this.#timer = setTimeout(() => {
      this.#smtp.quit();
      this.#close();
    }, IDLE).unref();
  }
}
