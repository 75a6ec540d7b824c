// The Statuspage API: every body by a strict schema, and the worked example of a summary.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/core/page/snapshot.ts';
import { BODIES, type ListedRow } from '../../../src/web/statuspage/bodies.ts';
import { PAGE_ID, stableId } from '../../../src/web/statuspage/ids.ts';
import { STATUSPAGE } from '../../../src/web/statuspage/statuspage.ts';
import { affected, at, component, incident, snapshot, update, view } from '../tiny-snapshots.ts';

const api = view(
  component('api', { name: 'API', group: 'Platform', description: 'REST API' }),
  'partial_outage',
  {
    since: at('10:00:05'),
  },
);
const site = view(component('site', { name: 'Website' }), 'no_data');

/** The worked example of Statuspage's documentation, as our facts. */
function worked(): Snapshot {
  const groups = [
    { name: 'Platform', health: 'partial_outage' as const, components: [api] },
    { name: null, health: 'no_data' as const, components: [site] },
  ];
  const window = (start: string, end: string) => ({ start: at(start), end: at(end) });
  return snapshot({
    groups,
    components: [api, site],
    incidents: [
      incident({
        id: '20261123_elevated-api-errors',
        title: 'Elevated API errors',
        affected: [affected(api)],
        updates: [
          update('10:00:00', 'investigating', 'Errors.'),
          update('10:06:00', 'identified', 'Bad deploy; rolling back.'),
        ],
      }),
      incident({
        id: '20261122_old',
        state: 'resolved',
        resolved: at('09:00:00'),
        affected: [affected(site)],
        updates: [
          update('08:00:00', 'investigating', 'a'),
          update('08:30:00', 'monitoring', 'b'),
          update('09:00:00', 'resolved', 'c'),
        ],
      }),
    ],
    maintenances: [
      incident({ id: 'soon', state: 'scheduled', scheduled: window('20:00:00', '21:00:00') }),
      incident({
        id: 'now',
        state: 'in_progress',
        status: 'scheduled',
        scheduled: window('11:30:00', '13:00:00'),
        affected: [{ id: 'site', name: 'Website', status: 'under_maintenance' }],
        updates: [update('09:00:00', 'scheduled', 'x'), update('11:31:00', 'in_progress', 'y')],
      }),
      incident({
        id: 'done',
        status: 'scheduled',
        state: 'completed',
        scheduled: window('06:00:00', '07:00:00'),
        updates: [update('05:00:00', 'scheduled', 'x')],
      }),
    ],
  });
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are checked by schema first, then read freely
const body = (path: string, of: Snapshot = worked()): any => STATUSPAGE[path]!(of);
const names = (rows: { name: string }[]) => rows.map(row => row.name);

describe('every body', () => {
  it('is one of the eight', () => {
    expect(Object.keys(STATUSPAGE).sort()).toEqual(Object.keys(BODIES).sort());
  });

  it.each(Object.keys(BODIES))('%s has the documented fields and no other', path => {
    for (const facts of [worked(), snapshot()]) {
      expect(BODIES[path]!.safeParse(body(path, facts)).error).toBeUndefined();
      expect(Object.keys(body(path, facts))[0]).toBe('page');
    }
  });

  it('lists what belongs on it', () => {
    expect(names(body('summary.json').incidents)).toEqual(['Elevated API errors']);
    expect(names(body('summary.json').scheduled_maintenances)).toEqual(['soon', 'now']);
    expect(names(body('incidents.json').incidents)).toEqual(['Elevated API errors', '20261122_old']);
    expect(names(body('incidents/unresolved.json').incidents)).toEqual(['Elevated API errors']);
    expect(names(body('scheduled-maintenances.json').scheduled_maintenances)).toEqual([
      'soon',
      'now',
      'done',
    ]);
    expect(names(body('scheduled-maintenances/upcoming.json').scheduled_maintenances)).toEqual(['soon']);
    expect(names(body('scheduled-maintenances/active.json').scheduled_maintenances)).toEqual(['now']);
  });

  it('keeps to the fifty newest incidents', () => {
    const many = Array.from({ length: 60 }, (_, i) => incident({ id: `i${i}` }));
    expect(names(body('incidents.json', snapshot({ incidents: many })).incidents)).toEqual(
      many.slice(0, 50).map(each => each.id),
    );
  });
});

describe('the worked summary', () => {
  const platform = stableId('group', 'Platform');
  const apiId = stableId('component', 'api');

  it('puts a group before its members, and counts positions from 1', () => {
    const rows = body('summary.json').components;
    expect(rows.map((row: ListedRow) => [row.name, row.group, row.position, row.group_id])).toEqual([
      ['Platform', true, 1, null],
      ['API', false, 1, platform],
      ['Website', false, 2, null],
    ]);
    expect(rows[0].components).toEqual([apiId]);
    expect(rows[1]).toEqual({
      id: apiId,
      name: 'API',
      status: 'partial_outage',
      created_at: '2024-01-01T00:00:00.000Z',
      updated_at: '2026-11-23T10:06:00.000Z',
      position: 1,
      description: 'REST API',
      showcase: true,
      start_date: '2024-01-01',
      group_id: platform,
      page_id: PAGE_ID,
      group: false,
      only_show_if_degraded: false,
    });
  });

  it('tells the incident, its updates newest first', () => {
    const [row] = body('summary.json').incidents;
    const incident_id = stableId('incident', '20261123_elevated-api-errors');
    const { components, incident_updates, ...fields } = row;
    expect(fields).toEqual({
      id: incident_id,
      name: 'Elevated API errors',
      status: 'identified',
      created_at: '2026-11-23T10:00:00.000Z',
      updated_at: '2026-11-23T10:06:00.000Z',
      monitoring_at: null,
      resolved_at: null,
      impact: 'major',
      shortlink: 'https://status.acme.io/status/incidents/20261123_elevated-api-errors',
      started_at: '2026-11-23T10:00:00.000Z',
      page_id: PAGE_ID,
    });
    expect(names(components)).toEqual(['API']);
    expect(incident_updates[0]).toEqual({
      id: stableId('update', '20261123_elevated-api-errors', '10:06:00#1'),
      status: 'identified',
      body: 'Bad deploy; rolling back.',
      incident_id,
      created_at: '2026-11-23T10:06:00.000Z',
      updated_at: '2026-11-23T10:06:00.000Z',
      display_at: '2026-11-23T10:06:00.000Z',
      affected_components: [
        { code: apiId, name: 'Platform - API', old_status: 'partial_outage', new_status: 'partial_outage' },
      ],
      deliver_notifications: true,
      custom_tweet: null,
      tweet_id: null,
    });
    expect(incident_updates[1].affected_components[0]).toMatchObject({
      old_status: 'operational',
      new_status: 'partial_outage',
    });
  });

  it('knows when an incident was monitored and resolved, and what became of its components', () => {
    const row = body('incidents.json').incidents[1];
    expect(row.monitoring_at).toBe('2026-11-23T08:30:00.000Z');
    expect(row.resolved_at).toBe('2026-11-23T09:00:00.000Z');
    expect(row.incident_updates[0].affected_components).toEqual([
      {
        code: stableId('component', 'site'),
        name: 'Website',
        old_status: 'partial_outage',
        new_status: 'operational',
      },
    ]);
  });

  it('lets the clock speak for maintenance', () => {
    const rows = body('scheduled-maintenances.json').scheduled_maintenances;
    expect(rows[1]).toMatchObject({
      status: 'in_progress',
      impact: 'maintenance',
      scheduled_for: '2026-11-23T11:30:00.000Z',
      scheduled_until: '2026-11-23T13:00:00.000Z',
      resolved_at: null,
    });
    expect(rows[1].incident_updates[0].affected_components[0]).toMatchObject({
      old_status: 'operational',
      new_status: 'under_maintenance',
    });
    expect(rows[2].resolved_at).toBe('2026-11-23T07:00:00.000Z');
  });

  it('calls what nobody looked at operational', () => {
    expect(body('components.json').components[2].status).toBe('operational');
  });

  it('names the page, in the zone database’s words', () => {
    expect(body('status.json')).toEqual({
      page: {
        id: PAGE_ID,
        name: 'Acme',
        url: 'https://status.acme.io',
        time_zone: 'Etc/UTC',
        updated_at: '2026-11-23T11:31:00.000Z',
      },
      status: { indicator: 'minor', description: 'Minor Service Outage' },
    });
  });

  it('says the same a second later, and under another address but for the links', () => {
    for (const path of Object.keys(BODIES)) {
      expect(body(path, { ...worked(), at: worked().at + 1000 })).toEqual(body(path));
      const moved = worked();
      const elsewhere = { ...moved, site: { ...moved.site, url: 'http://localhost:3000' } };
      expect(
        JSON.stringify(body(path, elsewhere)).replaceAll('http://localhost:3000', 'https://status.acme.io'),
      ).toBe(JSON.stringify(body(path)));
    }
  });
});
