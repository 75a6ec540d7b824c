// Sources: the origin of a transition, as in `opened_by`: `probe:api`, `latency:api`, `uptimerobot:777`.

export function probeSource(componentId: string): string {
  return `probe:${componentId}`;
}

export function latencySource(componentId: string): string {
  return `latency:${componentId}`;
}

/** The component whose check this source is; null for any other source. */
export function probedBy(source: string): string | null {
  return /^probe:(.+)$/s.exec(source)?.[1] ?? null;
}

/** The component of a check's or a latency rule's source; null for an outside monitor. */
export function componentOf(source: string): string | null {
  return /^(?:probe|latency):(.+)$/s.exec(source)?.[1] ?? null;
}
