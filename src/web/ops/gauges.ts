// The gauges of /metrics: what is read of the Snapshot and the outbox when somebody asks.
import { badness } from '../../core/model/component.ts';
import { isOpen } from '../../core/model/incident.ts';
import type { Problem } from '../../core/model/problem.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { certificateHost } from '../../core/monitoring/warning.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Stopped } from '../../work/notify/deliver.ts';

/** How many messages wait or were given up, and what keeps them back. */
export interface Outbox {
  readonly pending: number;
  readonly givenUp: number;
  readonly stopped: Stopped | null;
  readonly channels: readonly {
    /** `slack-1a2b3c4d`, or `visitors` for all of theirs. */
    readonly channel: string;
    readonly state: 'ok' | 'resting' | 'failing' | 'dead';
    readonly pending: number;
    readonly givenUp: number;
    readonly why: string | null;
    readonly until: Millis | null;
  }[];
  /** Channels that take nothing, messages that cannot be composed. */
  readonly problems: readonly Problem[];
}

interface Known {
  readonly snapshot: Snapshot;
  /** null when the database does not answer: unknown is no zero. */
  readonly outbox: Outbox | null;
  /** When the certificate a component's check was last shown ends. */
  readonly certificates: ReadonlyMap<string, Millis>;
}

export interface Reading {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** A value, or values by label; those of one label add up. */
  readonly read: (known: Known) => number | readonly (readonly [string, number])[];
}

const STATES = { ok: 1, resting: 0, failing: 0, dead: -1 };

export const READINGS: readonly Reading[] = [
  {
    name: 'component_state',
    help: '0 operational, 1 under maintenance, 2 degraded, 3 partial outage, 4 major outage, -1 no data.',
    label: 'component',
    read: ({ snapshot }) =>
      snapshot.components.map(({ component, health }) => [component.id, badness(health)]),
  },
  {
    name: 'certificate_days_left',
    help: 'Days until the certificate a check was last shown ends.',
    label: 'component',
    read: ({ snapshot, certificates }) =>
      snapshot.components.flatMap(({ component: { id, check } }) => {
        const end = certificateHost(check) === null ? undefined : certificates.get(id);
        return end === undefined ? [] : [[id, (end - snapshot.at) / DAY] as const];
      }),
  },
  {
    name: 'warnings',
    help: 'What is to be mended and is no outage, by component.',
    label: 'component',
    read: ({ snapshot }) => snapshot.warnings.map(({ component }) => [component ?? '', 1]),
  },
  {
    name: 'incidents_open',
    help: 'Incidents that are not resolved.',
    read: ({ snapshot }) => snapshot.incidents.filter(isOpen).length,
  },
  {
    name: 'problems',
    help: 'What /readyz lists, by level.',
    label: 'level',
    read: ({ snapshot }) =>
      (['error', 'warning'] as const).map(level => [
        level,
        snapshot.problems.filter(problem => problem.level === level).length,
      ]),
  },
  {
    name: 'network_down',
    help: '1 while our own network is down.',
    read: ({ snapshot }) => (snapshot.blindSince === null ? 0 : 1),
  },
  {
    name: 'stalled_components',
    help: 'Components whose looks do not end any more.',
    read: ({ snapshot }) => snapshot.components.filter(({ stall }) => stall?.told).length,
  },
  {
    name: 'incidents_missing',
    help: '1 while the folder of the incident files is missing.',
    read: ({ snapshot }) => (snapshot.missingSince === null ? 0 : 1),
  },
  {
    name: 'snapshot_timestamp_seconds',
    help: 'When what visitors see was composed.',
    read: ({ snapshot }) => snapshot.at / 1000,
  },
  {
    name: 'outbox_pending',
    help: 'Emails to be sent.',
    read: ({ outbox }) => outbox?.pending ?? Number.NaN,
  },
  {
    name: 'outbox_given_up',
    help: 'Emails given up.',
    read: ({ outbox }) => outbox?.givenUp ?? Number.NaN,
  },
  {
    name: 'channel_pending',
    help: 'Messages to be sent, by channel.',
    label: 'channel',
    read: ({ outbox }) => (outbox?.channels ?? []).map(({ channel, pending }) => [channel, pending]),
  },
  {
    name: 'channel_given_up',
    help: 'Messages given up, by channel.',
    label: 'channel',
    read: ({ outbox }) => (outbox?.channels ?? []).map(({ channel, givenUp }) => [channel, givenUp]),
  },
  {
    name: 'channel_state',
    help: '1 well, 0 failing or resting after a failure, -1 dead.',
    label: 'channel',
    read: ({ outbox }) => (outbox?.channels ?? []).map(({ channel, state }) => [channel, STATES[state]]),
  },
];
