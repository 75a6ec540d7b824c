// `emails preview`: every kind of email as files, in the operator's name, in the language asked for.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { emails } from '../../src/cli/email-previews.ts';
import { emailValidator } from '../email-html.ts';
import { openTerminal } from './terminal.ts';

test('writes HTML, text and an index', async () => {
  const terminal = await openTerminal(
    'title: Acme\ncomponents: [{ id: shop, name: Shop, check: { type: manual } }]\n',
  );
  expect(await terminal.run(emails, 'out', '--lang', 'de')).toMatchObject({
    code: 0,
    out: '8 emails: open out/index.html\n',
  });
  const dir = path.join(terminal.dir, 'out');
  expect((await readdir(dir)).sort()).toHaveLength(17);
  expect(await readFile(path.join(dir, '02-incident.txt'), 'utf8')).toMatch(
    /^Subject: \[INCIDENT\] Shop Down\n\nWIRD UNTERSUCHT/,
  );
  const pages = (await readdir(dir)).filter(name => name.endsWith('.html'));
  expect(pages).toContain('02-incident.html');
  for (const name of pages) {
    const { results } = await emailValidator.validateString(await readFile(path.join(dir, name), 'utf8'));
    expect([name, results.flatMap(({ messages }) => messages.map(({ message }) => message))]).toEqual([
      name,
      [],
    ]);
  }
});

test('says what it does not understand', async () => {
  const terminal = await openTerminal();
  await expect(terminal.run(emails)).rejects.toThrow('Give one folder to write to.');
  await expect(terminal.run(emails, 'out', '--lang', 'fr')).rejects.toThrow(
    'Emails are available in en and de',
  );
});
