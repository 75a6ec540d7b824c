// Mail: by SMTP through nodemailer, or written as .eml files when there is no server.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import type { OutgoingMail, SendMail } from '../../core/mail.ts';
import type { Failure } from '../../core/notification.ts';
import { MINUTE, SECOND } from '../../core/time.ts';

export interface MailChannel {
  readonly send: SendMail;
  close(): void;
}

/** Mail through the SMTP server at `url` (`smtps://user:key@host:465`); `from` is asked per letter. */
export function openSmtp(url: string, from: () => string): MailChannel {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 5,
    connectionTimeout: 10 * SECOND,
    greetingTimeout: 10 * SECOND,
    socketTimeout: MINUTE,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0]);
  return {
    async send(mail) {
      try {
        await transport.sendMail({ from: from(), ...envelope(mail) });
        return { ok: true };
      } catch (error) {
        return { ok: false, ...verdict(error) };
      }
    },
    close: () => transport.close(),
  };
}

/** Mail as files in `folder`, one a letter, named by its Message-ID: sent twice it stays one file. */
export function openMailFolder(folder: string, from: () => string): MailChannel {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      try {
        const { message } = await transport.sendMail({ from: from(), ...envelope(mail) });
        await mkdir(folder, { recursive: true });
        const file = path.join(
          folder,
          `${mail.messageId.replace(/[^\w-]+/g, '_').replace(/^_|_$/g, '')}.eml`,
        );
        await writeFile(`${file}.tmp`, message as Buffer);
        await rename(`${file}.tmp`, file);
        return { ok: true };
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
        return { ok: false, failure: 'later', error: `${folder} cannot be written (${code})` };
      }
    },
    close: () => undefined,
  };
}

function envelope({ to, subject, text, html, messageId, references, headers }: OutgoingMail) {
  const thread = references === null ? {} : { references, inReplyTo: references };
  // Prepared: our values are short ASCII, and encoding them would break List-Id for mail programs.
  const prepared = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { prepared: true, value }]),
  );
  return { to: { name: '', address: to }, subject, text, html, messageId, ...thread, headers: prepared };
}

/** What a failure means: 5xx for the recipient is final, any other answer is for later. */
function verdict(error: unknown): { failure: Failure; error: string } {
  const { code, responseCode, command, message } = error as {
    code?: string;
    responseCode?: number;
    command?: string;
    message?: string;
  };
  const words = String(message ?? code ?? 'unknown error')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
  // A refused login or sender is our own setting, not the recipient's: worth trying again once mended.
  const ours = code === 'EAUTH' || command === 'MAIL FROM' || command === 'CONN' || command === 'API';
  if (responseCode !== undefined && responseCode >= 500 && !ours) return { failure: 'refused', error: words };
  if (responseCode !== undefined || code === 'EAUTH') return { failure: 'later', error: words };
  return { failure: 'unreachable', error: words };
}
