// Valid HTML: every page in every state, and the emails, by html-validate's recommended rules.
import { HtmlValidate } from 'html-validate/node';
import { describe, expect, it } from 'vitest';
import { makeRender } from '../../../src/views.ts';
import { plainPage, startingPage } from '../../../src/web/http/plain-pages.ts';
import { makeEmails } from '../../../src/work/notify/email-texts.ts';
import { PAGES } from '../../browser/faces.ts';
import { emailValidator } from '../../email-html.ts';
import { incident, site } from '../../makers.ts';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    // Without script the page renews itself after a minute: asked for, and only without script.
    'meta-refresh': 'off',
    // Boxes ticked together share a name; that is how forms send lists.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'submit'] }],
    // The overall status is as long as the facts: a tab shortens it from the end.
    'long-title': 'off',
    // The alignment of a table's columns: styles are forbidden, and feed readers drop classes.
    'no-deprecated-attr': 'off',
    // Markdown's own tags are those of XHTML, for feed readers.
    'void-style': 'off',
  },
});

async function wrong(html: string, by = validator): Promise<string[]> {
  const { results } = await by.validateString(html);
  return results.flatMap(result =>
    result.messages.map(({ line, ruleId, message }) => `${line} ${ruleId}: ${message}`),
  );
}

describe('valid HTML', () => {
  it.each(Object.keys(PAGES))('%s', async name => {
    expect(await wrong(PAGES[name]!)).toEqual([]);
  });

  it.each(['en', 'de'] as const)('the page while it starts, %s', async lang => {
    expect(await wrong(startingPage(lang))).toEqual([]);
    expect(await wrong(plainPage(lang, 'overloaded.title', 'overloaded.text'))).toEqual([]);
  });

  it('emails', async () => {
    const emails = makeEmails(makeRender('views'));
    const of = incident('x', { title: 'API & Database Down' });
    const links = {
      incident: 'https://i',
      unsubscribe: 'https://u?a=1&b=2',
      manage: 'https://m',
      confirm: 'https://c',
    };
    const page = site({ brand: { ...site().brand, logo: 'logo.png', logoDark: 'dark.png' } });
    for (const { html } of [
      emails.update(page, 'en', of, of.updates[0]!, ['API'], links),
      emails.confirm(page, 'de', 'a@example.com', links),
      emails.unsubscribeLink(page, 'en', 'a@example.com', links),
    ])
      expect(await wrong(html, emailValidator)).toEqual([]);
  });
});

describe('the key to the bars', () => {
  it.each(['outage', 'sixty', 'component'])('names each state that a bar shows, and no other: %s', name => {
    const html = PAGES[name]!;
    const keys = [...html.matchAll(/data-k="(\w)"/g)].map(([, code]) => code);
    const bars = new Set(
      [...html.matchAll(/<rect [^>]*?(?:class="(\w)")?\/>/g)].map(([, code]) => code ?? 'o'),
    );
    expect(keys.toSorted()).toEqual([...bars].sort());
  });
});
