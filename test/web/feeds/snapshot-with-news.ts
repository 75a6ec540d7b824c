// One Snapshot with news of every kind, for the tests of feeds, calendar and badges.

import { HOUR } from '../../../src/core/model/time.ts';
import type { Snapshot } from '../../../src/core/page/snapshot.ts';
import { affected, at, component, incident, snapshot, update, view } from '../tiny-snapshots.ts';

const api = view(component('api', { name: 'API & <Co>' }), 'partial_outage');
const db = view(component('db', { name: 'Database' }));
const HOSTILE =
  '<script>alert(1)</script> [x](javascript:alert(1)) ]]> & \u0000\u000b\n\n**bold** [x](javascript:alert(1))';

export function facts(): Snapshot {
  const nightly = { start: at('20:00:00'), end: at('21:00:00') };
  return snapshot({
    components: [api, db],
    incidents: [
      incident({
        id: '20261123_outage',
        title: 'Outage <of> "all" & more 🔥',
        affected: [affected(api)],
        postmortemHtml: '<p>Because.</p>',
        state: 'resolved',
        updates: [
          { ...update('10:00:00', 'investigating', HOSTILE), label: null },
          { ...update('10:06:00', 'identified', 'Bad deploy.'), label: 'Rolled <back>' },
          update('11:00:00', 'resolved', 'Fine.'),
        ],
      }),
      incident({
        id: 'db',
        affected: [affected(db)],
        updates: [update('09:00:00', 'investigating', 'Slow; very, slow\\.')],
      }),
    ],
    maintenances: [
      incident({
        id: 'move',
        title: 'Move, of; servers',
        state: 'scheduled',
        scheduled: nightly,
        affected: [{ id: 'db', name: 'Database', status: 'under_maintenance' }],
        updates: [update('08:00:00', 'scheduled', 'At night.'), update('08:30:00', 'scheduled', 'Later.')],
      }),
      incident({
        id: 'off',
        state: 'completed',
        scheduled: nightly,
        resolved: at('12:00:00'),
        updates: [update('07:00:00', 'scheduled', 'x'), update('12:00:00', 'completed', 'Called off.')],
      }),
      incident({
        id: 'early',
        state: 'completed',
        scheduled: { start: at('05:00:00'), end: at('07:00:00') },
        resolved: at('06:00:00'),
        updates: [update('05:00:00', 'in_progress', 'x')],
      }),
    ],
  });
}

/** The same facts a while later, at another address. */
export function moved(): Snapshot {
  const before = facts();
  return {
    ...before,
    at: before.at + HOUR,
    site: { ...before.site, url: 'http://localhost:3000', title: 'New' },
  };
}
