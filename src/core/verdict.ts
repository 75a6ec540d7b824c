// The verdict: one sentence's worth of facts that cannot contradict what stands beneath it.
import { badness, worst } from './component.ts';
import { isOpen } from './incident.ts';
import type { ComponentView, IncidentView, Verdict } from './snapshot.ts';

/** The worst state, whom it concerns, since when, and what is not known. */
export function verdictOf(components: readonly ComponentView[], incidents: readonly IncidentView[]): Verdict {
  const state = worst(components.map(view => view.health));
  const bad = badness(state) > 0 ? components.filter(view => view.health === state) : [];
  const starts = bad.map(view => view.since).filter(since => since !== null);
  return {
    state,
    worst: bad.map(view => view.component.name),
    affected: components.filter(view => badness(view.health) > 0).length,
    total: components.length,
    unknown: components.filter(view => view.health === 'no_data').map(view => view.component.name),
    since: starts.length > 0 ? Math.min(...starts) : null,
    loose: incidents.filter(view => isOpen(view) && touchesNone(view)).map(view => view.title),
  };
}

/** An open incident that colours no component must still keep the verdict from saying "all well". */
function touchesNone(view: IncidentView): boolean {
  return view.affected.every(({ status }) => badness(status) <= 0);
}
