// Statuspage's webhook payload, field for field, for incidents, maintenance, notices and files that are gone.
import { expect, test } from 'vitest';
import * as z from 'zod';
import { HOUR, MINUTE } from '../../../src/core/model/time.ts';
import { viewOf } from '../../../src/core/page/compose.ts';
import { BODIES, type UpdateRow } from '../../../src/web/statuspage/bodies.ts';
import { webhookPayload } from '../../../src/web/statuspage/webhook.ts';
import { component, incident, NOW, shown, snapshot, update, view } from '../../makers.ts';

const time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const rows = (name: string, key: string) =>
  ((BODIES[name] as z.ZodObject).shape[key] as z.ZodArray<z.ZodObject>).element;
/** What Statuspage's webhook says of an incident beyond its API. */
const more = {
  backfilled: z.boolean(),
  impact_override: z.string().nullable(),
  postmortem_ignored: z.boolean(),
  postmortem_body: z.string().nullable(),
  postmortem_body_last_updated_at: time.nullable(),
  postmortem_published_at: time.nullable(),
  postmortem_notified_subscribers: z.boolean(),
  postmortem_notified_twitter: z.boolean(),
  scheduled_for: time.nullable(),
  scheduled_until: time.nullable(),
  scheduled_remind_prior: z.boolean(),
  scheduled_reminded_at: time.nullable(),
  scheduled_auto_in_progress: z.boolean(),
  scheduled_auto_completed: z.boolean(),
};
const payload = (of: z.ZodObject) => {
  const updates = (of.shape.incident_updates as z.ZodArray<z.ZodObject>).element.extend({
    wants_twitter_update: z.boolean(),
    twitter_updated_at: z.null(),
  });
  return z.strictObject({
    meta: z.strictObject({
      unsubscribe: z.url().nullable(),
      manage: z.url().optional(),
      documentation: z.url(),
      generated_at: time,
    }),
    page: z.strictObject({ id: z.string(), status_indicator: z.string(), status_description: z.string() }),
    incident: of.extend({ ...more, incident_updates: z.array(updates) }),
  });
};
const ofIncident = payload(rows('incidents.json', 'incidents'));
const ofMaintenance = payload(rows('scheduled-maintenances.json', 'scheduled_maintenances'));

const api = component('api', { name: 'API', group: 'Platform' });
const links = {
  unsubscribe: 'https://s.test/status/unsubscribe?token=t',
  manage: 'https://s.test/status/manage?token=t',
};
const trouble = incident('a', {
  title: 'API trouble',
  severity: 'major',
  components: [{ id: 'api', status: null }],
  updates: [
    update(NOW - HOUR, 'investigating', 'First <b>words</b>.'),
    update(NOW, 'identified', '**Second**.'),
  ],
});

test('an incident', () => {
  const page = snapshot([view(api, 'partial_outage')], { incidents: [shown(trouble, [api])] });
  const body = ofIncident.parse(
    webhookPayload(page, { incident: trouble, update: trouble.updates[1]! }, links),
  );
  expect(body).toMatchObject({
    meta: links,
    page: { status_indicator: 'major', status_description: 'Partial System Outage' },
    incident: { name: 'API trouble', impact: 'major', components: [{ name: 'API' }], scheduled_for: null },
  });
  expect(body.incident).toMatchObject({
    incident_updates: [{ status: 'identified', body: 'Second.' }, { status: 'investigating' }],
  });
});

test('a channel of the operator’s has nothing to leave', () => {
  const page = snapshot([view(api, 'operational')], { incidents: [shown(trouble, [api])] });
  const body = webhookPayload(page, { incident: trouble, update: trouble.updates[0]! }, null);
  expect(ofIncident.parse(body).meta).not.toHaveProperty('manage');
});

test('a maintenance, and the notice ahead of it that stands in no file', () => {
  const upkeep = incident('m', {
    title: 'Upgrade',
    status: 'scheduled',
    scheduled: { start: NOW + HOUR, end: NOW + 2 * HOUR },
    updates: [update(NOW - HOUR, 'scheduled', 'We upgrade.')],
  });
  const page = snapshot([view(api, 'operational')], { maintenances: [shown(upkeep, [api])] });
  const notice = { ...update(NOW, 'scheduled', 'This maintenance begins in 1 hour.'), key: 'ahead' };
  const body = ofMaintenance.parse(webhookPayload(page, { incident: upkeep, update: notice }, null));
  expect(body.incident).toMatchObject({
    impact: 'maintenance',
    scheduled_for: new Date(NOW + HOUR).toISOString(),
    scheduled_remind_prior: true,
    incident_updates: [{ body: 'This maintenance begins in 1 hour.' }, { body: 'We upgrade.' }],
  });
});

test('an incident whose file is gone is told as it was announced', () => {
  const page = snapshot([view(api, 'operational')]);
  const body = ofIncident.parse(
    webhookPayload(page, { incident: trouble, update: trouble.updates[0]! }, null),
  );
  expect(body.incident).toMatchObject({
    name: 'API trouble',
    impact: 'major',
    components: [{ name: 'API' }],
  });
});

test('each update has the severity of then, in the message and in the API', () => {
  const worse = incident('a', {
    severity: 'minor',
    components: [{ id: 'api', status: null }],
    updates: [
      update(NOW - HOUR, 'investigating', 'It is slow.'),
      {
        ...update(NOW, 'identified', 'It fails.'),
        key: 'worse',
        change: { severity: 'critical', components: null },
      },
    ],
  });
  const { site } = snapshot([view(api, 'major_outage')]);
  const shownWorse = viewOf(worse, { site, unfiled: new Set() }, new Map([['api', 'API']]), NOW);
  expect(shownWorse.severity).toBe('critical');
  const page = snapshot([view(api, 'major_outage')], { incidents: [shownWorse] });
  const body = ofIncident.parse(webhookPayload(page, { incident: worse, update: worse.updates[1]! }, null));
  const updates = body.incident.incident_updates as readonly UpdateRow[];
  const states = updates.map(one => one.affected_components[0]);
  expect(states).toMatchObject([
    { old_status: 'degraded_performance', new_status: 'major_outage' },
    { old_status: 'operational', new_status: 'degraded_performance' },
  ]);
});

test('the end of several checks names all that failed since the last end, and what each was before', () => {
  const list = (...ids: string[]) => ({
    change: { severity: null, components: ids.map(id => ({ id, status: null })) },
  });
  const at = (minutes: number) => NOW - HOUR + minutes * MINUTE;
  const grouped = incident('a', {
    severity: 'critical',
    status: 'resolved',
    resolved: at(50),
    openedBy: 'probe:api, probe:web, probe:db',
    components: [{ id: 'db', status: null }],
    updates: [
      update(at(0), 'investigating', 'Database is not working.'),
      update(at(5), 'resolved', 'Database is working again.'),
      { ...update(at(10), 'investigating', 'API fails.'), ...list('api') },
      { ...update(at(20), 'investigating', 'Web fails.'), ...list('api', 'web') },
      { ...update(at(40), 'investigating', 'API passes.'), ...list('web') },
      update(at(50), 'resolved', 'API and Web are working again.'),
    ],
  });
  const components = ['db', 'api', 'web'].map(id => component(id, { name: id }));
  const { site } = snapshot(components.map(one => view(one, 'operational')));
  const names = new Map(components.map(({ id, name }) => [id, name]));
  const shownOver = viewOf(grouped, { site, unfiled: new Set() }, names, NOW);
  const page = snapshot(
    components.map(one => view(one, 'operational')),
    { incidents: [shownOver] },
  );
  const told = (index: number) => {
    const update = grouped.updates[index]!;
    const body = ofIncident.parse(webhookPayload(page, { incident: grouped, update }, null));
    const [first] = body.incident.incident_updates as readonly UpdateRow[];
    return first!.affected_components.map(one => `${one.name} ${one.old_status} ${one.new_status}`).sort();
  };
  expect(told(5)).toEqual(['api major_outage operational', 'web major_outage operational']);
  expect(told(1)).toEqual(['db major_outage operational']);
  expect(told(3)).toEqual(['api major_outage major_outage', 'web operational major_outage']);
});
