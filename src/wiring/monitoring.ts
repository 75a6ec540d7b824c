// The wiring of monitoring: checks, heartbeats, and what they measured.
import type { Probe } from '../core/model/checks/check.ts';
import type { Millis } from '../core/model/time.ts';
import { Heartbeats } from '../work/monitoring/heartbeats.ts';
import type { Monitoring } from '../work/monitoring/monitoring.ts';
import { OwnNetwork } from '../work/monitoring/own-network.ts';
import { type Count, Poll } from '../work/monitoring/poll.ts';
import { Recorder } from '../work/monitoring/recorder.ts';
import { Warnings } from '../work/monitoring/warnings.ts';
import { Watchdog } from '../work/monitoring/watchdog.ts';

export interface WatchParts extends Omit<Monitoring, 'awake'> {
  readonly probe: Probe;
  readonly secret: string;
  /** Since when heartbeats could have been heard, epoch ms. */
  readonly startedAt: Millis;
  readonly count: Count;
  /** Looks whether the clock stepped. */
  readonly noticeSteps: () => void;
  /** How long the process has stood still so far, ms. */
  readonly paused: () => Millis;
}

export type Watch = Awaited<ReturnType<typeof openWatch>>;

export async function openWatch(parts: WatchParts) {
  const { monotonic, paused, probe } = parts;
  const on = { ...parts, awake: () => monotonic() - paused() };
  const watchdog = new Watchdog(on);
  const warnings = await Warnings.open(on);
  const network = new OwnNetwork(on, probe);
  const recorder = new Recorder(on);
  const poll = new Poll({ ...on, network, recorder, warnings, watchdog });
  const heartbeats = await Heartbeats.open({ ...on, recorder, watchdog });
  return { poll, heartbeats, warnings, watchdog, network, recorder };
}
