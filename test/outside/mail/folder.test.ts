// Emails as files: each stands once, and is its owner's alone.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
