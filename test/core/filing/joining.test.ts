// Joining, pure: of several open incidents, an outage joins the one that is nearest.
import { expect, test } from 'vitest';
import { incidentToJoin, incidentToReopen } from '../../../src/core/filing/joining.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { MINUTE } from '../../../src/core/model/time.ts';
import { component, site } from '../../makers.ts';

const T0 = Date.UTC(2026, 2, 10, 12);
const SITE = site({ components: [component('db'), component('api', { dependsOn: ['db'] })] });
/** The database fails; the API depends on it. */
const OUTAGE = {
  ...{ source: 'probe:db', key: 'probe:db', at: T0 + 5 * MINUTE, recordedAt: T0 + 5 * MINUTE },
  components: ['db', 'api'],
};

function slow(id: string, components: string, minute: number, resolved = ''): Incident {
  const end = resolved && `resolved: ${resolved}\n`;
  const text = `---\ntitle: High ${id}\nstatus: ${resolved ? 'resolved' : 'investigating'}\n${end}severity: major\nstarted: 2026-03-10T12:0${minute}:00Z\ncomponents: ${components}\nopened_by: latency:${id}\n---\n\nSlow.\n`;
  return parseIncident(`${id}.md`, id, text).value!;
}

test('its own component’s, though one of what depends on it is older', () => {
  const open = [slow('api', '[api]', 0), slow('db', '[db]', 1)];
  expect(incidentToJoin(OUTAGE as never, open, SITE)?.id).toBe('db');
});

test('one that has all its components, before its own component’s', () => {
  const open = [slow('db', '[db]', 0), slow('both', '[api, db]', 1)];
  expect(incidentToJoin(OUTAGE as never, open, SITE)?.id).toBe('both');
});

test('one of what depends on it, where there is no other', () => {
  expect(incidentToJoin(OUTAGE as never, [slow('api', '[api]', 0)], SITE)?.id).toBe('api');
});

test('so is one that is over', () => {
  const over = '2026-03-10T12:06:00Z';
  const ended = [slow('api', '[api]', 0, over), slow('db', '[db]', 1, '2026-03-10T12:05:30Z')];
  expect(incidentToReopen(OUTAGE as never, ended, SITE)?.id).toBe('db');
});
