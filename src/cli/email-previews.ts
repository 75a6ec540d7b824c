// `emails preview DIR`: writes one email of each kind to files, to view before any is sent.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../content/make-folder.ts';
import { spoken } from '../core/i18n/words.ts';
import { LANGS } from '../core/model/lang.ts';
import { count } from '../core/text/count.ts';
import { escapeHtml } from '../core/text/markdown.ts';
import { makeRender } from '../views.ts';
import { ROOT } from '../wiring/root.ts';
import { makeEmails } from '../work/notify/email-texts.ts';
import { command, Misuse, shown, siteOf } from './shared/command.ts';
import { type EmailPreview, emailPreviews } from './shared/email-examples.ts';

export const emails = command(
  {
    name: 'emails preview',
    usage: 'DIR [--lang en|de]',
    summary: 'write one email of each kind to files',
    help: 'Writes NAME.html and NAME.txt for every kind of email, with the name of your site, and an index.html that\nlists them. Nothing is sent, and the links do not work.',
    lacking: 'Give one folder to write to.',
  },
  async ({ words: [folder = ''], options: { lang: typed = 'en' } }, cli) => {
    const lang = spoken(typed);
    if (!lang) throw new Misuse(`Emails are available in ${LANGS.join(' and ')}, not in "${typed}".`);
    const site = await siteOf(cli);
    const dir = path.resolve(cli.cwd, folder);
    const made = emailPreviews(site, lang, makeEmails(makeRender(path.join(ROOT, 'views'))), cli.clock());
    makeFolder(dir);
    for (const { name, email } of made) {
      await writeFile(path.join(dir, `${name}.html`), email.html);
      await writeFile(path.join(dir, `${name}.txt`), `Subject: ${email.subject}\n\n${email.text}`);
    }
    const index = path.join(dir, 'index.html');
    await writeFile(index, indexOf(made, lang));
    cli.out(`${count(made.length, 'email')}: open ${shown(index, cli)}`);
  },
);

function indexOf(made: readonly EmailPreview[], lang: string): string {
  const rows = made.map(
    ({ name, email }) =>
      `<li>${escapeHtml(email.subject)} — <a href="${name}.html">HTML</a>, <a href="${name}.txt">text</a></li>`,
  );
  return `<!DOCTYPE html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Emails</title>
</head>
<body>
<h1>Emails</h1>
<ol>
${rows.join('\n')}
</ol>
</body>
</html>
`;
}
