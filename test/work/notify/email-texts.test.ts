// Emails: the subject says what it is, the text reads by itself, and nothing breaks out of a header.
import { describe, expect, it } from 'vitest';
import { emailPreviews } from '../../../src/cli/shared/email-examples.ts';
import { occurrencesOf } from '../../../src/core/incidents/recurrence.ts';
import { MINUTE } from '../../../src/core/model/time.ts';
import { makeRender } from '../../../src/views.ts';
import { makeEmails } from '../../../src/work/notify/email-texts.ts';
import { incident, NOW, site, update } from '../../makers.ts';

const emails = makeEmails(makeRender('views'));
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

describe('incident emails', () => {
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
      expect(emails.update(site(), lang, of, news, ['API'], LINKS).subject).toBe(subject);
    }
  });

  it('text reads by itself, state first, with its three links unescaped', () => {
    const { text } = emails.update(site(), 'en', DOWN, LAST, ['API', 'Database'], LINKS);
    expect(text).toMatch(/^RESOLVED · Critical incident\nAPI Down\n/);
    expect(text).toContain('Affects: API and Database');
    expect(text).toContain('Ended: 23 Nov 2026, 15:12 UTC, after 30 min');
    for (const link of Object.values(LINKS)) expect(text.split(link)).toHaveLength(2);
  });

  it('HTML shows markdown, no script, one link each', () => {
    const { html } = emails.update(site(), 'en', DOWN, FIRST, ['<API>'], LINKS);
    expect(html).toContain('We <strong>look</strong> into it.');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<API>');
    expect(html).not.toContain('<img');
    expect(html.match(/href="[^"]*"/g)).toHaveLength(3);
  });
});

describe('what stands in an email stands nowhere else', () => {
  it.each([
    ['[all](/status/history)', 'href="https://status.levqor.ai/status/history"'],
    ['[all](history)', 'href="https://status.levqor.ai/status/history"'],
    ['[all](#top)', 'href="https://status.levqor.ai/status/incidents/x#top"'],
    ['![graph](/brand/graph.png)', 'src="https://status.levqor.ai/brand/graph.png"'],
    ['[else](https://else.example/a?b=c)', 'href="https://else.example/a?b=c"'],
    ['[mail](mailto:a@b.example)', 'href="mailto:a@b.example"'],
  ])('%s leads to its whole address', (markdown, attribute) => {
    const of = { ...DOWN, updates: [{ ...FIRST, body: markdown }] };
    const page = site({ url: 'https://status.levqor.ai' });
    expect(emails.update(page, 'en', of, of.updates[0]!, [], LINKS).html).toContain(attribute);
  });

  it.each(['[x](javascript:alert(1))', '[x](data:text/html,x)', '![x](http://else.example/a.png)'])(
    '%s leads nowhere',
    markdown => {
      const of = { ...DOWN, updates: [{ ...FIRST, body: markdown }] };
      expect(emails.update(site(), 'en', of, of.updates[0]!, [], LINKS).html).not.toMatch(
        /javascript:|data:|else\.example/,
      );
    },
  );
});

describe('maintenance emails', () => {
  const ahead = update(NOW, 'scheduled', 'Expect a short interruption.');
  const begun = update(NOW + 60 * MINUTE, 'in_progress', 'It begins.');
  const checking = update(NOW + 120 * MINUTE, 'verifying', 'Nearly.');
  const over = update(NOW + 130 * MINUTE, 'completed', 'Over.');
  const upkeep = incident('m', {
    title: 'Database upgrade',
    status: 'completed',
    started: NOW + 60 * MINUTE,
    resolved: NOW + 130 * MINUTE,
    scheduled: { start: NOW + 60 * MINUTE, end: NOW + 150 * MINUTE },
    updates: [ahead, begun, checking, over],
  });
  const planned = 'Planned: 23 Nov 2026, 15:42–17:12 UTC (1 h 30 min)';
  it.each([
    ['ahead', ahead, 'SCHEDULED · Maintenance', ['Affects: API', planned]],
    ['at its start', begun, 'IN PROGRESS · Maintenance', ['Affects: API', 'Until: 17:12 UTC', planned]],
    [
      'while it is checked',
      checking,
      'VERIFYING · Maintenance',
      ['Affects: API', 'Work: done; we are checking that everything works', planned],
    ],
    [
      'at its end',
      over,
      'COMPLETED · Maintenance',
      ['Affects: API', 'Ended: 23 Nov 2026, 16:52 UTC, after 1 h 10 min', planned],
    ],
  ])('%s: the state first, then what it means', (_, news, state, facts) => {
    const { text, subject } = emails.update(site(), 'en', upkeep, news, ['API'], LINKS);
    expect(subject).toBe('[MAINTENANCE] Database upgrade');
    expect(text.split('\n\n').slice(0, 2)).toEqual([`${state}\nDatabase upgrade`, facts.join('\n')]);
  });

  it.each([
    ['FREQ=WEEKLY', 'weekly, next 30 Nov', 'wöchentlich, wieder am 30. Nov.'],
    ['FREQ=WEEKLY;BYDAY=MO', 'weekly on Monday, next 30 Nov', 'wöchentlich am Montag, wieder am 30. Nov.'],
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=9',
      'every 2 weeks on Monday and Sunday, next 29 Nov',
      'alle 2 Wochen am Montag und Sonntag, wieder am 29. Nov.',
    ],
    ['FREQ=DAILY', 'daily, next 24 Nov', 'täglich, wieder am 24. Nov.'],
    ['FREQ=MONTHLY;BYDAY=4MO', 'monthly, next 28 Dec', 'monatlich, wieder am 28. Dez.'],
    ['FREQ=MONTHLY;BYMONTHDAY=23', 'monthly, next 23 Dec', 'monatlich, wieder am 23. Dez.'],
    ['FREQ=MONTHLY;BYDAY=MO', 'next 30 Nov', 'wieder am 30. Nov.'],
    ['FREQ=DAILY;BYDAY=MO,FR', 'next 27 Nov', 'wieder am 27. Nov.'],
    ['FREQ=WEEKLY;COUNT=1', null, null],
  ])('one of a series says that it repeats: %s', (rrule, en, de) => {
    const series = { ...upkeep, status: 'scheduled' as const, resolved: null, rrule, updates: [ahead] };
    const [first] = occurrencesOf(series, NOW, 'UTC');
    for (const [lang, label, words] of [
      ['en', 'Repeats', en],
      ['de', 'Wiederholung', de],
    ] as const) {
      const { text, html } = emails.update(site(), lang, first!, ahead, ['API'], LINKS);
      const said = new RegExp(`^${label}: (.*) 2026, 15:42 UTC$`, 'm').exec(text);
      expect(said?.[1] ?? null).toBe(words);
      const row = new RegExp(`>${label}</td><td[^>]*>(.*) 2026, 15:42 UTC</td>`).exec(html);
      expect(row?.[1] ?? null).toBe(words);
    }
    if (rrule !== 'FREQ=WEEKLY;BYDAY=MO') return;
    // One that is called off does not take place; and days in another zone may be others here.
    const off = { ...update(NOW, 'completed', 'Not then.'), occurrence: '2026-11-30' };
    const [then] = occurrencesOf({ ...series, updates: [ahead, off] }, NOW, 'UTC');
    const text = (of: typeof then) => emails.update(site(), 'en', of!, ahead, [], LINKS).text;
    expect(text(then)).toContain('Repeats: weekly on Monday, next 7 Dec 2026');
    const [far] = occurrencesOf({ ...series, timezone: 'Asia/Tokyo' }, NOW, 'UTC');
    expect(text(far)).toContain('\nRepeats: next ');
  });

  it('called off before it began, it did not end: it will not take place', () => {
    const off = update(NOW + MINUTE, 'completed', 'Not needed.');
    const of = { ...upkeep, resolved: null, updates: [ahead, off] };
    const { text } = emails.update(site(), 'en', of, off, ['API'], LINKS);
    expect(text.split('\n\n')[1]).toBe(`Affects: API\nCancelled: it will not take place\n${planned}`);
  });

  it('begun early and over before its hour, it took as long as it took', () => {
    const early = update(NOW, 'in_progress', 'Already.');
    const done = update(NOW + 20 * MINUTE, 'completed', 'Done.');
    const of = { ...upkeep, resolved: null, updates: [early, done] };
    const { text } = emails.update(site(), 'en', of, done, [], LINKS);
    expect(text).toContain('Ended: 23 Nov 2026, 15:02 UTC, after 20 min');
  });

  it('what the front matter promises is in the newest email only, and in none once it is over', () => {
    const of = { ...DOWN, status: 'investigating' as const, resolved: null, updates: [FIRST, SECOND] };
    const promising = { ...of, promised: NOW + 20 * MINUTE };
    const text = (made: typeof of, news: typeof FIRST) =>
      emails.update(site(), 'en', made, news, [], LINKS).text;
    expect(text(promising, SECOND)).toContain('Next update: by 15:02 UTC');
    expect(text(promising, FIRST)).not.toContain('Next update');
    expect(text({ ...promising, status: 'resolved' as never }, SECOND)).not.toContain('Next update');
  });

  it('a plain text has no marks of markdown, and keeps its lists and addresses', () => {
    const body = 'Requests fail with **503**, [more](https://a.example/b).\n\n- `key` made\n- _next_\\_one';
    const of = { ...DOWN, updates: [{ ...FIRST, body }] };
    const { text } = emails.update(site(), 'en', of, of.updates[0]!, [], LINKS);
    expect(text).toContain(
      '\n\nRequests fail with 503, more (https://a.example/b).\n\n- key made\n- next_one\n\n',
    );
  });

  it('an incident’s email says when the next one is promised, the last one does not', () => {
    const promising = { ...FIRST, promised: NOW + 20 * MINUTE };
    const of = { ...DOWN, updates: [promising, { ...LAST, promised: NOW }] };
    expect(emails.update(site(), 'en', of, promising, [], LINKS).text).toContain('Next update: by 15:02 UTC');
    expect(emails.update(site(), 'en', of, of.updates[1]!, [], LINKS).text).not.toContain('Next update');
  });
});

describe('emailPreviews', () => {
  it.each(['en', 'de'] as const)('one of each kind, complete in %s', lang => {
    const made = emailPreviews(site(), lang, emails, NOW);
    expect(made.map(({ name }) => name.slice(3))).toEqual([
      'confirm',
      'incident',
      'update',
      'resolved',
      'maintenance-ahead',
      'maintenance-begins',
      'maintenance-over',
      'unsubscribe-link',
    ]);
    for (const { email } of made) {
      expect(email.html).toContain(`<html lang="${lang}" dir="ltr">`);
      expect(`${email.subject} ${email.text}`).not.toMatch(/undefined|\{\w+\}/);
    }
  });
});

it('the other emails carry their links and the site’s name', () => {
  const confirm = emails.confirm(site(), 'de', 'a&b@example.com', { confirm: 'https://c?t=1&u=2' });
  expect(confirm.subject).toBe('Abonnement bestätigen: Levqor Status');
  expect(confirm.text).toContain('\nhttps://c?t=1&u=2\n');
  const leave = emails.unsubscribeLink(site({ title: 'A\nB' }), 'en', 'a&b@example.com', LINKS);
  expect(leave.subject).toBe('Your subscription to A B');
  expect(leave.text).toContain(LINKS.unsubscribe);
  expect(leave.html).toContain('token=a&amp;b=1');
});
