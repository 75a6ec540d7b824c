// Severity: what a sender's word for how bad something is comes to.
import type { Severity } from '../model/component.ts';
import type { InboundSettings } from '../model/site.ts';
import { plainWord } from './fields.ts';
import type { Signal } from './signal.ts';

/** The words of all senders. `ignore` opens nothing. */
export const SEVERITY_WORDS: Readonly<Record<Severity | 'ignore', readonly string[]>> = {
  critical: words('critical crit page error emergency emerg fatal blocker disaster highest P0 P1 Sev0 Sev1'),
  major: words('major high P2 Sev2'),
  minor: words('minor warning warn medium moderate average low P3 P4 Sev3'),
  ignore: words('info information informational notice debug none ok success lowest P5 Sev4 Sev5'),
};

/** The severity word of a signal without one: for a monitor's outage, a monitor's trouble, an alert. */
const WITHOUT = { down: 'critical', degraded: 'minor', alert: 'major' } as const;

/**
 * The severity of a signal: its first word that the sender's table in status.yaml knows, else the first of the table
 * here, else `default` of status.yaml, else by what it says. Null if it opens nothing.
 */
export function severityOfSignal(
  { sender, severity, says }: Pick<Signal, 'sender' | 'severity' | 'says'>,
  { severity: tables }: InboundSettings,
): Severity | null {
  const labels = severity.map(plainWord);
  const own = new Map(Object.entries(tables[sender] ?? {}).map(([word, to]) => [plainWord(word), to]));
  const found =
    labels.map(label => own.get(label)).find(Boolean) ??
    labels.map(inTable).find(Boolean) ??
    own.get('default') ??
    WITHOUT[says];
  return found === 'ignore' ? null : found;
}

function inTable(label: string): Severity | 'ignore' | undefined {
  const severities = Object.keys(SEVERITY_WORDS) as (Severity | 'ignore')[];
  return severities.find(severity => SEVERITY_WORDS[severity].includes(label));
}

function words(text: string): readonly string[] {
  return text.split(' ').map(plainWord);
}
