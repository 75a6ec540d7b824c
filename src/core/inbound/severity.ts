// Severity: what a sender's word for how bad something is comes to.
import { plainWord, type Severity, severityNamed } from '../model/component.ts';
import type { InboundSettings } from '../model/site.ts';
import type { Signal } from './signal.ts';

/** The severity word of a signal without one: for a monitor's outage, a monitor's trouble, an alert. */
const WITHOUT = { down: 'critical', degraded: 'minor', alert: 'major' } as const;

/**
 * The severity of a signal: its first word that the sender's table in status.yaml knows, else the first of `SEVERITY_WORDS`, else `default` of status.yaml, else by what it says. Null if it opens nothing.
 */
export function severityOfSignal(
  { sender, severity, says }: Pick<Signal, 'sender' | 'severity' | 'says'>,
  { severity: tables }: InboundSettings,
): Severity | null {
  const labels = severity.map(plainWord);
  const own = new Map(Object.entries(tables[sender] ?? {}).map(([word, to]) => [plainWord(word), to]));
  const found =
    labels.map(label => own.get(label)).find(Boolean) ??
    labels.map(severityNamed).find(Boolean) ??
    own.get('default') ??
    WITHOUT[says];
  return found === 'ignore' ? null : found;
}
