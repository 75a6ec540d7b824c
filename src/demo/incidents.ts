// The demo's incidents: a quarter of a real service's year, with times relative to now.
import { DAY, HOUR, iso, MINUTE, type Millis } from '../core/model/time.ts';

interface Story {
  readonly slug: string;
  readonly title: string;
  readonly severity: 'minor' | 'major' | 'critical';
  readonly components: string;
  readonly ago: Millis;
  /** Minutes after the start, label, text; the last one is the end unless `open`. */
  readonly updates: readonly [number, string, string][];
  readonly open?: boolean;
  readonly after?: string;
}

const STORIES: readonly Story[] = [
  {
    slug: 'slow-exports',
    title: 'Workflow Builder exports are slow',
    severity: 'minor',
    components: '[workflow-builder]',
    ago: 96 * MINUTE,
    open: true,
    updates: [
      [
        0,
        'Investigating',
        'Exports of large workflows take up to two minutes. Saving and running are not affected.',
      ],
      [22, 'Identified', 'A queue worker holds a lock for too long. We are rolling back yesterday’s change.'],
      [
        71,
        'Monitoring',
        'The rollback is complete and exports are fast again. We keep watching for an hour.',
      ],
    ],
  },
  {
    slug: 'api-latency-spike',
    title: 'API Latency Spike',
    severity: 'major',
    components: '[api]',
    ago: 3 * DAY + 5 * HOUR,
    updates: [
      [0, 'Update', 'Investigating elevated API response times.'],
      [15, 'Update', 'Identified cause: Database connection pool exhausted. Increasing pool size.'],
      [30, 'Update', 'Issue resolved. API latency back to normal.'],
    ],
    after: `**Root cause.** A new report opened one connection per row and exhausted the pool.

**What we changed.** Reports share a small pool of their own, and the size of every pool is now on our dashboards with an alert at 80 %.`,
  },
  {
    slug: 'login-errors',
    title: 'Dashboard sign-in errors',
    severity: 'critical',
    components: '[dashboard]',
    ago: 11 * DAY + 7 * HOUR,
    updates: [
      [0, 'Investigating', 'Sign-in fails for most users. Those already signed in can keep working.'],
      [18, 'Identified', 'An expired signing key. We are rotating it.'],
      [
        43,
        'Resolved',
        'Sign-in works again for everyone. Sorry: this should have been renewed by itself, and now is.',
      ],
    ],
  },
  {
    slug: 'delayed-notifications',
    title: 'Delayed notifications',
    severity: 'minor',
    components: '[email-delivery, background-jobs]',
    ago: 27 * DAY + 2 * HOUR,
    updates: [
      [0, 'Investigating', 'Notifications arrive up to twenty minutes late. Nothing is lost.'],
      [95, 'Resolved', 'The backlog is sent and notifications are prompt again.'],
    ],
  },
  {
    slug: 'regional-outage',
    title: 'Outage of our hosting region',
    severity: 'critical',
    components: '[api, dashboard, workflow-builder, database]',
    ago: 58 * DAY + 13 * HOUR,
    updates: [
      [0, 'Investigating', 'All services are unreachable. We are on it.'],
      [12, 'Identified', 'Our hosting region lost power in one data centre. We are moving to another.'],
      [64, 'Monitoring', 'Everything runs from the second data centre.'],
      [110, 'Resolved', 'Stable for three quarters of an hour. A post-mortem follows.'],
    ],
    after:
      '**Root cause.** A failed power transfer. **What we changed.** The standby now takes over by itself.',
  },
];

/** File names and texts of the demo's incidents and maintenance, as of `now`. */
export function demoIncidents(now: Millis): [name: string, text: string][] {
  return [...STORIES.map(story => fileOf(story, now)), ...maintenance(now)];
}

function fileOf(story: Story, now: Millis): [string, string] {
  const started = Math.floor((now - story.ago) / MINUTE) * MINUTE;
  const at = (minutes: number) => started + minutes * MINUTE;
  const last = story.updates.at(-1) as [number, string, string];
  const sections = story.updates.map(
    ([minutes, label, text]) => `## ${label} ${heading(at(minutes))}\n${text}\n`,
  );
  const lines = [
    '---',
    `title: ${story.title}`,
    `status: ${story.open ? last[1].toLowerCase() : 'resolved'}`,
    `severity: ${story.severity}`,
    `started: ${iso(started)}`,
    ...(story.open ? [] : [`resolved: ${iso(at(last[0]))}`]),
    `components: ${story.components}`,
    '---',
    '',
    sections.reverse().join('\n'),
    story.after ? `## Post-mortem\n${story.after}\n` : '',
  ];
  return [`${stamp(started)}_${story.slug}.md`, lines.join('\n')];
}

function maintenance(now: Millis): [string, string][] {
  const tomorrow = Math.floor(now / DAY) * DAY + DAY + 2 * HOUR;
  const lastWeek = tomorrow - 8 * DAY;
  const text = (title: string, start: Millis, status: string, body: string) => `---
title: ${title}
status: ${status}
scheduled_start: ${iso(start)}
scheduled_end: ${iso(start + 90 * MINUTE)}
components: [database]
---
## Scheduled ${heading(start - 2 * DAY)}
${body}
`;
  return [
    [
      `${stamp(now)}_database-upgrade.md`,
      text(
        'Database upgrade',
        tomorrow,
        'scheduled',
        'Short interruptions of a few seconds are possible while we switch over.',
      ),
    ],
    [
      `${stamp(lastWeek)}_storage-maintenance.md`,
      text('Storage maintenance', lastWeek, 'completed', 'We move the database to faster disks.'),
    ],
  ];
}

function heading(at: Millis): string {
  return iso(at).replace('T', ' ').replace(':00Z', ' UTC');
}

function stamp(at: Millis): string {
  return iso(at).slice(0, 10).replaceAll('-', '');
}
