// Letters: the subject says what it is, the text reads by itself, and nothing breaks out of a header.
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/time.ts';
import { makeRender } from '../../src/views.ts';
import { makeLetters } from '../../src/work/letters.ts';
import { incident, NOW, site, update } from '../makers.ts';

const letters = makeLetters(makeRender('views'));
const LINKS = {
  incident: 'https://s.example/status/incidents/x',
  unsubscribe: 'https://s.example/status/unsubscribe?token=a&b=1',
  manage: 'https://s.example/status/manage?token=a',
};
const FIRST = update(NOW, 'investigating', 'We **look** into it. <script>alert(1)</script>');
const SECOND = update(NOW + 5 * MINUTE, 'investigating', 'Still looking.');
const LAST = update(NOW + 30 * MINUTE, 'resolved', 'Done.');
const DOWN = incident('x', {
  title: 'API Down',
  started: NOW,
  resolved: NOW + 30 * MINUTE,
  updates: [FIRST, SECOND, LAST],
});

describe('incident letters', () => {
  it.each([
    [DOWN, FIRST, '[INCIDENT] API Down'],
    [DOWN, SECOND, '[UPDATE] API Down'],
    [DOWN, LAST, '[RESOLVED] API Down'],
    [{ ...DOWN, updates: [LAST] }, LAST, '[RESOLVED] API Down'],
    [{ ...DOWN, scheduled: { start: NOW, end: NOW } }, FIRST, '[MAINTENANCE] API Down'],
    [{ ...DOWN, scheduled: { start: NOW, end: NOW } }, LAST, '[MAINTENANCE] API Down'],
    [{ ...DOWN, title: 'A\r\nBcc: x@y.z\u2028B\u0000' }, FIRST, '[INCIDENT] A Bcc: x@y.z B'],
    [{ ...DOWN, title: 'R&D <b>' }, FIRST, '[INCIDENT] R&D <b>'],
  ])('subject %#', (of, news, subject) => {
    for (const lang of ['en', 'de'] as const) {
      expect(letters.update(site(), lang, of, news, ['API'], LINKS).subject).toBe(subject);
    }
  });

  it('text reads by itself, state first, with its three links unescaped', () => {
    const { text } = letters.update(site(), 'en', DOWN, LAST, ['API', 'Database'], LINKS);
    expect(text).toMatch(/^RESOLVED · Critical incident\nAPI Down\n/);
    expect(text).toContain('Affects: API and Database');
    expect(text).toContain('Ended: 23 Nov 2026, 15:12 UTC, after 30 min');
    for (const link of Object.values(LINKS)) expect(text.split(link)).toHaveLength(2);
  });

  it('HTML shows markdown, no script, one link each', () => {
    const { html } = letters.update(site(), 'en', DOWN, FIRST, ['<API>'], LINKS);
    expect(html).toContain('We <strong>look</strong> into it.');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<API>');
    expect(html).not.toContain('<img');
    expect(html.match(/href="[^"]*"/g)).toHaveLength(3);
  });
});

it('the other letters carry their links and the site’s name', () => {
  const confirm = letters.confirm(site(), 'de', { confirm: 'https://c?t=1&u=2' });
  expect(confirm.subject).toBe('Bitte bestätigen: Levqor Status');
  expect(confirm.text).toContain('\nhttps://c?t=1&u=2\n');
  const leave = letters.unsubscribeLink(site({ title: 'A\nB' }), 'en', LINKS);
  expect(leave.subject).toBe('Your subscription to A B');
  expect(leave.text).toContain(LINKS.unsubscribe);
  expect(leave.html).toContain('token=a&amp;b=1');
});
