// What is wrong with the addresses in emails before any is sent.
import { expect, test } from 'vitest';
import { unsentProblems } from '../../../src/core/notify/mail.ts';

test.each([
  ['http://localhost:3000', 'smtps://u:p@smtp.resend.com:465', true],
  ['http://127.0.0.1:3000/status', 'smtp://mail.internal', true],
  ['http://[::1]:3000', 'smtp://mail.internal', true],
  ['http://localhost:3000', 'smtp://localhost:1025', false],
  ['http://192.168.1.4:3000', 'smtp://mail.internal', false],
  ['https://status.acme.com', 'smtps://u:p@smtp.resend.com:465', false],
])('a page at %s that sends by %s: its links lead nowhere: %s', (url, smtpUrl, isNamed) => {
  const [found] = unsentProblems({ smtpUrl, dataDir: '/data' }, { url });
  if (!isNamed) return expect(found).toBeUndefined();
  expect(found).toMatchObject({ level: 'warning', where: 'PUBLIC_URL' });
  expect(found!.what).toContain(`the links in emails begin with ${url}`);
});
