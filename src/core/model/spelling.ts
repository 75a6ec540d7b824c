// Spelling: words for how bad something is and how far it is, of other products and in any capitals, read as ours.
import type { Severity } from './component.ts';
import { INCIDENT_STATUSES, MAINTENANCE_STATUSES, type UpdateStatus } from './incident.ts';

/** A name or a word, so that `alert_type`, `alertType` and `Alert Type` are the same; numbers keep their sign. */
export function plainWord(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/(?<=\p{L})[\s_.-]+|[\s_.-]+(?=\p{L})/gu, '');
}

/** The words of all senders, and of incident files. `ignore` opens nothing. */
export const SEVERITY_WORDS: Readonly<Record<Severity | 'ignore', readonly string[]>> = {
  critical: words('critical crit page error emergency emerg fatal blocker disaster highest P0 P1 Sev0 Sev1'),
  major: words('major high P2 Sev2'),
  minor: words('minor warning warn medium moderate average low P3 P4 Sev3'),
  ignore: words('info information informational notice debug none ok success lowest P5 Sev4 Sev5'),
};

/** The severity that a word names, or undefined. */
export function severityNamed(word: string): Severity | 'ignore' | undefined {
  const severities = Object.keys(SEVERITY_WORDS) as (Severity | 'ignore')[];
  return severities.find(severity => SEVERITY_WORDS[severity].includes(plainWord(word)));
}

type Named = Partial<Record<UpdateStatus, readonly string[]>>;

/** Words that can mean one status alone, besides the statuses themselves. */
const INCIDENT_WORDS: Named = {
  investigating: words('open opened new ongoing active underway unresolved acknowledged'),
  monitoring: words('watching'),
  resolved: words('closed fixed solved done finished ended over recovered postmortem'),
};
const MAINTENANCE_WORDS: Named = {
  scheduled: words('planned upcoming'),
  in_progress: words('ongoing active started underway'),
  completed: words('closed done finished resolved ended over cancelled canceled postponed'),
};

/** The status that the front matter of an incident, or of a maintenance, means by a word; null if it names none. */
export function statusMeant(word: string, isMaintenance: boolean): UpdateStatus | null {
  const plain = plainWord(word);
  const others = Object.entries(isMaintenance ? MAINTENANCE_WORDS : INCIDENT_WORDS);
  const [other] = others.find(([, named]) => named.includes(plain)) ?? [];
  const known: readonly UpdateStatus[] = [...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES];
  return (other as UpdateStatus | undefined) ?? known.find(status => plainWord(status) === plain) ?? null;
}

function words(text: string): readonly string[] {
  return text.split(' ').map(plainWord);
}
