// The demo's incidents: a realistic quarter of a year, with times relative to now.
import { DAY, HOUR, iso, MINUTE, type Millis } from '../core/model/time.ts';

/** Name, how long ago it began, and the file's text; `{22}` is the time 22 minutes after it began. */
const INCIDENTS: readonly (readonly [name: string, ago: Millis, text: string])[] = [
  [
    'slow-exports',
    96 * MINUTE,
    `title: Workflow Builder exports are slow
status: monitoring
severity: minor
started: {0}
components: [workflow-builder]
---
## Monitoring {71}
The rollback is complete and exports are fast again. We keep watching for an hour.

## Identified {22}
A queue worker holds a lock for too long. We are rolling back yesterday’s change.

## Investigating {0}
Exports of large workflows take up to two minutes. Saving and running are not affected.
`,
  ],
  [
    'api-latency-spike',
    3 * DAY + 5 * HOUR,
    `title: API Latency Spike
status: resolved
severity: major
started: {0}
resolved: {30}
components: [api]
---
## Update {30}
Issue resolved. API latency back to normal.

## Update {15}
Identified cause: Database connection pool exhausted. Increasing pool size.

## Update {0}
Investigating elevated API response times.

## Post-mortem
**Root cause.** A new report opened one connection per row and exhausted the pool.

**What we changed.** Reports share a small pool of their own, and the size of every pool is now on our dashboards with an alert at 80 %.
`,
  ],
  [
    'login-errors',
    11 * DAY + 7 * HOUR,
    `title: Dashboard sign-in errors
status: resolved
severity: critical
started: {0}
resolved: {43}
components: [dashboard]
---
## Resolved {43}
Sign-in works again for everyone. Sorry: the key should have been renewed automatically, and now it is.

## Identified {18}
An expired signing key. We are rotating it.

## Investigating {0}
Sign-in fails for most users. Those already signed in can keep working.
`,
  ],
  [
    'delayed-notifications',
    27 * DAY + 2 * HOUR,
    `title: Delayed notifications
status: resolved
severity: minor
started: {0}
resolved: {95}
components: [email-delivery, background-jobs]
---
## Resolved {95}
The backlog is sent and notifications are prompt again.

## Investigating {0}
Notifications arrive up to twenty minutes late. Nothing is lost.
`,
  ],
  [
    'regional-outage',
    58 * DAY + 13 * HOUR,
    `title: Outage of our hosting region
status: resolved
severity: critical
started: {0}
resolved: {110}
components: [api, dashboard, workflow-builder, database]
---
## Resolved {110}
Stable for three quarters of an hour. A post-mortem follows.

## Monitoring {64}
Everything runs from the second data centre.

## Identified {12}
Our hosting region lost power in one data centre. We are moving to another.

## Investigating {0}
All services are unreachable. We are on it.

## Post-mortem
**Root cause.** A failed power transfer. **What we changed.** The standby now takes over automatically.
`,
  ],
];

/** Names and texts of the demo's incident and maintenance files, as of `now`. */
export function demoIncidents(now: Millis): [name: string, text: string][] {
  const tomorrow = Math.floor(now / DAY) * DAY + DAY + 2 * HOUR;
  const maintenance = (name: string, named: Millis, start: Millis, head: string, body: string) =>
    fileOf(
      name,
      named,
      start,
      `${head}\nscheduled_start: {0}\nscheduled_end: {90}\ncomponents: [database]\n---\n## Scheduled {${-2 * 24 * 60}}\n${body}\n`,
    );
  return [
    ...INCIDENTS.map(([name, ago, text]) => {
      const start = Math.floor((now - ago) / MINUTE) * MINUTE;
      return fileOf(name, start, start, text);
    }),
    maintenance(
      'database-upgrade',
      now,
      tomorrow,
      'title: Database upgrade\nstatus: scheduled',
      'Short interruptions of a few seconds are possible while we switch over.',
    ),
    maintenance(
      'storage-maintenance',
      tomorrow - 8 * DAY,
      tomorrow - 8 * DAY,
      'title: Storage maintenance\nstatus: completed',
      'We move the database to faster disks.',
    ),
  ];
}

/** Makes a file named after the day of `named`, with its times in minutes from `start`. */
function fileOf(name: string, named: Millis, start: Millis, text: string): [string, string] {
  const day = iso(named).slice(0, 10).replaceAll('-', '');
  const moments = text.replace(/\{(-?\d+)\}/g, (_, minutes) => iso(start + Number(minutes) * MINUTE));
  return [`${day}_${name}.md`, `---\n${moments}`];
}
