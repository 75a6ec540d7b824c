// Stalls: a component not checked for too long must not be shown as operational.
import { inDoubt } from '../model/component.ts';
import { errorAt, type Problem } from '../model/problem.ts';
import { statusCommand } from '../model/status-command.ts';
import { iso, type Millis } from '../model/time.ts';
import { shortId } from '../model/token.ts';
import { groupsOf } from './compose.ts';
import { overallStatusOf } from './overall-status.ts';
import type { ComponentView, Snapshot, Stall } from './snapshot.ts';

interface Stalls {
  readonly components: ReadonlyMap<string, Stall>;
  /** Since when the Snapshot has not been updated, epoch ms; null while it is. */
  readonly page: Millis | null;
}

/** The Snapshot with operational components in doubt as "no data"; worse states stay. */
export function withStalls(snapshot: Snapshot, { components: stalls, page }: Stalls): Snapshot {
  if (stalls.size === 0 && page === null) return snapshot;
  const all: Stall | null = page === null ? null : { since: page, isInterrupted: true };
  const views = new Map(
    snapshot.components.map(view => {
      const stall = all ?? stalls.get(view.component.id);
      return [view, stall ? stalled(view, stall) : view];
    }),
  );
  const components = [...views.values()];
  const { unread, noReports } = snapshot.overall;
  const overall = overallStatusOf(components, snapshot.incidents, unread, noReports);
  return {
    ...snapshot,
    version: shortId(`${snapshot.version}|${JSON.stringify([page, ...stalls])}`),
    overall: page === null ? overall : { ...overall, stalePage: page },
    groups: groupsOf(components),
    components,
    problems: [
      ...snapshot.problems,
      ...(page === null ? components.flatMap(problemOf) : [pageProblem(page)]),
    ],
  };
}

function stalled(view: ComponentView, stall: Stall): ComponentView {
  const health = inDoubt(view.health);
  return { ...view, stall, health, since: health === view.health ? view.since : null };
}

function problemOf({ component: { id, name }, stall, health }: ComponentView): Problem[] {
  if (!stall?.isInterrupted) return [];
  const shown = health === 'no_data' ? 'it is shown without data' : 'its last known state stays';
  const [what, fix] = wordsOf(stall, id, name);
  const level = stall.silent ? 'warning' : 'error';
  return [{ level, where: `component ${id}`, what: `${what}: ${shown}`, fix }];
}

function wordsOf({ silent, since }: Stall, id: string, name: string): [what: string, fix: string] {
  if (silent === 'new token')
    return [
      `"${name}" has a new token, and has not reported with it yet`,
      `make the job call its new address (\`${statusCommand(`heartbeat-url ${id}`)}\`); without a report, this becomes an outage after its period and grace`,
    ];
  if (silent)
    return [
      `"${name}" has not reported since ${iso(since)}, and a report may have been missed while the server did not listen`,
      'check that the job runs; without a report, this becomes an outage after its period and grace',
    ];
  return [
    `no check of "${name}" has ended since ${iso(since)}`,
    'the check may wait for a response until its `timeout`; after that, read in the log why the check, or its recording, does not end; if it does not recover, restart Status Live',
  ];
}

function pageProblem(since: Millis): Problem {
  const what = `the page has not been updated since ${iso(since)}: it is shown without data`;
  const fix =
    'check that the status folder and the database respond, and read the log; if it does not recover, restart Status Live';
  return errorAt('page', what, fix);
}
