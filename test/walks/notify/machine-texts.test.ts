// What the server writes by itself is in English and UTC in the file, and in the reader's language and zone elsewhere.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, subscribed } from '../world.ts';

const SITE = (target: string) =>
  `title: T\ntimezone: Europe/Berlin\ncomponents:\n  - { id: api, name: API, check: { type: http, url: "${target}" } }\n`;

test('an outage of a check: page, permalink, picture of a chat, emails; file, feeds and API stay as written', async () => {
  const world = await openWorld({ site: SITE });
  await subscribed(world, 'anna@example.com', new URLSearchParams('lang=de'));
  await subscribed(world, 'ann@example.com', new URLSearchParams('lang=en'));
  await world.pass(120, 20);
  world.service.status = 503;
  await world.pass(180, 20);
  const [name] = await world.files();
  const id = name!.slice(0, -3);
  const german =
    /<p>API funktioniert nicht \(HTTP 503, \d+ Prüfungen in Folge\)\. Wir untersuchen das Problem\.<\/p>/;
  const english = /<p>API is not working \(HTTP 503, \d+ checks in a row\)\. We are looking into it\.<\/p>/;
  for (const path of ['/status/live', `/status/incidents/${id}`]) {
    expect((await world.get(`${path}?lang=de`)).text).toMatch(german);
    expect((await world.get(path)).text).toMatch(english);
  }
  expect((await world.get(`/status/incidents/${id}?lang=de`)).text).toMatch(
    /<meta name="description" content="[^"]*API funktioniert nicht \(HTTP 503/,
  );
  const mailTo = (to: string) =>
    world.mails.filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(to)).at(-1)!;
  expect(mailTo('anna').text).toMatch(
    /^API funktioniert nicht \(HTTP 503, \d+ Prüfungen in Folge\)\. Wir untersuchen das Problem\.$/m,
  );
  expect(mailTo('anna').html).toMatch(/<p>API funktioniert nicht \(HTTP 503/);
  expect(mailTo('ann@').text).toMatch(
    /^API is not working \(HTTP 503, \d+ checks in a row\)\. We are looking into it\.$/m,
  );
  const written = /API is not working \(HTTP 503, \d+ checks in a row\)\. We are looking into it\./;
  for (const path of ['/status/feed.json', '/status/feed.atom', '/api/v2/incidents.json'])
    expect((await world.get(path, { 'accept-language': 'de' })).text).toMatch(written);
  world.service.status = 200;
  await world.pass(240, 20);
  expect((await world.get('/status/live?lang=de')).text).toMatch(
    /API funktioniert wieder\. Der Ausfall dauerte \d+ Minuten/,
  );
  expect(mailTo('anna').text).toMatch(/API funktioniert wieder\. Der Ausfall dauerte \d+ Minuten/);
});

test("an operator's template keeps its words, and its time is the reader's", async () => {
  const template =
    '---\ntitle: "{{component}} weg"\n---\n## Down\nWir sind dran ({{component}}, seit {{since}}).\n';
  const world = await openWorld({ site: SITE });
  const folder = path.join(world.dir, 'status', 'templates', 'auto');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'down.md'), template);
  await world.pass(120, 20);
  world.service.status = 503;
  await world.pass(180, 20);
  expect((await world.get('/status/live')).text).toMatch(
    /Wir sind dran \(API, seit <time datetime="2026-03-10T12:\d\d(:\d\d)?Z"[^>]*>13:\d\d<\/time>\)\./,
  );
});
