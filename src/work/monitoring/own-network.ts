// The own-network check: when checks fail because our own network is down, that is said of us and not of the others.
import { type Check, checkSchema, type Probe, type ProbeResult } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import type { Monitoring } from './monitoring.ts';

/** An answer holds this long: all the checks of a moment ask once. */
const HOLDS: Millis = 5 * SECOND;
/** So many of the components that last answered are asked once more. */
const ASKED_AGAIN = 3;

export class OwnNetwork {
  readonly #on: Pick<Monitoring, 'site' | 'clock' | 'log'>;
  readonly #probe: Probe;
  readonly #answered = new Map<string, boolean>();
  #downSince: Millis | null = null;
  #asked: { readonly at: Millis; readonly isDown: Promise<boolean> } | null = null;

  constructor(on: Pick<Monitoring, 'site' | 'clock' | 'log'>, probe: Probe) {
    this.#on = on;
    this.#probe = probe;
  }

  /** Since when our own network has been down, epoch ms; null while it is not. */
  downSince(): Millis | null {
    return this.#downSince;
  }

  /** The result as it may be believed: a failure that is our own network's is `unknown`. */
  async believe(component: Component, result: ProbeResult, signal: AbortSignal): Promise<ProbeResult> {
    const { site, clock } = this.#on;
    if (!isNetwork(component.check) || result.outcome === 'unknown') return result;
    const isReached = isAnswer(result);
    this.#answered.set(component.id, isReached);
    if (isReached) {
      this.#asked = null;
      this.#note(false);
      return result;
    }
    const address = site().network.reference;
    if (address === null) return result;
    const now = clock();
    if (!this.#asked || now - this.#asked.at > HOLDS || now < this.#asked.at) {
      this.#asked = { at: now, isDown: this.#isDown(address, signal) };
    }
    const isDown = await this.#asked.isDown;
    this.#note(isDown);
    if (!isDown) return result;
    return { outcome: 'unknown', latency: null, seen: 'our own network was down', detail: result.seen };
  }

  async #isDown(address: string, signal: AbortSignal): Promise<boolean> {
    if (await this.#isReached(checkOf(address), signal)) return false;
    // The reference alone may be down: everything is only when nobody else answers either.
    const others = this.#on.site().components.filter(({ id }) => this.#answered.get(id) === true);
    const asked = others.slice(0, ASKED_AGAIN).map(({ check }) => this.#isReached(check, signal));
    return !(await Promise.all(asked)).some(Boolean);
  }

  async #isReached(check: Check, signal: AbortSignal): Promise<boolean> {
    const result = await this.#probe(check, signal);
    // A run cut short by a pause of our own does not prove that nobody can be reached.
    return result.paused === true || isAnswer(result);
  }

  #note(isDown: boolean): void {
    const { clock, log } = this.#on;
    if (!isDown && this.#downSince !== null) log.info({}, 'our own network is back');
    if (isDown && this.#downSince === null)
      log.warn({}, 'our own network seems to be down; failures are not counted');
    this.#downSince = isDown ? (this.#downSince ?? clock()) : null;
  }
}

/** Whatever took a measurable time came over the network, an error page too. */
function isAnswer({ outcome, latency }: ProbeResult): boolean {
  return outcome === 'up' || outcome === 'degraded' || latency !== null;
}

/** A provider's page that reports trouble was read; heartbeats come to us. */
function isNetwork({ type }: Check): boolean {
  return type !== 'heartbeat' && type !== 'manual' && type !== 'statuspage';
}

/** `network.reference` of status.yaml is a web address, or host:port. */
function checkOf(address: string): Check {
  if (/^https?:/.test(address)) return checkSchema.parse({ type: 'http', url: address, timeout: '5s' });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return checkSchema.parse({ type: 'tcp', host, port: address.slice(colon + 1), timeout: '5s' });
}
