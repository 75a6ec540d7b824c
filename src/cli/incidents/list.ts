// `incident list`: what is open or upcoming, or everything.
import { stateAt } from '../../core/incidents/maintenance.ts';
import type { Severity } from '../../core/model/component.ts';
import { type Incident, isOpen } from '../../core/model/incident.ts';
import { printProblem } from '../../core/model/problem.ts';
import { iso, type Millis } from '../../core/model/time.ts';
import { FirstSeen } from '../../work/incidents/first-seen.ts';
import type { Arguments, Cli } from '../shared/command.ts';
import { knownFiles, readableDatabase } from '../shared/incident-files.ts';

export async function listIncidents({ options, flags }: Arguments, cli: Cli): Promise<number> {
  const now = cli.clock();
  const files = await knownFiles(cli);
  for (const problem of files.missing?.problems ?? []) cli.err(printProblem(problem));
  const rows = (await datedAsKnown(files.incidents, now, cli))
    .map(one => ({
      id: one.id,
      state: stateAt(one, now),
      severity: one.scheduled ? 'maintenance' : lastSeverityOf(one),
      started: iso(one.scheduled?.start ?? one.started),
      title: one.title,
      current: one.scheduled ? stateAt(one, now) !== 'completed' || isRecurring(one) : isOpen(one),
    }))
    .filter(row => flags.has('all') || row.current)
    .sort((a, b) => (a.started < b.started ? 1 : -1));
  if (options.format === 'json') cli.out(JSON.stringify(rows, null, 2));
  else if (rows.length === 0)
    cli.out(flags.has('all') ? 'There are no incidents.' : 'Nothing is open or upcoming.');
  else
    for (const row of rows)
      cli.out(`${row.started}  ${row.state.padEnd(13)}  ${row.severity.padEnd(11)}  ${row.id}  ${row.title}`);
  return 0;
}

/** Dates as on the page. Without a database, the first-seen times of future dates are unknown. */
export async function datedAsKnown(incidents: readonly Incident[], now: Millis, cli: Cli) {
  const db = readableDatabase(cli);
  try {
    return await new FirstSeen(db, 'reader').date(incidents, now);
  } finally {
    await db?.destroy();
  }
}

/** The current severity: the last one set by an update, else the first one. */
function lastSeverityOf({ severity, updates }: Incident): Severity {
  return updates.reduce((now, { change }) => change?.severity ?? now, severity);
}

/** Whether a maintenance recurs and its series has not ended. */
function isRecurring({ rrule, status }: Incident): boolean {
  return rrule !== undefined && status !== 'completed';
}
