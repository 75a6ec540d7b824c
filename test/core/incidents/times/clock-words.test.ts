// Times of day as they are written in other languages: what is unambiguous is read, what looks like a time is an error.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { iso } from '../../../../src/core/model/time.ts';

const HEAD =
  '---\ntitle: API\nstatus: investigating\nseverity: major\nstarted: 2026-11-29T22:30:00Z\n---\nWe look.\n\n';
const rows = (table: string) => table.split(/[|\n]/).filter(one => one !== '');

/** The time and label of the update that a heading begins, and the problems of the file. */
function read(heading: string) {
  const { value, problems } = parseIncident('a.md', 'a', `${HEAD}## ${heading}\nWords.\n`);
  const told = value!.updates.slice(1).map(({ at, label }) => [iso(at).slice(11, 16), label]);
  return { told, problems: problems.map(({ level, line, what, fix }) => ({ level, line, what, fix })) };
}

describe('23:12', () => {
  test.each(
    rows(`
23 h 12|23 h 12 UTC|23h12|23 h 12 min|23h12min|23 h. 12|à 23 heures 12|à 23 heures 12 minutes|23h12 GMT|(23 h 12)
a las 23:12 horas|a las 23 h 12|a las 23.12 h|a les 23.12 h|las 23:12 h|às 23h12m|às 23 h 12 min|às 23h12min UTC
klo 23.12|kello 23.12|klo 23:12|kl. 23.12|kl 23.12|kl. 23:12 UTC|klokken 23.12|klockan 23.12
23.12 Uhr|23:12 Uhr|23 Uhr 12|um 23.12 Uhr|um 23.12|um 23 Uhr 12 UTC|ore 23.12|alle ore 23.12|alle 23.12|ore 23:12
23.12 uur|om 23.12 uur|om 23.12|23 uur 12|23u12|23 u 12|23:12 uur|godz. 23:12|godz. 23.12|o godz. 23.12|o godzinie 23:12|o 23:12
v 23.12 hod.|23:12 hod|23 hod. 12 min.|23 óra 12 perc|23:12-kor|ora 23:12|ora 23.12|saat 23.12|saat 23:12
в 23:12|23 ч 12 мин|23 ч. 12 мин.|в 23.12|о 23:12|pukul 23.12|23 giờ 12 phút
23時12分|23 时 12 分|23点12分|23시 12분|午後11時12分|下午 11:12|오후 11시 12분
23:12 hrs|23:12hrs|23:12 hours|23.12 h|23:12 h|@ 23.12|at 23.12
`),
  )('%s', time => {
    for (const heading of [`Update ${time}`, `Update: ${time}`, `Update 29.11.2026, ${time}`])
      expect([heading, read(heading)]).toEqual([heading, { told: [['23:12', null]], problems: [] }]);
    if (/\bat|@/.test(time)) return;
    const heading = `Mise à jour ${time}`;
    expect([heading, read(heading)]).toEqual([heading, { told: [['23:12', 'Mise à jour']], problems: [] }]);
  });
});

test.each([
  ['Mise à jour du 29 novembre 2026 à 23 h 12', '23:12', 'Mise à jour'],
  ['Mise à jour du 29 novembre 2026 à 23 h', '23:00', 'Mise à jour'],
  ['Mise à jour 23 h 12 UTC', '23:12', 'Mise à jour'],
  ['Résolu le 29 novembre 2026 à 23 heures', '23:00', 'Résolu'],
  ['Mise à jour 23 h UTC', '23:00', 'Mise à jour'],
  ['Update las 23 horas', '23:00', null],
  ['Actualización a las 23 horas', '23:00', 'Actualización'],
  ['Update à 23 h', '23:00', null],
  ['Update 23h UTC', '23:00', null],
  ['Update um 23 Uhr', '23:00', null],
  ['Update om 23 uur', '23:00', null],
  ['Opgelost 29 november 2026 23u', '23:00', 'Opgelost'],
  ['Frissítés 23 órakor', '23:00', 'Frissítés'],
  ['Update circa 23h', '23:00', null],
  ['Mise à jour du dimanche 29 novembre 2026 à 23 h 12', '23:12', 'Mise à jour'],
  ['Mise à jour du 1er décembre 2026 à 8 h', '08:00', 'Mise à jour'],
  ['Atualização de 1º de dezembro de 2026 às 8h', '08:00', 'Atualização'],
  ['更新 23時', '23:00', '更新'],
  ['kl. 23.12', '23:12', null],
  ['Monitoring 23:12 UTC (after 1h 20m)', '23:12', 'Monitoring (after 1h 20m)'],
  ['Aggiornamento delle ore 23.12', '23:12', 'Aggiornamento'],
  ['Aktualizacja z dnia 29.11.2026, godz. 23.12', '23:12', 'Aktualizacja'],
  ['Mise à jour de 23 h 12', '23:12', 'Mise à jour de'],
  ['更新23時12分', '23:12', '更新'],
  ['23 h 12', '23:12', null],
  ['23 h 12 - Rolled back', '23:12', 'Rolled back'],
  ['23 h 12 UTC: Mise à jour', '23:12', 'Mise à jour'],
  ['Update 23 h 12 - fix deployed', '23:12', 'Update - fix deployed'],
  ['Monitoring 23 h 12 (fix deployed)', '23:12', 'Monitoring (fix deployed)'],
])('“%s” is an update', (heading, time, label) => {
  expect(read(heading)).toMatchObject({ told: [[time, label]] });
  expect(read(heading).problems.filter(({ level }) => level === 'error')).toEqual([]);
});

describe('what looks like a time and cannot be read is an error with its line', () => {
  test.each(
    rows(`
2312|0312|2312h|2312 hrs|T2312|T2312Z|T23:12|T23:12Z|23,12|23;12|23'12|23_12|23 h|kl. 23|noon|Midnight UTC|T+72m|T + 72 min|T+1h
Update T23:12Z|Update T2312|Update 23,12|Update 23;12|Update 23'12|Update 23’12|Update 23_12|Update 23·12|Update 23=12|Update 23"12|Update 23..12
Update 23,12 UTC|Update 23;12 UTC|Update 23_12 UTC|Update 23·12 UTC|Update 23&#58;12 UTC|Update :12 UTC|Update UTC|Update <t:1764457920>
29.11.2026 23,12|Mise à jour 2026-11-29 23,12|Oppdatering kl. 23|Oppdatering kl 2312|Päivitys klo 23|Update 23 h 12 CET|Update 23 h 12 (heure de Paris)|Mise à jour 23 heures 12 CET|Update 23 h 12 min 5 s
Update T+01:30|T+1:30|Update T + 1h 30m|Update T + 1:30|Update 23 heures|Update 23 horas|Update 23 uur|Update 23 h|Update 23h|Update 2 h 30 min|Update 23 h 5|Update alle 23|Update kl. 23 UTC|Update at 8|Update at 23|Update à 8
Update 11 12 pm|Update 2312 hrs|Resolved 23,12|Monitoring 23_12|Update at eleven|Update 1h later|Update: one hour later|Update +10 min|Update t plus 60
Mise à jour 23,12 UTC|Mise à jour 23_12 UTC|Rolled back 23;12 UTC|Update 25 h 12|Update à 23 h 72|Update 12.30 uur 23:12|Update 22 h 30 23:12
Sunday evening!|Wednesday afternoon.|On Sunday evening:|lunes por la noche|Sunday at noon|Sunday evening|On Sunday|On Sunday evening|Monday night|dimanche soir|Sonntagabend|Update März 23:12|Update février 23 h 12|Update août 23:12
`),
  )('%s', heading => {
    const { told, problems } = read(heading);
    expect([heading, told, problems]).toMatchObject([heading, [], [{ level: 'error', line: 9 }]]);
  });
});

describe('a label without a time draws a hint', () => {
  test.each(
    rows(`
Resolved!|Resolved.|Resolved?|Resolved…|Resolved ✅|Resolved!!!|**Resolved**|Update later|Update soon|Update to follow|Update shortly
2nd update|Second update|First update|3. Update|Update no. 2|1st Update:|Third update - the disk|Fourth update|Saturday morning update|March update|Update follows|Update in an hour|Resolved again|Another update
`),
  )('%s', heading => {
    expect(read(heading)).toMatchObject({
      told: [],
      problems: [
        { level: 'warning', line: 9, fix: expect.stringMatching(/`## (?:Update|Resolved) 15:00 UTC`/) },
      ],
    });
  });
});

describe('lengths, versions and words are no time', () => {
  test.each(
    rows(`
Down for 2 h 30|Down for 2 h 30 min|Panne pendant 2 h 30|Fixed within 3 hours|Recovered in 1 h 30 min|Outage 1h30min|Outage of 2 h 30 min|Outage of 2 h 30|Storing binnen 12 h 30|Lasted 23 hours
Kubernetes 1.29|Ubuntu 22.04|Release 4.20|Load at 12.50|24 h|12-hour clock|Error 2312|Port 8080|23 hosts|404|1,204 payouts|5 o'clock shadow IT
Second update server|2nd update server|Sunday evening deploys|T-shirts|Now|Later|Now and later|Update instructions|Resolved issues|Resolved by hand
All times are in UTC|Times in UTC|UTC|Uptime in the last 12 h|Noon meetings|Working at 3 sites|12 noon club
`),
  )('%s', heading => {
    expect([heading, read(heading)]).toEqual([heading, { told: [], problems: [] }]);
  });
});

test.each([
  'Not resolved',
  'Unresolved',
  'Not yet resolved',
  'Rescheduled',
  'Non resolved',
  'Not monitoring',
  'Never resolved',
  'Unresolvd',
])('“%s” is not taken for a mistyped status', label => {
  expect(read(`${label} 23:12`)).toEqual({ told: [['23:12', label]], problems: [] });
});

test('a month that is spelt right is not asked for', () => {
  for (const month of ['March', 'march', 'November', 'März'])
    expect(read(`Update ${month} 23:12`).problems).toMatchObject([
      { level: 'error', fix: expect.stringMatching(/^write the whole date/) },
    ]);
  expect(read('Update Novmber 23:12').problems).toMatchObject([
    { fix: expect.stringMatching(/^did you mean November\?/) },
  ]);
});

test('the half of the day counts in Japanese, Chinese and Korean', () => {
  expect(read('更新 午前11時12分').told).toEqual([['11:12', '更新']]);
  expect(read('更新 上午 11:12').told).toEqual([['11:12', '更新']]);
  expect(read('更新 午後 11時12分').told).toEqual([['23:12', '更新']]);
});

test.each(rows('Mise à jour 23 h|Mise à jour 23;12|Mise à jour 23,12|Mise à jour 23 h 12 - corrigé'))(
  '“%s” is named, as it most likely has a time',
  heading => {
    expect(read(heading)).toMatchObject({
      told: [],
      problems: [{ level: 'warning', line: 9, what: expect.stringContaining('the time in') }],
    });
  },
);
