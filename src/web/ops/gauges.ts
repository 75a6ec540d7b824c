// The gauges of /metrics, read from the Snapshot and the outbox when they are requested.
import { badness } from '../../core/model/component.ts';
import { isOpen } from '../../core/model/incident.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { certificateHost } from '../../core/monitoring/warning.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { OutboxReport } from '../../work/notify/notifications.ts';

interface GaugeFacts {
  readonly snapshot: Snapshot;
  /** Null if the database does not answer: unknown is not zero. */
  readonly outbox: OutboxReport | null;
  /** When the certificate that each component's check last saw expires. */
  readonly certificates: ReadonlyMap<string, Millis>;
}

/** Name, help text, and the function that reads a value, or values by label; values with the same label are added. */
export type MetricGauge = readonly [
  name: string,
  help: string,
  read: (facts: GaugeFacts) => number | readonly (readonly [string, number])[],
  label?: 'component' | 'level' | 'channel',
];

const STATES = { ok: 1, resting: 0, failing: 0, dead: -1 };

export const GAUGES: readonly MetricGauge[] = [
  [
    'component_state',
    '0 operational, 1 under maintenance, 2 degraded, 3 partial outage, 4 major outage, -1 no data.',
    ({ snapshot }) => snapshot.components.map(({ component, health }) => [component.id, badness(health)]),
    'component',
  ],
  [
    'certificate_days_left',
    'Days until the certificate that a check last saw expires.',
    ({ snapshot, certificates }) =>
      snapshot.components.flatMap(({ component: { id, check } }) => {
        const end = certificateHost(check) === null ? undefined : certificates.get(id);
        return end === undefined ? [] : [[id, (end - snapshot.at) / DAY] as const];
      }),
    'component',
  ],
  [
    'warnings',
    'Problems to fix that are not outages, by component.',
    ({ snapshot }) => snapshot.warnings.map(({ component }) => [component ?? '', 1]),
    'component',
  ],
  [
    'incidents_open',
    'Incidents that are not resolved.',
    ({ snapshot }) => snapshot.incidents.filter(isOpen).length,
  ],
  [
    'problems',
    'Problems on /readyz, by level.',
    ({ snapshot: { problems } }) =>
      (['error', 'warning'] as const).map(level => [
        level,
        problems.filter(one => one.level === level).length,
      ]),
    'level',
  ],
  [
    'network_down',
    '1 while our own network is down.',
    ({ snapshot }) => (snapshot.networkDownSince === null ? 0 : 1),
  ],
  [
    'stalled_components',
    'Components whose checks no longer finish.',
    ({ snapshot }) => snapshot.components.filter(({ stall }) => stall?.isInterrupted).length,
  ],
  [
    'incidents_missing',
    '1 while the folder of the incident files is missing.',
    ({ snapshot }) => (snapshot.missingSince === null ? 0 : 1),
  ],
  [
    'snapshot_timestamp_seconds',
    'When the content that visitors see was composed.',
    ({ snapshot }) => snapshot.at / 1000,
  ],
  ['outbox_pending', 'Emails to be sent.', ({ outbox }) => outbox?.pending ?? Number.NaN],
  ['outbox_given_up', 'Emails given up.', ({ outbox }) => outbox?.givenUp ?? Number.NaN],
  [
    'channel_pending',
    'Messages to be sent, by channel.',
    ({ outbox }) => (outbox?.channels ?? []).map(({ channel, pending }) => [channel, pending]),
    'channel',
  ],
  [
    'channel_given_up',
    'Messages given up, by channel.',
    ({ outbox }) => (outbox?.channels ?? []).map(({ channel, givenUp }) => [channel, givenUp]),
    'channel',
  ],
  [
    'channel_state',
    '1 healthy, 0 failing or paused after a failure, -1 dead.',
    ({ outbox }) => (outbox?.channels ?? []).map(({ channel, state }) => [channel, STATES[state]]),
    'channel',
  ],
];
