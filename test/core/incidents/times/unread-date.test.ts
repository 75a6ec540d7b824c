// Headings with a time: a date that could not be read is an error, and labels as people write them are none.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { cutSections } from '../../../../src/core/incidents/file/timeline.ts';
import { iso, isoMillis, MINUTE } from '../../../../src/core/model/time.ts';

const HEAD = `---
title: Login is slow
status: investigating
severity: major
started: 2026-11-25T21:00:00Z
components: [api]
---
`;

const said = (heading: string) =>
  cutSections(`## ${heading}\nwords`).sections.map(({ dated, time, label, status }) => [
    dated ? iso(time) : time / MINUTE,
    label ?? status,
  ]);

test.each([
  'Update [2026-11-28] 22:10',
  'Update [2026-11-28] 22:10 UTC',
  'Update [2026-11-28 22:10 UTC]',
  'Update (28.11.2026) 22:10',
  'Update (28.11.2026), 22:10 Uhr',
  'Update 28.11.2026 à 22h10',
  'Update 28 nov. 2026 kl. 22:10',
  'Update 28.11.2026 o godz. 22:10',
  'Update 28.11.2026 klo 22.10',
  'Update 28. listopadu 2026 22:10',
  'Update 28 ноября 2026 в 22:10',
  'Update 28. marraskuuta 2026 22:10',
  'Update 28 Kasım 2026 22:10',
  'Update 28 KASIM 2026 22:10',
  'Update 28 Νοεμβρίου 2026 22:10',
  'Update 28 noiembrie 2026 22:10',
  "Update 28 d'octubre 2026 22:10",
  'Update 2026. november 28. 22:10',
  'Update 2026年11月28日 22:10',
  'Update 2026년 11월 28일 22시 10분',
  'Update 28-XI-2026 22:10',
  'Update 28 XI 2026 22:10',
  'Update 28.XI.2026 22:10',
  'Update ٢٨.١١.٢٠٢٦ ٢٢:١٠ UTC',
  'Update २८.११.२०२६ २२:१०',
  '2026-11-28 22:10 UTC Update',
  '2026-11-28T22:10:00Z Update',
  '[2026-11-28 22:10 UTC] Update',
  '28 November 2026, 22:10 – Update',
  '10:10 PM, 28 November 2026: Update',
  'Nov 28, 2026 22:10 UTC Update',
  'Sat Nov 28 22:10:00 UTC 2026 - Update',
  'Update samedi 28 novembre 2026 22:10',
  'Update le samedi 28 novembre 2026 à 22:10',
  'samedi 28 novembre 2026 22:10',
  'Update sábado, 28 de noviembre de 2026 22:10',
  'Update sabato 28 nov. 2026 22:10',
  'Update sam. 28 nov. 2026 22:10',
  'Update lørdag den 28. november 2026 kl. 22:10',
  'Update суббота, 28 ноября 2026 22:10',
  'Update в субботу, 28 ноября 2026 22:10',
  'Update w sobotę 28.11.2026 22:10',
  'Update 土曜日 2026年11月28日 22:10',
  'Update 2026-11-28 22 : 10',
])('“%s” is that day', heading => {
  const month = heading.includes('octubre') ? 10 : 11;
  expect(said(heading)).toEqual([[`2026-${month}-28T22:10:00Z`, null]]);
});

test.each([
  ['02:44 UTC - Update', 164, null],
  ['02:44 – Resolved', 164, 'resolved'],
  ['[23:12 UTC] Update', 1392, null],
  ['23:12 UTC: Monitoring', 1392, 'monitoring'],
  ['(23:12) Rolled back', 1392, 'Rolled back'],
  ['11:12 PM Update 2', 1392, 'Update 2'],
  ['Update ٢٢:١٠ UTC', 1330, null],
  ['Update 23:12 UTC (11:12 PM)', 1392, null],
  ['Update 8 : 05', 485, null],
  ['Update 08 :05 UTC', 485, null],
  ['Update 08: 05 pm', 1205, null],
  ['Update 08∶05', 485, null],
  ['Update 08꞉05 UTC', 485, null],
  ['Update evening 20:05', 1205, 'Update evening'],
  ['Обновление 23:12', 1392, 'Обновление'],
  ['Обновление 2 23:12', 1392, 'Обновление 2'],
  ['更新 23:12', 1392, '更新'],
  ['Решено 23:12 UTC', 1392, 'Решено'],
  ['تحديث 23:12', 1392, 'تحديث'],
  ['Mise à jour 23:12', 1392, 'Mise à jour'],
  ['Mise à jour 2 23:12', 1392, 'Mise à jour 2'],
  ['Update Montréal 23:12', 1392, 'Update Montréal'],
  ['Failover to Santo Domingo 23:12', 1392, 'Failover to Santo Domingo'],
  ['Update 23:12 UTC (00:12 +01:00)', 1392, null],
])('“%s” is that time', (heading, time, label) => {
  expect(said(heading)).toEqual([[time, label]]);
});

describe('labels as people write them', () => {
  test.each([
    ...['Update 2', 'Update #3', 'Update #12', 'Update (2)', 'Update 45', 'Update: 3 of 5 nodes', 'Phase 2'],
    ...['Update v2.3', 'Update TLS 1.3', 'Day after day', 'Update CI/CD', 'Update API/Web', 'Update US/EU'],
    ...['Phase 12', 'Phase II', 'Investigating (EU-1)', 'HTTP 503 fixed', 'v2.3 deployed', 'Deployed v2.31'],
    ...[
      'Version 1.2.3 deployed',
      'Postgres 15.4 upgraded',
      'Node 14 is back',
      'Rack 12',
      'Nodes 3-5 restarted',
    ],
    ...[
      '2/3 nodes are back',
      '24/7 hotline is reachable',
      '50% of traffic restored',
      'Error rate below 1.5%',
    ],
    ...[
      'CVE-2024-3094 patched',
      'Ticket INC-20261128',
      'eu-west-1 recovered',
      'Failover to us-east-1',
      'db12 is back',
    ],
    ...['Second update', '2nd update', '3rd attempt', '1st fix rolled out', '95th percentile is normal'],
    ...['Customers may see errors', 'We march on', 'Black Friday capacity added', 'Members are back'],
    ...[
      'Rolled out 3 fixes',
      'Partial recovery',
      'Fix implemented',
      'Root cause found',
      'Restarted 12 servers',
    ],
    ...[
      '12 servers restarted',
      'Latency back to 120 ms',
      'Queue at 2000000 messages',
      'Zwischenstand',
      'Mail 3 is back',
    ],
    ...[
      'Cache (2 of 3) rebuilt',
      'Port 443 open',
      'TLS 1.3 enabled',
      'Region 2 (AP-2)',
      'P1 over',
      'SEV-2',
      'Step 4/7',
    ],
    ...[
      'Restored 3,000 accounts',
      'Update from our provider',
      'Update for API customers',
      'Resolved (again)',
    ],
    ...[
      'On-call paged',
      'Sunset of the old API postponed',
      'Wednesbury office is back',
      'Update – EU',
      'Wave 3 of 4',
    ],
  ])('%s', label => {
    for (const heading of [`${label} 22:10 UTC`, `${label} – 22:10`, `${label} 2026-11-28 22:10 UTC`]) {
      expect([heading, cutSections(`## ${heading}`).wrong]).toEqual([heading, []]);
      expect([heading, cutSections(`## ${heading}`).sections.length]).toEqual([heading, 1]);
    }
  });
});

describe('never another day', () => {
  test.each([
    ['Novmber 28, 2026 22:10', /did you mean november/],
    ['Update Novmber 28, 2026 22:10', /did you mean november/i],
    ['Update 29. Novmber 2026 22:10 UTC', /did you mean november/i],
    ['Update 28 Novmber 22:10', /did you mean november/i],
    ['Update Novmber 22:10', /did you mean november/i],
    ['Update 28 listopada 2026 22:10', /may be October or November/],
    ['Update 28 фубляря 2026 22:10', null],
    ['Update 28·11·2026 22:10', null],
    ['Update 28 . 11 . 2026 22:10', null],
    ['Update 28_11_2026 22:10', null],
    ['Update 28,11,2026 22:10', null],
    ['Update-28.11. 22:10', null],
    ['Update 28th 22:10', null],
    ['Update on the 28th, 22:10', null],
    ['Update (28th) 22:10', null],
    ['Update 28th of the month 22:10', null],
    ['Update am 28., 22:10', null],
    ['Update day 4 22:10', null],
    ['Update Day 4, 22:10', null],
    ['Update (day 4) 22:10', null],
    ['Tag 4 22:10', null],
    ['Update +3d 22:10', null],
    ['Update T+3h 22:10', null],
    ['Update +3 days, 22:10', null],
    ['Update 28 22:10', null],
    ['Update 28: 22:10', null],
    ['Update [28] 22:10', null],
    ['Update on 28 22:10', null],
    ['Update 28 11 22:10', null],
    ['Update 28/11 22:10', null],
    ['Update 28/11: nodes are back 22:10', null],
    ['Rolled back 28/11 22:10', null],
    ['Rolled back 28.11 22:10', null],
    ['Rolled back (28.11.) 22:10', null],
    ['Update 28.11. EU 22:10', null],
    ['Update 2026 22:10', null],
    ['Update 2026-W48 22:10', null],
    ['Update KW48 22:10', null],
    ['Update November 22:10', null],
    ['Update 28 août 22:10', null],
    ['Update 28 Kasım 22:10', null],
    ['Update Nov 28 (EU) 22:10', null],
    ['Update Thursday (EU) 22:10', null],
    ['Update Thu 22:10', null],
    ['Update next day 22:10', null],
    ['Update 1 day later 22:10', null],
    ['Update two days later, 22:10', null],
    ['Update the day after 22:10', null],
    ['Update day after: 22:10', null],
    ['Update America/New_York 22:10', /names a zone that is not read/],
    ['Update Eastern 22:10', /names a zone that is not read/],
    ['Update pacific time 22:10', /names a zone that is not read/],
    ['Update Etc/GMT+5 22:10', /names a zone that is not read/],
    ['Update yesterday (EU) 22:10', null],
    ['Update this morning 09:00', null],
    ['Update 281126 22:10', null],
    ['Update 27.11. 28.11.2026 22:10', null],
    ['28.11.2026 – 29.11.2026 22:10', null],
    ['2026-11-28 Update 22:10', null],
    ['22:10 Update 28.11.', null],
    ['Update 23:12 - 23:40 UTC', /a second time/],
    ['Update 23:12 and 23:40 UTC', /a second time/],
    ['Update 23:12 UTC (11:13 PM)', /a second time/],
    ['23:12 Update 23:40 UTC', /a second time/],
    ['23:72 UTC Update', /begins with a time that cannot be read/],
    ['03/04/2026 22:10 Update', null],
    ['22:10 CET Update', /begins with a time/],
    ['Update noon', /holds a time/],
    ['Nov 28, 22:10 UTC Identified', /^"Nov 28" is a date without a year/],
    ['29 Nov 22:10 UTC Identified', /without a year/],
    ['Nov 28, 22:10 rolled back', /may be a date/],
    ['So 29. Nov 07:06:35 CET 2026', /names a zone/],
    ['Sun Nov 29 07:06:35 CET 2026', /names a zone/],
    ['2220 UTC Monitoring', /^"2220 UTC Monitoring" holds a time/],
    ['12 noon UTC: update', /^"12 noon UTC: update" holds a time/],
    ['2026-11-28 2210 Update', null],
    ['20261128 2210 rolled back', /holds a time/],
    ['202611282210 rolled back', /holds a time/],
    ['Rolled back 2220 UTC', /holds a time/],
    ['Rolled back at 22:10 UTC by Anna', /holds a time/],
    ['2026-11-28 Identified', /a date and no time/],
    ['Update at midnight', /holds a time/],
    ['Resolved this morning', null],
    ['Update 40:00:00', null],
    ['Update 02:40:00 CET', /^"02:40:00 CET" names a zone/],
    ...[
      ...['vendredi', 'le vendredi', 'viernes', 'el viernes', 'venerdì', 'sexta-feira', 'piątek', 'w środę'],
      ...[
        've středu',
        'pénteken',
        'tiistaina',
        'fredag',
        'vrijdag',
        'vineri',
        'cuma',
        'i går',
        'ayer',
        'jumat',
      ],
      ...[
        'пятница',
        'в пятницу',
        'у п’ятницю',
        'Παρασκευή',
        'вчера вечером',
        'Thứ Sáu',
        'ven.',
        'sáb',
        'pt.',
      ],
      ...[
        '金曜日',
        '(金)',
        '金',
        '周五',
        '星期五',
        '禮拜五',
        '금요일',
        '昨日',
        '本日',
        '어제',
        'أمس',
        'יום שישי',
      ],
      ...['शुक्रवार', 'วันศุกร์', '令和8年11月27日', '27 नवम्बर', '28 พฤศจิกายน 2569', 'ปี 2569', '11月27日'],
      ...[
        '十一月二十七日',
        '28 фубляря',
        'W48',
        'w48',
        'semaine 48',
        "'26",
        '’26',
        '(+1)',
        '+1',
        '(-1)',
        '(+1d)',
      ],
    ].map((date): [string, null] => [`Update ${date} 22:10`, null]),
    ...['vendredi', 'пятница', '金曜日', '令和8年11月27日', '27 नवम्बर', '28 พฤศจิกายน 2569', '昨日'].flatMap(
      (date): [string, null][] => [
        [`Identified: ${date}, 22:10 UTC`, null],
        [`${date} 22:10`, null],
        [`Rolled back ${date} 22:10`, null],
      ],
    ),
    ['Update vendredi (EU) 22:10', null],
    ['Update Freitagabend 22:10', null],
    ['Update 22:10 (+1)', /may be a zone or a day/],
    ['Update 22:10 +1', /may be a zone or a day/],
    ['Update 22:10 [-1]', /may be a zone or a day/],
    ['Update 2026-11-28 22:10 (+1)', /may be a zone or a day/],
    ['Update evening 8:05', /morning or evening/],
    ['Update in the evening 8:05', /morning or evening/],
    ['Update soir 8:05', /morning or evening/],
    ['Update (night) 8:05 UTC', /morning or evening/],
    ['Update HH:MM UTC', /is to be filled in/],
    ...[
      ...[
        'HH:MM',
        'hh:mm UTC',
        'HH:MM:SS',
        'XX:XX',
        'xx:xx UTC',
        'TBD',
        'TBA UTC',
        '??:??',
        '?',
        '__:__ UTC',
      ],
      ...[
        '15:XX',
        '15:?? UTC',
        '--:--',
        '[time]',
        '<TIME> UTC',
        '{{time}}',
        '2026-11-28 HH:MM UTC',
        'HHMM UTC',
      ],
      ...[
        'YYYY-MM-DD HH:MM UTC',
        'YYYY-MM-DD 22:10',
        'DD.MM.YYYY 22:10',
        '[date] 22:10',
        '…',
        '00:0X',
        'TIME UTC',
      ],
    ].map((time): [string, RegExp] => [`Update ${time}`, /is to be filled in/]),
    ['HH:MM UTC Update', /is to be filled in/],
    ['XX:XX', /is to be filled in/],
    ['Update 23h UTC', null],
    ['Update 23h', null],
    ['Update 0805hrs', null],
    ['Update 0805 hrs UTC', null],
    ['Update 0805 hours', null],
    ['Update vendredi 28 novembre 2026 22:10', /names another day: that date is a Saturday/],
    ['Update пятница, 28 ноября 2026 22:10', /names another day/],
    ['Update pátek 28. listopadu 2026 22:10', /names another day/],
  ])('## %s', (heading, what) => {
    const source = `${HEAD}\n## Investigating 21:00 UTC\nOld.\n\n## ${heading}\nNew.\n`;
    const { value, problems } = parseIncident('a.md', 'a', source);
    const errors = problems.filter(({ level }) => level === 'error');
    expect(errors.map(({ line }) => line)).toEqual([12]);
    if (what) expect(`${errors[0]!.what} ${errors[0]!.fix}`).toMatch(what);
    expect(value?.held).toBe(true);
    expect(value?.updates.map(({ at }) => isoMillis(at))).toEqual(['2026-11-25T21:00:00.000Z']);
  });

  test('between the headings of a post-mortem a time is prose', () => {
    const body = '## Post-mortem\n\n## 21:04 deploy\n\n## 21:04 – 21:30 errors\n\n## 25:99 what\n';
    expect(cutSections(body)).toMatchObject({ sections: [], wrong: [] });
  });

  test.each([
    ...['10 reasons', '3 lessons', '2026 in numbers', '16:9 screens', 'Version 2.10 deployed'],
    ...['Ports 8080 and 8443', 'Ports 8080 to 8443 UTC', 'Top 10 customers', 'Update #12', 'Update 2 of 3'],
    ...[
      'What we identified',
      '3 nodes: monitoring',
      'What we learned in May 2026',
      'INC-202611281530 closed',
    ],
    ...[
      'Time to detect',
      'TBD',
      'Monitoring for 24h',
      'Update (time permitting)',
      'XX',
      'Updates: TBD later',
    ],
    ...['What happened at 3:15 and why', 'Phase 1 am Server', 'Monitoring improvements for 2026'],
  ])('## %s is prose', heading => {
    expect(cutSections(`## ${heading}`)).toMatchObject({ sections: [], wrong: [] });
  });
});
