// An outage that another monitor saw, as a resolved incident.
import { signalWords } from '../inbound/to-transition.ts';
import { printIncident } from '../incidents/file/print.ts';
import { type Millis, SECOND } from '../model/time.ts';
import { upWords } from '../monitoring/messages.ts';
import { type ImportedIncident, incidentId } from './imported.ts';
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
}

/**
 * The incident of an outage. Its source is no source of the webhook (`uptime-kuma:7`), so that what the monitor reports
 * from now on is never taken for a part of it.
 */
export function outageIncident(
  { file, sender, key, name, component, start, end, reason }: SeenOutage,
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
  const asEndedAt = (resolved: Millis) =>
    printIncident({
      title,
      status: 'resolved',
      severity: 'critical',
      started,
      resolved,
      components: [component],
      openedBy: source,
      isToldElsewhere: true,
      message: signalWords({
        ...signal,
        at: started,
        component,
        also: [],
        alert: null,
        severity: [],
        event: null,
      }),
      later: [
        {
          status: 'resolved',
          at: resolved,
          message: resolved > started ? upWords(name, resolved - started) : upWords(name),
        },
      ],
    });
  return { file, source, id: unique(incidentId(started, title)), text: asEndedAt(last), asEndedAt };
}
