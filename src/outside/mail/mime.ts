// Makes an email's bytes. nodemailer builds the shared part as MIME once; each email then gets only its own headers and
// the values of its placeholders, at a hundredth of the cost. DKIM signs the whole.
import { buffer } from 'node:stream/consumers';
import Dkim from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import { digestOf } from '../../core/model/token.ts';
import type { EmailForm, OutgoingMail } from '../../core/notify/mail.ts';

/** A DKIM key; its DNS record is at `selector._domainkey.domain`. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

/**
 * The headers that DKIM signs. RFC 8058 requires both List-Unsubscribe headers, which nodemailer does not sign by
 * default.
 */
const SIGNED =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:MIME-Version:Content-Type:Content-Transfer-Encoding:In-Reply-To:References:List-Id:List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted';

export interface Mime {
  /** Envelope addresses. */
  readonly from: string;
  readonly to: string;
  readonly bytes: Buffer;
}

/** A form as MIME: the ASCII text between placeholders, and the placeholder after each piece but the last. */
interface Encoded {
  readonly from: string;
  readonly pieces: readonly string[];
  readonly blanks: readonly string[];
}

/** Makes the function that turns emails into bytes; `extra` headers are added to each. */
export function makeMime(
  from: () => string,
  dkim: DkimKey | null,
  extra: (mail: OutgoingMail) => Readonly<Record<string, string>> = () => ({}),
): (mail: OutgoingMail) => Promise<Mime> {
  const encoded = new WeakMap<EmailForm, Promise<Encoded>>();
  const signer =
    dkim &&
    new Dkim({
      domainName: dkim.domain,
      keySelector: dkim.selector,
      privateKey: dkim.privateKey,
      headerFieldNames: SIGNED,
    });
  return async mail => {
    const form = encoded.get(mail.form) ?? encode(mail.form, from(), Object.keys(mail.blanks));
    encoded.set(mail.form, form);
    const { from: sender, pieces, blanks } = await form;
    const own = { ...headersOf(mail), ...mail.headers, ...extra(mail) };
    let text = '';
    for (const [name, value] of Object.entries(own)) text += header(name, value);
    for (const [index, piece] of pieces.entries()) {
      const name = blanks[index];
      text += name === undefined ? piece : piece + filling(mail.blanks[name] ?? '');
    }
    const plain = Buffer.from(text, 'latin1');
    return { from: sender, to: mail.to, bytes: signer ? await buffer(signer.sign(plain)) : plain };
  };
}

/** The same for every attempt at an email: providers that support it drop repeats. */
export function idempotencyKey({ messageId, form }: OutgoingMail): string {
  return digestOf(`${messageId}\n${form.subject}\n${form.text}`);
}

async function encode({ subject, text, html }: EmailForm, from: string, names: string[]): Promise<Encoded> {
  const node = new MailComposer({
    from,
    subject,
    text,
    html,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  // quoted-printable lines can be broken anywhere, so values of any length fit. With `textEncoding` alone, a text of
  // short lines would not be encoded.
  for (const part of node.childNodes.length === 0 ? [node] : node.childNodes)
    part.setHeader('Content-Transfer-Encoding', 'quoted-printable');
  const built = (await node.build()).toString('latin1');
  const end = built.indexOf('\r\n\r\n');
  const head = built
    .slice(0, end)
    .split(/\r\n(?![ \t])/)
    .filter(line => !/^(date|message-id):/i.test(line));
  const whole = head.join('\r\n') + built.slice(end);
  // A placeholder may have been broken over two lines.
  const anywhere = names.map(name => [...name].join('(?:=\\r\\n)?'));
  const found = names.length === 0 ? null : new RegExp(`(${anywhere.join('|')})`);
  const parts = found ? whole.split(found) : [whole];
  return {
    from: node.getEnvelope().from || '',
    pieces: parts.filter((_, index) => index % 2 === 0),
    blanks: parts.filter((_, index) => index % 2 === 1).map(name => name.replaceAll('=\r\n', '')),
  };
}

function headersOf({ to, messageId, references, sentAt }: OutgoingMail): Record<string, string> {
  return {
    To: to,
    'Message-ID': messageId,
    ...(references === null ? {} : { 'In-Reply-To': references, References: references }),
    Date: new Date(sentAt).toUTCString().replace('GMT', '+0000'),
  };
}

/** Our values are short ASCII. A line break would allow forged headers, so it throws. */
function header(name: string, value: string): string {
  if (/[^\x20-\x7e]/.test(value) || value.length > 900) throw new Error(`the header ${name} cannot be sent`);
  return `${name}: ${value}\r\n`;
}

/** On lines of its own, joined by soft breaks, so that no line gets too long. */
function filling(value: string): string {
  if (!/^[\w.-]*$/.test(value)) throw new Error('this cannot fill a blank');
  return `=\r\n${(value.match(/.{1,72}/g) ?? []).join('=\r\n')}=\r\n`;
}
