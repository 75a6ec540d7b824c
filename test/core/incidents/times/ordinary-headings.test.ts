// Headings as companies write them: numbers, names and words that are no date, and words for another day or zone.
import { describe, expect, test } from 'vitest';
import { cutSections } from '../../../../src/core/incidents/file/timeline.ts';
import { MINUTE } from '../../../../src/core/model/time.ts';

const AT = 14 * 60 + 5;

/** Label and status of a heading that is one update at 14:05; else what was made of it. */
function read(heading: string) {
  const { sections, wrong } = cutSections(`## ${heading}\nwords`);
  const [section] = sections;
  if (!section || section.time !== AT * MINUTE) return { heading, wrong, section };
  return [section.label, section.status];
}

const ORDINARY = `
Node 20.10 rolled back|Python 3.11 rollout reverted|Ubuntu 22.04 nodes patched|Kubernetes 1.29 rollback|Log4j 2.17 deployed
Version 10.15 zurückgerollt|Rollback of Node 20.10 complete|Rollback to Ubuntu 22.04|Debian 12.10 image rebuilt|Go 1.22 build fixed
Django 4.12 downgraded|Postgres 16.10 failover|Release 4.20 rolled back|Hotfix 7.31 live|iOS 17.10 crash fixed|App 5.12 released
Chrome 12.10 works again|Kernel 6.10 rolled back|Upgrade to 8.15 reverted|Update Node 20.10 rolled back|Update: Kubernetes 1.29 rollback
2000 users affected|Over 2000 users affected|About 1900 orders replayed|Backlog of 12,000 jobs processed|3.5 million events replayed
Exchange 2016 restarted|Exchange 2019 patched|Windows Server 2022 restarted|SQL Server 2019 failover|Office 2016 login works
Update 2000 users affected|Update: 2016 invoices resent|Roughly 1950 tickets left|2048 connections restored|Nearly 2,000 accounts restored
Backlog down to 12,500|12.000 Bestellungen nachgeholt|Rund 2000 Nutzer betroffen|Etwa 1900 Kunden betroffen|1.5 million emails queued
2.5 times the usual load|1.2 Mio. Nachrichten verschickt|Queue of 10,250 emails drained|12,000 jobs left|1,204 payouts sent|3.5 hours of logs recovered
Next day delivery affected|Payments next day|Next-day delivery is late|Next day payouts delayed|Same day delivery resumed|Day 2 operations
Day 1 support is back|Day 0 exploit patched|Guten Morgen|Monday.com integration back|Monday.com sync delayed|Sync with monday.com restored
Update on Monday.com integration|Y2038 bug|Y2038 fix deployed|Release 2026.11 rolled back|Release 2024.2 reverted|Deploy 2026-11 reverted
Build 2026.11 withdrawn|Version 2024.10 removed|Rollback of release 2026.11 done|Patch 2025-10 installed|Home Assistant 2026.11 withdrawn
Update 10|Update 11|Update 12|Update 4|Update [2/3]|Update 2/3|Update (2/3)|Update 1/2|Update [1/4]|Part 2/3|Update 3/4: workers restarted
GitLab 16.11|Spring Boot 3.2|React 18|RHEL 9.4|Update to 3.5|Rückbau auf 4.12|Errors down to 15|Nur 12 Kunden betroffen
Update: estimated time unknown|Update Estimated time|Update Page load time|Update Response time|Ausfall der letzten Tage untersucht|v1.2.10|Deployed v1.2.10|Rolled back to 1.2.10|Release 1.2.10|Python 3.11.10|d3-array fixed
Fix deployed|Fix in progress|Rolling back|Rollback complete|Root cause identified|Cause identified|Partially resolved
Not resolved yet|Service restored|Services recovering|Performance degraded|Degraded performance|Partial outage|Major outage|Full recovery
Mitigation applied|Mitigated|Workaround available|Workaround: use the old API|Failover to eu-west-1|Failover complete|Traffic rerouted|Scaling up
Database restarted|Restarting the database|Restoring from backup|Backup restored|Cache cleared|Queue drained|Draining the queue|Replaying events
Vendor contacted|Waiting for our provider|AWS confirms an outage|Cloudflare reports recovery|Stripe webhooks delayed|GitHub Actions delayed
Email delivery delayed|SMS delayed|Logins work again|Login errors back|Sign-ups paused|Sign-ups open again|API keys rotated|Certificates renewed
Customers in the EU affected|Impact: EU only|EU and US recovered|EU-West recovered|APAC still affected|Region Frankfurt recovered|Paris is back
West Coast nodes are back|East Coast traffic rerouted|US Central nodes are back|Central European customers affected|British customers affected
Eastern region recovered|Pacific cable cut|Local cache cleared|Server time corrected|Time server restarted|Our time series are back
Postmortem to follow|All clear|All systems go|Back to normal|Normal operation|Monitoring the fix|Monitoring recovery|Investigating further
Investigation continues|Next update in 30 minutes|Next update in an hour|Next steps|Second attempt|Third fix|Second fix deployed|Last nodes restarted
Final update|Last update|Follow-up|Correction|Clarification|Summary|Apology|Thank you|Good news|Bad news|More news|Morning shift takes over
Night shift informed|Day shift takes over|Weekend batch delayed|Nightly backup skipped|Daily report late|Weekly report late|Monthly invoices sent
Störung behoben|Ursache gefunden|Ursache erkannt|Wir arbeiten daran|Wir beobachten weiter|Teilweise behoben|Neustart läuft|Neustart abgeschlossen
Dienst wieder da|Alles wieder gut|Entwarnung|Entstört|Datenbank neu gestartet|Techniker vor Ort|Anbieter informiert|Nächstes Update folgt
Update für Kunden|Erste Kunden wieder online|Letzte Knoten neu gestartet|Andere Dienste laufen|Zweiter Versuch|Später mehr|Rückspielung läuft
Auf dem Weg der Besserung|Tagesabschluss verspätet|Nachtlauf abgebrochen|Wartung verlängert|Zeitserver neu gestartet|Laufzeit normal|Halbzeit
Problème identifié|Service rétabli|Retour à la normale|Problema resuelto|Servicio restablecido|Problema risolto|Storing verholpen|Opgelost|Løst|Löst
Probleem gevonden|Usługa przywrócona|Vyřešeno|Megoldva|Rezolvat|Çözüldü|Rozwiązane|Lahendatud|Korjattu|Afgehandeld|Arreglado|Resolvido
`
  .split(/[|\n]/)
  .filter(line => line !== '');

describe('ordinary labels are read', () => {
  test.each(ORDINARY)('%s', label => {
    for (const time of ['14:05 UTC', '14:05', '– 14:05 UTC']) {
      expect([label, read(`${label} ${time}`)]).toEqual([label, [label, null]]);
    }
    // Without a time it is a heading like any other.
    const { wrong, sections } = cutSections(`## ${label}`);
    expect([label, wrong, sections]).toEqual([label, [], []]);
  });
});

test.each([
  ['Still investigating 14:05', 'Still investigating', 'investigating'],
  ['Now monitoring 14:05', 'Now monitoring', 'monitoring'],
  ['Fully resolved 14:05', 'Fully resolved', 'resolved'],
  ['Still resolved for some 14:05', 'Still resolved for some', null],
  ['Resolved! 14:05', null, 'resolved'],
  ['Resolved. 14:05 UTC', null, 'resolved'],
  ['✅ Resolved 14:05', null, 'resolved'],
  ['✅ Resolved ✅ 14:05 UTC', null, 'resolved'],
  ['⚠️ Investigating 14:05', null, 'investigating'],
  ['🟢 [Resolved] 14:05 UTC', null, 'resolved'],
  ['[Update] 14:05', null, null],
  ['(Update) 14:05 UTC', null, null],
  ['[Monitoring] - 14:05 UTC', null, 'monitoring'],
  ['**Resolved** 14:05', null, 'resolved'],
  ['Resolved? 14:05', 'Resolved?', null],
  ['❌ Resolved 14:05', '❌ Resolved', null],
  ['~~Resolved~~ 14:05', '~~Resolved', null],
  ['Investigating… 14:05 UTC', null, 'investigating'],
  ['**Resolved 14:05 UTC**', null, 'resolved'],
  ['[Resolved 14:05 UTC]', null, 'resolved'],
  ['✅ Resolved at 14:05 UTC', null, 'resolved'],
  ['Update 14:05 - Fixed', 'Update - Fixed', null],
  ['Update 14:05: Fix Deployed', 'Update: Fix Deployed', null],
  ['Update 14:05 - API is back', 'Update - API is back', null],
  ['Update 14:05 UTC (Anna)', 'Update (Anna)', null],
  ['Update 14:05 UTC #3', 'Update #3', null],
  ['Update 14:05 UTC 🎉 all done', 'Update 🎉 all done', null],
  ['Update (14:05 UTC): fix deployed', 'Update: fix deployed', null],
  ['Update 14.05 Uhr: behoben', 'Update: behoben', null],
  ['Update 14:05 UTC -- fix deployed', 'Update -- fix deployed', null],
  ['Update 14:05 UTC → fix deployed', 'Update → fix deployed', null],
  ['Update 14:05 UTC -fix deployed', 'Update -fix deployed', null],
  ['Update 14:05 UTC- fix deployed', 'Update- fix deployed', null],
  ['Update 14:05 (UTC) - fix deployed', 'Update - fix deployed', null],
  ['Update 14:05 UTC - fix (v2) deployed', 'Update - fix (v2) deployed', null],
  ['Update 14:05 UTC (2/3)', 'Update (2/3)', null],
  ['Update 14:05 UTC [2/3]', 'Update [2/3]', null],
  ['_Update_ 14:05', null, null],
  ['✓ Resolved 14:05', null, 'resolved'],
  ['In_progress 14:05', null, 'in_progress'],
  ['🚀 Deployed 14:05', '🚀 Deployed', null],
  ['14:05 UTC ✅ Resolved', null, 'resolved'],
  ['14:05 [Update]', null, null],
  ['Update 14:05 UTC - fix deployed', 'Update - fix deployed', null],
  ['Update 14:05 UTC – fix deployed', 'Update – fix deployed', null],
  ['Update 14:05 UTC: fix deployed', 'Update: fix deployed', null],
  ['Update 14:05: fix deployed', 'Update: fix deployed', null],
  ['Update 14:05 - fix deployed', 'Update - fix deployed', null],
  ['Update 14:05 UTC, fix deployed', 'Update, fix deployed', null],
  ['Update 14:05 UTC | fix deployed', 'Update | fix deployed', null],
  ['Update 14:05 UTC (fix deployed)', 'Update (fix deployed)', null],
  ['Update 2:05 pm (fix deployed)', 'Update (fix deployed)', null],
  ['Update 15:05+01:00 - fix deployed', 'Update - fix deployed', null],
  ['Update 14:05 UTC - Node 20.10 rolled back', 'Update - Node 20.10 rolled back', null],
  ['Update 14:05 UTC - 2000 users affected', 'Update - 2000 users affected', null],
  ['Update 14:05 UTC - 3 of 5 nodes', 'Update - 3 of 5 nodes', null],
  ['Update 2 14:05 UTC: fix deployed', 'Update 2: fix deployed', null],
  ['Resolved 14:05 UTC - fix deployed', 'Resolved - fix deployed', 'resolved'],
  ['Monitoring 14:05 UTC: fix deployed', 'Monitoring: fix deployed', 'monitoring'],
  ['Identified 14:05: a bad deploy', 'Identified: a bad deploy', 'identified'],
  ['Fix deployed 14:05 UTC - watching it', 'Fix deployed - watching it', null],
  ['Update 14:05 UTC:', null, null],
  ['Update 14:05 UTC.', null, null],
  ['Update 14:05:', null, null],
  ['Update 14:05 UTC ✅', null, null],
  ['Update 14:05 UTC -', null, null],
  ['Update 14:05 Uhr:', null, null],
  ['Resolved 14:05 UTC ✅', null, 'resolved'],
  ['Resolved 14:05 UTC!', null, 'resolved'],
  ['✅ Resolved 14:05 UTC: all well', 'Resolved: all well', 'resolved'],
  ['Update 14:05 UTC - Next day delivery works', 'Update - Next day delivery works', null],
  ['Good morning 08:05 UTC', 'Good morning', null],
])('“%s” is that update', (heading, label, status) => {
  const { sections, wrong } = cutSections(`## ${heading}\nwords`);
  expect(wrong).toEqual([]);
  const time = (heading.includes('08:05') ? 485 : AT) * MINUTE;
  expect(sections).toMatchObject([{ label, status, time, dated: false, body: 'words' }]);
});

test('words behind a dated time join the label, too', () => {
  const { sections } = cutSections('## Update 2026-11-28 14:05 UTC - fix deployed');
  expect(sections).toMatchObject([{ label: 'Update - fix deployed', dated: true }]);
});

/** Each alone between label and time, too. */
const DAYS = `
gestern Abend|heute Abend|letzte Nacht|vergangene Nacht|morgen früh|tags drauf|am anderen Tag|am Morgen danach|gestern Nacht|am nächsten Morgen
morgen vroeg|daags erna|gisteren avond|de dag daarna|anoche|ayer por la noche|mañana por la mañana|ieri sera|hier soir|l’endemà|l'endemà
2nd day|the 2nd day|3rd day|the morning after|the evening after|the night after|last night|next morning|the following evening|yesterday evening
i morgon|i går kväll|dagen därpå|i overmorgen|næsta dag|næste morgen|i morgen tidlig|seuraavana päivänä|seuraavana aamuna|másnap|másnap reggel
letzten Abend|am Vortag|Tag zwei|am nächsten Werktag|vannacht|gisterenavond|la noche anterior|al otro día|la nuit dernière|na noite passada
tomorrow morning|next business day|tmrw|stamattina|ce matin|drugi dan|á morgun
a doua zi|ziua următoare|sljedeći dan|sljedećeg dana|sutradan|naslednji dan|naslednjega dne|následující den|druhého dne|nasledujúci deň
järgmisel päeval|kitą dieną|nākamajā dienā|ertesi gün|ertesi sabah|keesokan harinya|kolejnego dnia|następnego dnia rano
`;
const ZONES = `
zomertijd|svensk sommartid|US East Coast|UK summer time|London local time|Berlin time zone|heure suisse|British Summer|British Summer Time|British|US Central|US Eastern|US Pacific time|West coast time|East Coast|West Coast|east coast time|deutsche Zeit
hiesige Zeit|unsere Zeit|lokalzeit|Lokalzeit|Ortszeit|Mitteleuropäische Sommerzeit|Mitteleuropäische Zeit|Mitteleuropäisch|mitteleuropäisch
Nederlandse tijd|onze tijd|Amsterdamse tijd|Suomen aikaa|paikallista aikaa|czasu warszawskiego|czasu lokalnego|středoevropského času|letního času
pražského času|helyi idő|magyar idő szerint|Türkiye saatiyle|yerel saatle|po srednjeevropskom vremenu|po lokalnom vremenu|lokal tid|norsk tid
ora României|hora peninsular|heure d'été|CET time|SEČ|SELČ|TRT|WIB|WAT|EAT|EEST|PKT|PHT
`;
const split = (table: string) => table.split(/[|\n]/).filter(line => line !== '');

const errorOf = (heading: string) => {
  const { wrong, sections } = cutSections(`## ${heading}\nwords`);
  return { errors: wrong.length, sections, what: `${wrong[0]?.what}` };
};

test.each(split(DAYS))('“%s” is another day', day => {
  for (const heading of [
    `Update ${day} 15:12`,
    `Identified: ${day}, 15:12 UTC`,
    `Rolled back ${day} 15:12`,
  ]) {
    expect([heading, errorOf(heading)]).toMatchObject([heading, { errors: 1, sections: [] }]);
  }
});

test.each(split(ZONES))('“%s” is another zone', zone => {
  for (const heading of [`Update ${zone} 15:12`, `Identified: ${zone}, 15:12`]) {
    const expected = {
      errors: 1,
      sections: [],
      what: expect.stringContaining('names a time zone that is not supported'),
    };
    expect([heading, errorOf(heading)]).toMatchObject([heading, expected]);
  }
});

test.each([
  ...['Update 15:05 CET (14:05 UTC)', 'Update 15:05 UTC (14:05 CET)', 'Update 14:05 UTC - 14:30 UTC'],
  ...['Update 14:05 UTC - fixed at 14:30', 'Update 14:05 UTC: fixed 28.11.', 'Update 14:05 UTC - tomorrow'],
  ...[
    'Update 14:05 UTC (28 November)',
    'Update 14:05 UTC: next day',
    'Update 14:05 (Berlin)',
    'Update 14:05 (New York)',
    'Update 14:05, Paris',
  ],
  ...['Update 14:05 UTC (gestern)', 'Update 14:05 - CET', 'Update 14:05, local time', 'Update 14:05 (EST)'],
  ...[
    'Update 14:05 - until 15:00',
    'Update 14:05 UTC (+1)',
    'Update 14:05 - 28.11.',
    'Update 14:05: Central European Time',
  ],
  ...[
    'Update 14:05 (Berlin time)',
    'Update 14:05 (deutsche Zeit)',
    'Update 14:05 - US Central',
    'Eastern: Update 14:05',
  ],
  ...['CET - Update 14:05', 'Berlin time: Update 14:05', 'Update 15.30 14:05', 'Down at 15.30 and up 14:05'],
  ...[
    'Störung 13.05 Uhr, behoben 14:05',
    'Störung 13.30 bis 14:05',
    'Zurückgerollt 28.11 14:05',
    'Day 2 14:05',
  ],
  ...[
    'Day 2 update 14:05',
    'Day 4 of the outage 14:05',
    'Update Nov 2026 14:05',
    'November 2026 summary 14:05',
  ],
  ...[
    'Update 28 14:05',
    'Update 27 14:05 UTC',
    'Update 11/28 14:05',
    'Update 02/03 14:05',
    'Update 3/2 14:05',
  ],
  ...['Update 2026-11 14:05', 'Update 2026.11 reverted 14:05', 'Morgen 14:05', 'Update Monday 14:05'],
  ...[
    'Next day update 14:05',
    'Fixed next day 14:05',
    'Update 2016 14:05',
    'Update [now]',
    'Update jetzt',
    'Update gerade eben',
  ],
  ...[
    'Update halb vier',
    'Update viertel nach drei',
    'Update Viertel vor 3',
    'Update half past three',
    'Resolved soeben',
  ],
  ...[
    'Update um halb vier',
    'Update vor 5 Minuten',
    'Update just now',
    'Update gleich',
    'Update vor einer Stunde',
  ],
])('“%s” is an error', heading => {
  expect(errorOf(heading)).toMatchObject({ errors: 1, sections: [] });
});

test.each([...['Deploy 14:05 UTC - errors', 'Deploy 14:05 UTC: errors', 'Resolved 14:05 to 15:00 slots']])(
  '“%s” in a post-mortem is prose, or an error as before',
  heading => {
    expect(cutSections(`## Post-mortem\n\n## ${heading}`).sections).toEqual([]);
  },
);
