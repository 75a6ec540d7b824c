// What a provider's status page reports, as a check of it says it: written and read in one place.

const PREFIX = 'upstream reports: ';

/** The words of a check for what the provider's page says. */
export function upstreamReport(words: string): string {
  return PREFIX + words;
}

/** What the provider's page said, by a check's words; null when they are about something else. */
export function reportedUpstream(seen: string | null): string | null {
  return seen?.startsWith(PREFIX) ? seen.slice(PREFIX.length) : null;
}
