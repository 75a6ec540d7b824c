// Undated sections of a maintenance: which tell of the work, and on which day near its window.
import type { UpdateStatus } from '../../model/incident.ts';
import { DAY, type Millis, type Span } from '../../model/time.ts';

/** Whether a section is about the work of a maintenance, not the plan. */
export function tellsOfWork({ status }: { readonly status: UpdateStatus | null }): boolean {
  return status === 'in_progress' || status === 'verifying' || status === 'completed';
}

/** This time of day, at `first` or later, on the day nearest to the window; the earlier of two equally near ones. */
export function nearestTo({ start, end }: Span, first: Millis): Millis {
  // After a step planned for later it would fall past the window: it came before that step.
  if (first > end && first - DAY >= start && end - start < DAY) return first - DAY;
  if (first >= start) return first;
  const before = start - ((start - first) % DAY);
  const after = before + DAY;
  return start - before <= Math.max(0, after - end) ? before : after;
}
