// Sources: what a transition comes from, as `opened_by` of an incident file has it: `probe:api`, `latency:api`,
// `uptimerobot:777`.

/** The source of a component's check. */
export function probeSource(componentId: string): string {
  return `probe:${componentId}`;
}

/** The source of a component's latency rule. */
export function latencySource(componentId: string): string {
  return `latency:${componentId}`;
}

/** The component whose check this source is; null for any other source. */
export function probedBy(source: string): string | null {
  return /^probe:(.+)$/s.exec(source)?.[1] ?? null;
}

/** The component that a check's source, or its latency rule's, is about; null for a monitor outside. */
export function componentOf(source: string): string | null {
  return /^(?:probe|latency):(.+)$/s.exec(source)?.[1] ?? null;
}
