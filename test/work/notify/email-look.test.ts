// The card of an email: logo, name, pill, facts in two columns and one button, in the colors of the page.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { MINUTE } from '../../../src/core/model/time.ts';
import { makeRender } from '../../../src/views.ts';
import { colorsOf } from '../../../src/work/notify/email-look.ts';
import { makeEmails } from '../../../src/work/notify/email-texts.ts';
import { incident, NOW, site, update } from '../../makers.ts';

const emails = makeEmails(makeRender('views'));
const LINKS = { incident: 'https://s/i', unsubscribe: 'https://s/u', manage: 'https://s/m' };
const FIRST = { ...update(NOW, 'investigating', 'We **look** into it.'), promised: NOW + 30 * MINUTE };
const DOWN = incident('x', { title: 'API Down', severity: 'critical', started: NOW, updates: [FIRST] });
const branded = (brand: object) => site({ url: 'https://s.example/x', brand: { ...site().brand, ...brand } });
const htmlOf = (brand: object = {}) =>
  emails.update(branded(brand), 'en', DOWN, FIRST, ['API', 'Shop'], LINKS).html;
const words = (html: string) => html.replace(/<[^>]*>/g, '').trim();

describe('the card', () => {
  it('has the site’s name, the state as a pill, and each fact as a row of two columns', () => {
    const html = htmlOf();
    expect(words(/<span[^>]*>Levqor Status<\/span>/.exec(html)![0])).toBe('Levqor Status');
    const pill = /<span class="pill"[^>]*>/.exec(html)![0];
    expect(pill).toContain('background:#fdeeee;color:#9f1420');
    expect(html).toContain(`${pill}Investigating</span>`);
    const rows = [...html.matchAll(/<tr><td class="label.*?<\/tr>/g)].map(([row]) => row.match(/>[^<]+</g));
    expect(rows.map(row => row?.map(cell => cell.slice(1, -1)))).toEqual([
      ['Affects', 'API and Shop'],
      ['Started', '23 Nov 2026, 14:42 UTC'],
      ['Next update', 'by 15:12 UTC'],
    ]);
  });

  it.each([
    ['#ffd400', 'background:#856e00;color:#fff', 'background:#ffd400!important;color:#000!important'],
    ['#0a1f44', 'background:#0a1f44;color:#fff', 'color:#000!important'],
  ])('has one button, readable in %s, light and dark', (color, light, dark) => {
    const html = htmlOf({ color });
    expect(html.match(/class="button"/g)).toHaveLength(1);
    expect(/class="button"[^>]*>/.exec(html)![0]).toContain(light);
    expect(/\.button\{[^}]*\}/.exec(html)![0]).toContain(dark);
  });

  it('shows the beginning of the text in a list of emails', () => {
    expect(/<div style="display:none[^>]*>([^<]*)</.exec(htmlOf())![1]).toBe('We look into it.');
  });
});

test.each([
  ['logo.png', null, ['https://s.example/x/status/brand/logo.png']],
  ['a b/logo.JPG', 'logo.svg', ['https://s.example/x/status/brand/a%20b/logo.JPG']],
  ['a.png', 'b.png', ['https://s.example/x/status/brand/a.png', 'https://s.example/x/status/brand/b.png']],
  ['logo.svg', 'b.png', []],
  ['logo.webp', null, []],
  [null, null, []],
])('the logo %s, dark %s, by its whole address, if mail programs show it', (logo, logoDark, urls) => {
  const html = htmlOf({ logo, logoDark });
  expect([...html.matchAll(/<img[^>]* src="([^"]*)" alt=""/g)].map(([, src]) => src)).toEqual(urls);
});

/** The values of a custom property in status.css, light then dark. */
function inStylesheet(name: string): string[] {
  const css = readFileSync('public/status.css', 'utf8');
  return [...css.matchAll(new RegExp(`--${name}: (#\\w+);`, 'g'))].map(([, value]) => value!).slice(0, 2);
}

const over = { ...FIRST, status: 'resolved' } as const;
const upkeep = incident('m', { scheduled: { start: NOW, end: NOW + MINUTE } });
const off = update(NOW - MINUTE, 'completed', 'Not needed.');
test.each([
  ['minor', { ...DOWN, severity: 'minor' } as const, FIRST, 'd'],
  ['major', { ...DOWN, severity: 'major' } as const, FIRST, 'p'],
  ['critical', DOWN, FIRST, 'x'],
  ['resolved', { ...DOWN, status: 'resolved' } as const, over, 'o'],
  ['maintenance', upkeep, update(NOW, 'scheduled', ''), 'm'],
  ['called off', { ...upkeep, status: 'completed', updates: [off] } as const, off, 'n'],
])('%s has the colors of the page', (_name, of, news, code) => {
  const { light, dark } = colorsOf(of, news);
  expect([light.ink, dark.ink]).toEqual(inStylesheet(code));
  expect([light.tint, dark.tint]).toEqual(inStylesheet(`tint-${code}`));
});
