// Tiny Snapshots for the tests of what is served: name what matters, the rest is dull.
import { VISITOR_CHANNELS } from '../../src/core/model/channel-url.ts';
import type { Component, Health } from '../../src/core/model/component.ts';
import { statusOf } from '../../src/core/model/component.ts';
import type { IncidentUpdate, UpdateStatus } from '../../src/core/model/incident.ts';
import { DAY } from '../../src/core/model/time.ts';
import { overallStatusOf } from '../../src/core/page/overall-status.ts';
import type { ComponentView, GroupView, IncidentView, Snapshot } from '../../src/core/page/snapshot.ts';
import { uptimeOf } from '../../src/core/page/uptime.ts';
import { renderMarkdown } from '../../src/core/text/markdown.ts';
import { component as made } from '../makers.ts';

export const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const BORN = Date.UTC(2024, 0, 1);

export function at(text: string): number {
  return Date.parse(`2026-11-23T${text}Z`);
}

export function component(id: string, more: Partial<Component> = {}): Component {
  return made(id, { since: BORN, ...more });
}

export function view(
  one: Component,
  health: Health = 'operational',
  more: Partial<ComponentView> = {},
): ComponentView {
  const weights = { minor: 1, major: 1, critical: 1 };
  const uptime = uptimeOf([], [], { start: NOW - 90 * DAY, end: NOW }, one.since ?? NOW - DAY, 0, weights);
  const known = { since: null, checkedAt: NOW, seen: null, upstream: null, response: null, days: [] };
  return { component: one, health, ...known, uptime, ...more };
}

export function update(time: string, status: UpdateStatus, body: string, key = `${time}#1`): IncidentUpdate {
  return { key, at: at(time), status, label: null, body };
}

export function incident(more: Partial<IncidentView> & { readonly id: string }): IncidentView {
  const updates = more.updates ?? [update('10:00:00', more.state ?? 'investigating', 'We are looking.')];
  const state = more.state ?? updates.at(-1)!.status;
  return {
    title: more.id,
    status: state,
    severity: 'major',
    started: updates[0]!.at,
    resolved: null,
    components: more.affected?.map(({ id, status }) => ({ id, status })) ?? null,
    scheduled: null,
    openedBy: null,
    notify: true,
    updates,
    postmortem: null,
    affected: [],
    stretches: [{ start: updates[0]!.at, end: null, severity: more.severity ?? 'major', affected: [] }],
    nextUpdate: null,
    comparison: null,
    state,
    duration: 0,
    unfiled: false,
    html: updates.map(each => renderMarkdown(each.body)),
    postmortemHtml: null,
    ...more,
  };
}

export function affected(view: ComponentView, severity: 'minor' | 'major' | 'critical' = 'major') {
  return { id: view.component.id, name: view.component.name, status: statusOf(severity) };
}

export function snapshot(
  more: Partial<Snapshot> & { readonly groups?: readonly GroupView[] } = {},
): Snapshot {
  const components = more.components ?? more.groups?.flatMap(group => group.components) ?? [];
  return {
    version: 'v1',
    at: NOW,
    site: {
      title: 'Acme',
      url: 'https://status.acme.io',
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
        homepage: null,
      },
      links: [],
      uptime: { days: 90, weights: { minor: 1, major: 1, critical: 1 } },
      reminders: { after: 3_600_000, to: null },
      notices: [],
      git: null,
      history: false,
      network: { reference: null },
      notify: { grace: 0, channels: [], visitors: VISITOR_CHANNELS },
      mail: { rate: null, storm: null, connections: 5, confirmations: 1000 },
      groupWithin: 0,
      components: components.map(each => each.component),
      retired: [],
      metrics: [],
      inbound: { unmatched: 'hold', text: 'hide', severity: {} },
      webhooks: {},
      mirror: null,
    } as Snapshot['site'],
    overall: overallStatusOf(components, more.incidents ?? []),
    checkedAt: NOW,
    networkDownSince: null,
    missingSince: null,
    groups: components.length > 0 ? [{ name: null, health: 'operational', components }] : [],
    components,
    incidents: [],
    maintenances: [],
    plans: [],
    metrics: [],
    problems: [],
    warnings: [],
    ...more,
  };
}
