// Makers: small, complete values for tests; each takes only what the test is about.

import { reportedVsMeasured } from '../src/core/filing/reported-vs-measured.ts';
import { stretchesOf } from '../src/core/incidents/impact.ts';
import { VISITOR_CHANNELS } from '../src/core/model/channel-url.ts';
import { checkSchema, detectSchema } from '../src/core/model/checks/check.ts';
import { type Component, type Health, overall } from '../src/core/model/component.ts';
import type { Incident, IncidentUpdate } from '../src/core/model/incident.ts';
import type { Site } from '../src/core/model/site.ts';
import { MAIL_LIMITS, WEIGHTS_EVEN } from '../src/core/model/site.ts';
import { DAY, HOUR, iso, MINUTE, type Millis, startOfUtcDay, utcDay } from '../src/core/model/time.ts';
import { overallStatusOf } from '../src/core/page/overall-status.ts';
import type { ComponentView, DayCell, GroupView, IncidentView, Snapshot } from '../src/core/page/snapshot.ts';
import { percentUp } from '../src/core/page/uptime.ts';
import { renderMarkdown } from '../src/core/text/markdown.ts';

/** The moment every made snapshot is composed for, unless told otherwise. */
export const NOW: Millis = Date.UTC(2026, 10, 23, 14, 42);

export function component(id: string, over: Partial<Component> = {}): Component {
  return {
    id,
    name: id,
    group: null,
    description: null,
    schedule: '* * * * *',
    check: checkSchema.parse({ type: 'manual' }),
    detect: detectSchema.parse({}),
    since: null,
    dependsOn: [],
    match: [],
    ...over,
  };
}

export function site(over: Partial<Site> = {}): Site {
  return {
    title: 'Levqor Status',
    url: 'https://status.levqor.ai',
    timezone: 'UTC',
    aliases: [],
    brand: {
      logo: null,
      logoDark: null,
      logoRatio: null,
      logoDarkRatio: null,
      favicon: null,
      css: null,
      color: '#4f46e5',
      homepage: 'https://levqor.ai',
    },
    links: [],
    uptime: { days: 90, weights: WEIGHTS_EVEN },
    reminders: { after: HOUR, to: null },
    notices: [],
    git: null,
    history: false,
    network: { reference: null },
    notify: { grace: 0, channels: [], visitors: VISITOR_CHANNELS },
    mail: MAIL_LIMITS,
    groupWithin: 0,
    components: [],
    retired: [],
    metrics: [],
    inbound: { unmatched: 'hold', text: 'hide', severity: {} },
    webhooks: {},
    mirror: null,
    ...over,
  };
}

/** A component's row: `bad` maps days ago to a state; `known` is for how many days it has data. */
export function view(
  of: Component,
  health: Health,
  { bad = {}, known = 90, since = null, days: count = 90, at = NOW, incidents = [] }: ViewOptions = {},
): ComponentView {
  const days: DayCell[] = Array.from({ length: count }, (_, i) => {
    const ago = count - 1 - i;
    const told = bad[ago] === 'operational' ? undefined : bad[ago];
    const downtime = told && told !== 'under_maintenance' ? (ago + 1) * 7 * MINUTE : 0;
    return {
      day: utcDay(startOfUtcDay(at) - ago * DAY),
      state: told ?? (ago < known ? 'operational' : 'no_data'),
      stretches: told ? [{ state: told, time: downtime }] : [],
      uptime: told || ago < known ? { percent: percentUp(DAY, downtime)!, seen: null } : null,
      incidents: told ? incidents : [],
    };
  });
  const total = Math.min(known, count) * DAY;
  const downtime = days.flatMap(({ stretches }) => stretches).reduce((sum, { time }) => sum + time, 0);
  const percent = percentUp(total, downtime);
  return {
    component: of,
    health,
    since,
    checkedAt: health === 'no_data' ? null : at - MINUTE,
    seen: null,
    upstream: null,
    response: null,
    days,
    uptime: {
      window: { start: at - count * DAY, end: at },
      from: at - total,
      total,
      downtime,
      excluded: 0,
      observed: total,
      percent,
      strict: percent,
      statuspage: percent,
      intervals: [],
    },
  };
}

interface ViewOptions {
  readonly bad?: Readonly<Record<number, Health>>;
  readonly known?: number;
  readonly since?: Millis | null;
  readonly days?: number;
  readonly at?: Millis;
  readonly incidents?: readonly string[];
}

export function update(
  at: Millis,
  status: IncidentUpdate['status'],
  body: string,
  label: string | null = null,
) {
  return { key: `${iso(at)}-0`, at, status, label, body } satisfies IncidentUpdate;
}

/** An incident, open unless `resolved` is given; with `scheduled`, a maintenance. */
export function incident(id: string, over: Partial<Incident> = {}): Incident {
  const started = over.started ?? NOW - 12 * MINUTE;
  const resolved = over.resolved ?? null;
  return {
    id,
    title: id,
    status: resolved === null ? 'investigating' : 'resolved',
    severity: 'critical',
    started,
    resolved,
    components: [],
    scheduled: null,
    openedBy: null,
    notify: true,
    updates: [update(started, 'investigating', 'We are looking into it.')],
    postmortem: null,
    ...over,
  };
}

/** The incident as the Snapshot shows it. */
export function shown(of: Incident, affected: readonly Component[] = [], at = NOW): IncidentView {
  const start = of.scheduled?.start ?? of.started;
  const severe = {
    minor: 'degraded_performance',
    major: 'partial_outage',
    critical: 'major_outage',
  } as const;
  return {
    ...of,
    affected: affected.map(({ id, name }) => ({ id, name, status: severe[of.severity] })),
    stretches: stretchesOf(of, affected),
    nextUpdate: null,
    comparison: of.scheduled ? null : reportedVsMeasured(of, [], {}),
    state: of.status,
    duration: Math.max(0, (of.resolved ?? at) - start),
    unfiled: false,
    html: of.updates.map(({ body }) => renderMarkdown(body)),
    postmortemHtml: of.postmortem === null ? null : renderMarkdown(of.postmortem),
  };
}

/** A Snapshot whose groups and overall status follow from its rows. */
export function snapshot(
  rows: readonly ComponentView[],
  {
    incidents = [],
    maintenances = [],
    site: of = site(),
    version = 'v1',
    at = NOW,
  }: {
    readonly incidents?: readonly IncidentView[];
    readonly maintenances?: readonly IncidentView[];
    readonly site?: Site;
    readonly version?: string;
    readonly at?: Millis;
  } = {},
): Snapshot {
  const names = new Set(rows.map(row => row.component.group));
  const groups: GroupView[] = [...names].map(name => {
    const components = rows.filter(row => row.component.group === name);
    return { name, health: overall(components.map(row => row.health)), components };
  });
  return {
    version,
    at,
    site: { ...of, components: rows.map(row => row.component) },
    overall: overallStatusOf(rows, incidents),
    networkDownSince: null,
    missingSince: null,
    plans: [],
    checkedAt: rows.some(row => row.checkedAt !== null) ? at - MINUTE : null,
    groups,
    components: rows,
    incidents,
    maintenances,
    metrics: [],
    problems: [],
    warnings: [],
  };
}
