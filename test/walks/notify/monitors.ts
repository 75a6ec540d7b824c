// How other monitors say that a component failed, with a time or without one.
import type { World } from '../world.ts';

const TOKEN = 'token=the-webhook-token-of-this-test';

export const ago = (world: World, seconds: number) => new Date(world.now() - seconds * 1000).toISOString();
export const post = async (world: World, sender: string, body: object) =>
  (await world.post(`/webhooks/${sender}?${TOKEN}`, body)).json;

/** How each monitor says that it failed (or recovered) so many seconds ago; null: it gives no time. */
export type Say = (
  world: World,
  kind: 'down' | 'up',
  seconds: number | null,
) => Promise<Record<string, unknown>>;

/** The monitor `Shop` of a component (its id), as each sender reports it; UptimeRobot knows it by its name alone. */
export function monitorsOf(component: string) {
  const generic: Say = (world, status, seconds) =>
    post(world, 'generic', {
      ...{ monitor: 'Shop', component, status },
      ...(seconds === null ? {} : { at: ago(world, seconds) }),
    });
  const robot: Say = (world, kind, seconds) =>
    post(world, 'uptime', {
      ...{ alert_type: kind, monitor_name: 'Shop' },
      ...(seconds === null ? {} : { alert_datetime: String(Math.floor(world.now() / 1000) - seconds) }),
    });
  const alert =
    (sender: string): Say =>
    async (world, kind, seconds) => {
      const startsAt = kind === 'down' ? ago(world, seconds ?? 0) : '2026-03-10T12:01:00Z';
      const one = {
        ...{ status: kind === 'down' ? 'firing' : 'resolved', startsAt, fingerprint: 'abc' },
        ...{ labels: { alertname: 'ApiErrors', component }, annotations: {} },
        ...(kind === 'up' ? { endsAt: ago(world, seconds ?? 0) } : {}),
      };
      const body = { version: '4', status: one.status, groupLabels: {}, commonLabels: {}, alerts: [one] };
      return post(world, sender, body);
    };
  return { generic, robot, alertmanager: alert('alertmanager'), grafana: alert('grafana') };
}
