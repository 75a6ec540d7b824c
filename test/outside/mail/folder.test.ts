// Emails as files: each stands once, and is its owner's alone.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, onTestFinished, test } from 'vitest';
import { SILENT } from '../../../src/core/model/ports/log.ts';
import { openMailFolder } from '../../../src/outside/mail/folder.ts';

const EMAIL = {
  to: 'user@example.com',
  form: { subject: 'Confirm', text: 'A link that is good for this address.', html: '<p>A link</p>' },
  blanks: {},
  sentAt: 1_773_144_000_000,
  messageId: '<a.b@levqor.ai>',
  references: null,
  headers: {},
};

test('the plain text stands in the file as it is read, so that a link can be copied; a long line is encoded', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'status-live-mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const mail = openMailFolder(folder, () => 'Levqor <status@levqor.ai>', SILENT);
  const link = `https://status.levqor.ai/status/confirm?token=${'t0k3n.'.repeat(20)}`;
  const write = async (text: string) => {
    const form = { subject: 'Bestätigen', text, html: `<p>${text} ${'lang '.repeat(300)}</p>` };
    const blanks = { BLANKTOKEN: 't0k3n.'.repeat(20) };
    await mail.send({ ...EMAIL, form, blanks });
    const bytes = readFileSync(path.join(folder, readdirSync(folder)[0] as string));
    return { raw: bytes.toString('utf8'), read: await simpleParser(bytes) };
  };
  const text = 'Bestätigen:\nhttps://status.levqor.ai/status/confirm?token=BLANKTOKEN\n\n-- \nGrüße';
  const { raw, read } = await write(text);
  expect(raw).toContain(`Bestätigen:\r\n${link}\r\n\r\n-- \r\nGrüße\r\n`);
  expect(read.text!.trim()).toBe(text.replace(/\S+BLANKTOKEN/, link));
  expect(read.html).toContain(link);
  const long = await write(`${'lang '.repeat(300)}\n${text}`);
  expect(Math.max(...long.raw.split('\r\n').map(line => line.length))).toBeLessThan(400);
  expect(long.read.text).toContain(link);
});

test('an email is one file however often it is sent, and no other user reads it, whatever the umask', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-mail-'));
  const before = process.umask(0);
  onTestFinished(() => {
    process.umask(before);
    rmSync(dir, { recursive: true });
  });
  const folder = path.join(dir, 'mail');
  const logged: [object, string][] = [];
  const log = { ...SILENT, info: (fields: object, message: string) => logged.push([fields, message]) };
  const mail = openMailFolder(folder, () => 'Levqor <status@levqor.ai>', log);
  for (let sent = 0; sent < 2; sent++) expect(await mail.send(EMAIL)).toEqual({ ok: true });
  const names = readdirSync(folder);
  expect(names).toEqual([expect.stringMatching(/\.eml$/)]);
  const file = path.join(folder, names[0] as string);
  // The log leads to the file and contains no address.
  expect(logged).toEqual([0, 1].map(() => [{ file }, expect.stringContaining('written to a file')]));
  expect(JSON.stringify(logged)).not.toContain('user@example.com');
  expect(readFileSync(file, 'utf8')).toContain('A link that is good for this address.');
  expect([folder, file].map(place => statSync(place).mode & 0o777)).toEqual([0o700, 0o600]);
});
