// `incident list`: what is open or upcoming, or everything.
import { existsSync } from 'node:fs';
import { isUnderWay, stateAt } from '../../core/incidents/maintenance.ts';
import { occurrencesOf } from '../../core/incidents/recurrence.ts';
import type { Severity } from '../../core/model/component.ts';
import { type Incident, isOpen, type UpdateStatus } from '../../core/model/incident.ts';
import { printProblem } from '../../core/model/problem.ts';
import { iso, type Millis } from '../../core/model/time.ts';
import { FirstSeen } from '../../work/incidents/first-seen.ts';
import { type Arguments, type Cli, ELSEWHERE, Refused } from '../shared/command.ts';
import { knownFiles, readableDatabase, withToldPlans } from '../shared/incident-files.ts';
import { printList } from '../shared/list.ts';
import { siteIfReadable } from '../shared/readable-site.ts';

export async function listIncidents(typed: Arguments, cli: Cli): Promise<number> {
  const now = cli.clock();
  const isAll = typed.flags.has('all');
  const files = await knownFiles(cli);
  for (const problem of files.missing?.problems ?? []) cli.err(printProblem(problem));
  // Another folder than the server's would say that nothing is open.
  if (files.incidents.length === 0 && !existsSync(cli.env.statusDir))
    throw new Refused(`${cli.env.statusDir}: there is no such folder — ${ELSEWHERE}`);
  const zone = (await siteIfReadable(cli))?.timezone ?? 'UTC';
  const rows = (await datedAsKnown(files.incidents, now, cli))
    .filter(one => isAll || isCurrent(one, now))
    .map(one => ({
      started: iso(one.scheduled?.start ?? one.started),
      state: stateOf(one, now, zone),
      severity: one.scheduled ? 'maintenance' : lastSeverityOf(one),
      id: one.id,
      title: one.title,
    }))
    .sort((a, b) => (a.started < b.started ? 1 : -1));
  printList(rows, typed, cli, isAll ? 'There are no incidents.' : 'Nothing is open or upcoming.');
  return 0;
}

/** Whether an incident is open, or a maintenance upcoming or under way. */
function isCurrent(one: Incident, now: Millis): boolean {
  return one.scheduled ? stateAt(one, now) !== 'completed' || isRecurring(one) : isOpen(one);
}

/** The state; of a series that goes on, that of the occurrence that is under way. */
function stateOf(one: Incident, now: Millis, zone: string): UpdateStatus {
  if (!isRecurring(one)) return stateAt(one, now);
  const work = occurrencesOf(one, now, zone).find(each => isUnderWay(each, now));
  return work ? stateAt(work, now) : 'scheduled';
}

/** Dates as on the page, and what the server saw of series. Without a database, the first-seen times of future dates are unknown. */
export async function datedAsKnown(incidents: readonly Incident[], now: Millis, cli: Cli) {
  const db = await readableDatabase(cli);
  const dated = await new FirstSeen(db, 'reader').date(incidents, now).finally(() => db?.destroy());
  return withToldPlans(dated, cli);
}

/** The current severity: the last one set by an update, else the first one. */
function lastSeverityOf({ severity, updates }: Incident): Severity {
  return updates.reduce((now, { change }) => change?.severity ?? now, severity);
}

/** Whether a maintenance recurs and its series has not ended. */
function isRecurring({ rrule, status }: Incident): boolean {
  return rrule !== undefined && status !== 'completed';
}
