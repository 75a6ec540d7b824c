// An outage that another monitor saw, as a resolved incident.
import { signalWords } from '../inbound/to-transition.ts';
import { type Millis, SECOND } from '../model/time.ts';
import { upWords } from '../monitoring/messages.ts';
import { type ImportedComponent, type ImportedIncident, incidentId, printImported } from './imported.ts';
import { fittingTitle } from './timeline.ts';

interface SeenOutage {
  readonly file: string;
  /** The monitor's sender, as its webhook is called here: `uptime-kuma`. */
  readonly sender: string;
  /** The monitor and what tells its outages apart. */
  readonly key: string;
  /** The monitor's name. */
  readonly name: string;
  readonly component: string;
  /** Epoch ms. */
  readonly start: Millis;
  readonly end: Millis;
  /** The monitor's public words; empty for none. */
  readonly reason: string;
  /** How it goes on where the record ends with it; null: it was over. */
  readonly after: 'measured' | 'unknown' | null;
}

/**
 * The incident of an outage. One that the record does not see to its end is open if nothing measures the component here;
 * else the record's end is its end, and the words say so. Its source is no source of the webhook (`uptime-kuma:7`), so that
 * what the monitor reports from now on is never taken for a part of it.
 */
export function outageIncident(
  { file, sender, key, name, component, start, end, reason, after }: SeenOutage,
  unique: (id: string) => string,
): ImportedIncident {
  const { title } = fittingTitle(`${name} Down`, () => {});
  const [started, last] = [start, Math.max(end, start)].map(at => at - (at % SECOND)) as [Millis, Millis];
  const signal = {
    kind: 'down',
    says: 'down',
    sender,
    monitor: key,
    name,
    message: reason,
    url: null,
  } as const;
  const source = `${sender}:${key}`;
  const printed = (resolved: Millis, ending: SeenOutage['after']) => {
    const isOpen = ending === 'unknown';
    const words = resolved > started ? upWords(name, resolved - started) : upWords(name);
    const message =
      ending === 'measured' ? `The imported record ends here, while ${name} was still down.` : words;
    return printImported(source, {
      title,
      status: isOpen ? 'investigating' : 'resolved',
      severity: 'critical',
      started,
      ...(isOpen ? {} : { resolved }),
      components: [component],
      message: signalWords({
        ...signal,
        at: started,
        component,
        also: [],
        alert: null,
        severity: [],
        event: null,
      }),
      later: isOpen ? [] : [{ status: 'resolved', at: resolved, message }],
    });
  };
  const asEndedAt = (end: Millis) => [printed(end, null), printed(end, 'measured')];
  return { file, source, id: unique(incidentId(started, title)), text: printed(last, after), asEndedAt };
}

/** What the report says of an outage that the record does not see to its end. */
export function goesOnRemark(name: string, after: SeenOutage['after']): string {
  return after === 'unknown'
    ? `“${name}” is down at the end of the file: its incident is open, as no check here will see its end. Resolve it when it works`
    : `“${name}” is down at the end of the file: the outage ends there, and the check here goes on`;
}

/** How an outage goes on after the record, for a component with or without a check of its own here. */
export function afterRecord(component: Pick<ImportedComponent, 'check'> | undefined): SeenOutage['after'] {
  return (component?.check?.type ?? 'manual') === 'manual' ? 'unknown' : 'measured';
}
