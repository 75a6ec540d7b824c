// What is known of alerts, and for how long.
import { describe, expect, test } from 'vitest';
import { signal } from '../../../src/core/inbound/signal.ts';
import { DAY, MINUTE } from '../../../src/core/model/time.ts';
import { alertsOf, forgetFiring, knownAlert, noteAlert } from '../../../src/store/incidents/alerts.ts';
import { heldAlerts, noteHeld } from '../../../src/store/incidents/held-alerts.ts';
import { pruneMeasurements } from '../../../src/store/monitoring/prune.ts';
import { NOW } from '../../makers.ts';
import { DATABASES } from '../../postgres.ts';

describe.each(DATABASES)('%s', (_name, open) => {
  test('an outage of several alerts ends when none fires, at the end of the last', async () => {
    const db = await open();
    expect(await alertsOf(db, 's')).toEqual({ all: 0, firing: 0, ended: null });
    await noteAlert(db, 'a', 's', 'down', null, NOW);
    await noteAlert(db, 'b', 's', 'down', null, NOW);
    await noteAlert(db, 'c', 'another', 'down', null, NOW);
    await noteAlert(db, 'a', 's', 'up', NOW + MINUTE, NOW + MINUTE);
    expect(await alertsOf(db, 's')).toEqual({ all: 2, firing: 1, ended: NOW + MINUTE });
    // An earlier end, or none, does not undo a later one.
    await noteAlert(db, 'a', 's', 'up', NOW, NOW + MINUTE);
    await noteAlert(db, 'a', 's', 'up', null, NOW + MINUTE);
    expect(await knownAlert(db, 'a')).toMatchObject({
      source: 's',
      isFiring: false,
      recovered: NOW + MINUTE,
    });
    await noteAlert(db, 'b', 's', 'up', null, NOW + MINUTE);
    expect(await alertsOf(db, 's')).toEqual({ all: 2, firing: 0, ended: NOW + MINUTE });
  });

  test('only alerts that were not reported since are forgotten', async () => {
    const db = await open();
    await noteAlert(db, 'a', 's', 'down', null, NOW);
    await noteAlert(db, 'b', 's', 'down', null, NOW + MINUTE);
    await forgetFiring(db, 's', NOW + MINUTE);
    expect((await knownAlert(db, 'a'))?.isFiring).toBe(false);
    expect((await knownAlert(db, 'b'))?.isFiring).toBe(true);
  });

  test('what is over is forgotten after 30 days, what fires is not', async () => {
    const db = await open();
    await noteAlert(db, 'over', 's', 'up', NOW, NOW);
    await noteAlert(db, 'fires', 's', 'down', null, NOW);
    await noteHeld(db, 'x', { ...signal('down', { name: 'Disk' }), sender: 'grafana' }, NOW);
    await pruneMeasurements(db, NOW + 30 * DAY);
    expect([await knownAlert(db, 'over'), await heldAlerts(db, 0)]).toMatchObject([{}, [{ name: 'Disk' }]]);
    await pruneMeasurements(db, NOW + 30 * DAY + 1);
    expect(await knownAlert(db, 'over')).toBe(null);
    expect(await knownAlert(db, 'fires')).toMatchObject({ isFiring: true });
    expect(await heldAlerts(db, 0)).toEqual([]);
  });
});
