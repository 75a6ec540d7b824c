// Emails as bytes: whatever the length of their lines, what is filled in reads as it was meant.
import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { makeMime } from '../../../src/outside/mail/mime.ts';

const TOKEN = 'abTTwzx49iyX.EK9alT3z_SLe.mmnf1c00.xoBn0_sGv_kw719OOcFhOGvuAMgvkqJcUl0kLhPdFaQ';

test.each([
  ['short lines', 'Confirm:\nBLANKTOKEN\n'],
  ['a long line', `${'word '.repeat(40)}\nBLANKTOKEN\n`],
  ['signs beyond ASCII', 'Bestätigen:\nBLANKTOKEN\n'],
])('a text of %s', async (_, text) => {
  const mime = makeMime(() => 'Status <status@example.com>', null);
  const { bytes } = await mime({
    to: 'olga@example.com',
    form: { subject: 'Confirm', text, html: `<p>${text}</p>` },
    blanks: { BLANKTOKEN: TOKEN },
    messageId: '<a@example.com>',
    references: null,
    sentAt: Date.UTC(2026, 2, 10),
    headers: {},
  });
  const mail = await simpleParser(bytes);
  expect(mail.text?.trim()).toBe(text.replace('BLANKTOKEN', TOKEN).trim());
  expect(mail.html).toContain(TOKEN);
});
