// The verdict: one sentence's worth of facts that cannot contradict what stands beneath it.
import { badness, type Health, worst } from './component.ts';
import { isOpen } from './incident.ts';
import type { ComponentView, IncidentView, Verdict } from './snapshot.ts';
import type { Stall } from './stall.ts';

/** The worst state, whom it concerns, since when, and what is not known. */
export function verdictOf(components: readonly ComponentView[], incidents: readonly IncidentView[]): Verdict {
  const state = worstOf(components);
  const told = components.filter(view => view.stall?.told);
  const bad = badness(state) > 0 ? components.filter(view => view.health === state) : [];
  const starts = bad.map(view => view.since).filter(since => since !== null);
  return {
    state,
    worst: bad.map(view => view.component.name),
    affected: components.filter(view => badness(view.health) > 0).length,
    total: components.length,
    unknown: components.filter(view => view.health === 'no_data').map(view => view.component.name),
    since: starts.length > 0 ? Math.min(...starts) : null,
    ...(told.length === 0
      ? {}
      : {
          interrupted: {
            names: told.map(view => view.component.name),
            since: Math.min(...told.map(view => (view.stall as Stall).since)),
          },
        }),
    loose: incidents.filter(view => isOpen(view) && touchesNone(view)).map(view => view.title),
  };
}

/** The worst state of some components; never "well" while one of them is not looked at any more. */
export function worstOf(components: readonly ComponentView[]): Health {
  const state = worst(components.map(view => view.health));
  return badness(state) <= 0 && components.some(view => view.stall) ? 'no_data' : state;
}

/** An open incident that colours no component must still keep the verdict from saying "all well". */
function touchesNone(view: IncidentView): boolean {
  return view.affected.every(({ status }) => badness(status) <= 0);
}
