// The own-network check: when checks fail because our own network is down, that is said of us and not of the others.
import { type Check, checkSchema, type Probe, type Sighting } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Log } from '../../core/model/ports/log.ts';
import { type Clock, type Millis, SECOND } from '../../core/model/time.ts';

export interface WitnessDeps {
  /** `network.reference` of status.yaml: a web address or host:port outside; null for none. */
  readonly reference: () => string | null;
  readonly components: () => readonly Component[];
  readonly probe: Probe;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Witness {
  /** The sighting as it may be believed: a failure that is our own network's is `unknown`. */
  believe(component: Component, sighting: Sighting, signal: AbortSignal): Promise<Sighting>;
  /** Since when our own network has been down, epoch ms; null while it is not. */
  blindSince(): Millis | null;
}

/** A verdict holds this long: all the checks of a moment ask once. */
const HOLDS: Millis = 5 * SECOND;
/** So many of the components that last answered are asked once more. */
const WITNESSES = 3;

export function makeWitness({ reference, components, probe, clock, log }: WitnessDeps): Witness {
  const reachable = new Map<string, boolean>();
  let since: Millis | null = null;
  let verdict: { readonly at: Millis; readonly blind: Promise<boolean> } | null = null;

  const isReached = async (check: Check, signal: AbortSignal) => {
    const seen = await probe(check, signal);
    // A look cut short by a pause of our own does not prove that nobody can be reached.
    return seen.paused === true || isAnswer(seen);
  };

  const isBlind = async (address: string, signal: AbortSignal): Promise<boolean> => {
    if (await isReached(checkOf(address), signal)) return false;
    // The reference alone may be down: everything is only when nobody else answers either.
    const others = components().filter(({ id }) => reachable.get(id) === true);
    const asked = others.slice(0, WITNESSES).map(({ check }) => isReached(check, signal));
    return !(await Promise.all(asked)).some(Boolean);
  };

  const see = (blind: boolean) => {
    if (!blind && since !== null) log.info({}, 'our own network is back');
    if (blind && since === null) log.warn({}, 'our own network seems to be down; failures are not counted');
    since = blind ? (since ?? clock()) : null;
  };

  return {
    blindSince: () => since,
    async believe(component, sighting, signal) {
      if (!isNetwork(component.check) || sighting.outcome === 'unknown') return sighting;
      if (isAnswer(sighting)) {
        reachable.set(component.id, true);
        verdict = null;
        see(false);
        return sighting;
      }
      reachable.set(component.id, false);
      const address = reference();
      if (address === null) return sighting;
      const now = clock();
      if (!verdict || now - verdict.at > HOLDS || now < verdict.at) {
        verdict = { at: now, blind: isBlind(address, signal) };
      }
      const blind = await verdict.blind;
      see(blind);
      if (!blind) return sighting;
      return { outcome: 'unknown', latency: null, seen: 'our own network was down', detail: sighting.seen };
    },
  };
}

/** Whatever took a measurable time came over the network, an error page too. */
function isAnswer({ outcome, latency }: Sighting): boolean {
  return outcome === 'up' || outcome === 'degraded' || latency !== null;
}

/** A provider's page that reports trouble was read; heartbeats come to us. */
function isNetwork({ type }: Check): boolean {
  return type !== 'heartbeat' && type !== 'manual' && type !== 'statuspage';
}

function checkOf(address: string): Check {
  if (/^https?:/.test(address)) return checkSchema.parse({ type: 'http', url: address, timeout: '5s' });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return checkSchema.parse({ type: 'tcp', host, port: address.slice(colon + 1), timeout: '5s' });
}
