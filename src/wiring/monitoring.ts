// Wires monitoring: checks, heartbeats, and what they measure.
import { Heartbeats } from '../work/monitoring/heartbeats.ts';
import { OwnNetwork } from '../work/monitoring/own-network.ts';
import { Poll } from '../work/monitoring/poll.ts';
import { Recorder } from '../work/monitoring/recorder.ts';
import { Warnings } from '../work/monitoring/warnings.ts';
import { Watchdog } from '../work/monitoring/watchdog.ts';
import { Pauses } from '../work/timing/pauses.ts';
import type { Base } from './base.ts';

type Needed = 'db' | 'site' | 'probe' | 'pulse' | 'secret' | 'clockSteps' | 'metrics' | 'ring' | 'closers';

export type MonitoringParts = Awaited<ReturnType<typeof openMonitoring>>;

export async function openMonitoring(base: Pick<Base, Needed | 'clock' | 'monotonic' | 'log'>) {
  const { monotonic, clockSteps } = base;
  const paused = base.pulse?.paused ?? (() => 0);
  const pauses = new Pauses({ ...base, paused });
  const on = { ...base, awake: () => monotonic() - paused() };
  const watchdog = new Watchdog(on);
  const warnings = await Warnings.open(on);
  const network = new OwnNetwork(on, base.probe);
  const recorder = new Recorder(on);
  const poll = new Poll({ ...on, network, recorder, warnings, watchdog, count: base.metrics.checked });
  const { startedAt, look: noticeSteps } = clockSteps;
  const heartbeats = await Heartbeats.open({ ...on, recorder, watchdog, paused, startedAt, noticeSteps });
  base.closers.push(() => poll.close());
  clockSteps.listen(by => {
    poll.checkAllNow();
    watchdog.stepped(by);
    heartbeats.clockStepped(by);
  });
  await recorder.note(base.site());
  // The first page must not show a job as operational that has been silent too long.
  await heartbeats.judgeAll(startedAt);
  return { poll, heartbeats, warnings, watchdog, network, recorder, pauses };
}
