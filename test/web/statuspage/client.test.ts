// A public client of Statuspage's API and its update bot, unchanged, against our bodies on a real server.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Statuspage, StatuspageUpdates } from 'statuspage.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/core/page/snapshot.ts';
import { STATUSPAGE } from '../../../src/web/statuspage/statuspage.ts';
import { affected, at, component, incident, snapshot, update, view } from '../tiny-snapshots.ts';

const api = view(component('api', { name: 'API' }), 'partial_outage');
const first = update('10:00:00', 'investigating', 'Errors.');
const outage = (updates = [first]) =>
  incident({ id: 'outage', title: 'Outage', affected: [affected(api)], updates });

let facts: Snapshot;
let server: Server;

beforeEach(async () => {
  const scheduled = { start: at('20:00:00'), end: at('21:00:00') };
  facts = snapshot({
    components: [api],
    incidents: [outage()],
    maintenances: [
      incident({ id: 'soon', title: 'Soon', state: 'scheduled', scheduled }),
      incident({
        id: 'now',
        title: 'Now',
        state: 'in_progress',
        scheduled: { ...scheduled, start: at('11:00:00') },
      }),
    ],
  });
  server = createServer((request, response) => {
    const body = STATUSPAGE[request.url!.replace('/api/v2/', '')];
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body?.(facts) ?? {}));
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
});

afterEach(() => {
  server.close();
});

/** Only the address is ours: the client knows its page as `https://ID.statuspage.io`. */
function redirect(client: Statuspage): Statuspage {
  const { axios } = client as unknown as { axios: { defaults: { baseURL: string } } };
  axios.defaults.baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;
  return client;
}

/** The bot asks once while it is made, so its client is led to us before each request. */
class LocalBot extends StatuspageUpdates {
  override fetch() {
    redirect(Reflect.get(this, 'statuspage'));
    return super.fetch();
  }
}

it('reads all eight bodies', async () => {
  const client = redirect(new Statuspage('acme'));
  const summary = await client.summary();
  expect(summary.status).toEqual({ indicator: 'major', description: 'Partial System Outage' });
  expect(summary.page.updated_at).toEqual(new Date(at('11:00:00')));
  expect(summary.components![0]).toMatchObject({ name: 'API', status: 'partial_outage' });
  expect(summary.scheduled_maintenances!.map(each => each.name)).toEqual(['Soon', 'Now']);
  expect((await client.status()).status.indicator).toBe('major');
  expect((await client.components()).components).toHaveLength(1);
  const [told] = (await client.allIncidents()).incidents;
  expect(told!.created_at).toEqual(new Date(at('10:00:00')));
  expect(told!.incident_updates[0]!.body).toBe('Errors.');
  expect((await client.unresolvedIncidents()).incidents).toHaveLength(1);
  expect((await client.allScheduledMaintenances()).scheduled_maintenances).toHaveLength(2);
  const [upcoming] = (await client.upcomingScheduledMaintenances()).scheduled_maintenances;
  expect(upcoming).toMatchObject({ name: 'Soon', scheduled_for: new Date(at('20:00:00')) });
  expect((await client.activeScheduledMaintenances()).scheduled_maintenances[0]!.name).toBe('Now');
});

it('makes its bot tell each new update, once', async () => {
  const asked: string[] = [];
  const bot = new LocalBot('acme', 3_600_000);
  bot.on('incident_update', (told: { incident_updates: { body: string }[] }) =>
    asked.push(told.incident_updates[0]!.body),
  );
  const round = async () => {
    await bot.fetch();
    bot.checkUpdate();
  };
  await round();
  await round();
  facts = { ...facts, incidents: [outage([first, update('10:06:00', 'identified', 'Bad deploy.')])] };
  await round();
  await round();
  expect(asked).toEqual(['Bad deploy.']);
});
