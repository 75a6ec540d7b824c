// Makes an email's bytes. nodemailer builds the shared part as MIME once; each email then gets only its own headers and
// the values of its placeholders, at a hundredth of the cost. DKIM signs the whole.
import { buffer } from 'node:stream/consumers';
import Dkim from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Attachment } from 'nodemailer/lib/mailer';
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

/** How the plain text is written. `8bit`, as it is: for people who read files. The HTML is quoted-printable always. */
type Transfer = 'quoted-printable' | '8bit';

/** A form as MIME: the bytes between placeholders, as Latin-1, and the placeholder after each piece but the last. */
interface Encoded {
  readonly from: string;
  readonly pieces: readonly string[];
  readonly blanks: readonly { readonly name: string; readonly transfer: Transfer }[];
}

/** The longest line that is written as it is, bytes: with a filled placeholder, less than the 998 that SMTP allows. */
const MAX_LINE = 700;

/** Makes the function that turns emails into bytes; `extra` headers are added to each. */
export function makeMime(
  from: () => string,
  dkim: DkimKey | null,
  extra: (mail: OutgoingMail) => Readonly<Record<string, string>> = () => ({}),
  wanted: Transfer = 'quoted-printable',
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
    const form = encoded.get(mail.form) ?? encode(mail.form, from(), Object.keys(mail.blanks), wanted);
    encoded.set(mail.form, form);
    const { from: sender, pieces, blanks } = await form;
    const own = { ...headersOf(mail), ...mail.headers, ...extra(mail) };
    let text = '';
    for (const [name, value] of Object.entries(own)) text += header(name, value);
    for (const [index, piece] of pieces.entries()) {
      const blank = blanks[index];
      text += blank ? piece + filling(mail.blanks[blank.name] ?? '', blank.transfer) : piece;
    }
    const plain = Buffer.from(text, 'latin1');
    return { from: sender, to: mail.to, bytes: signer ? await buffer(signer.sign(plain)) : plain };
  };
}

/** The same for every attempt at an email: providers that support it drop repeats. */
export function idempotencyKey({ messageId, form }: OutgoingMail): string {
  return digestOf(`${messageId}\n${form.subject}\n${form.text}`);
}

async function encode(
  { subject, text, html }: EmailForm,
  from: string,
  names: string[],
  wanted: Transfer,
): Promise<Encoded> {
  const isShort = text.split('\n').every(line => Buffer.byteLength(line) <= MAX_LINE);
  const ofText = isShort ? wanted : 'quoted-printable';
  const node = new MailComposer({
    from,
    subject,
    // nodemailer itself writes only ASCII as it is.
    text: ofText === '8bit' ? ({ raw: plainPart(text) } as Attachment) : text,
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
  const ofHtml = parts.findIndex(part =>
    part.includes('Content-Type: text/html; charset=utf-8\r\nContent-T'),
  );
  return {
    from: node.getEnvelope().from || '',
    pieces: parts.filter((_, index) => index % 2 === 0),
    blanks: parts.flatMap((name, index) =>
      index % 2 === 0
        ? []
        : { name: name.replaceAll('=\r\n', ''), transfer: index < ofHtml ? ofText : 'quoted-printable' },
    ),
  };
}

function plainPart(text: string): string {
  const head = 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n';
  return `${head}${text.trimEnd()}\n`.replace(/\r?\n/g, '\r\n');
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

/** In quoted-printable on lines of its own, joined by soft breaks, so that no line gets too long. */
function filling(value: string, transfer: Transfer): string {
  if (!/^[\w.-]*$/.test(value)) throw new Error('this cannot fill a blank');
  if (transfer === '8bit') return value;
  return `=\r\n${(value.match(/.{1,72}/g) ?? []).join('=\r\n')}=\r\n`;
}
