// The own-network check: when checks fail because our own network is down, no component counts as down. What is on this
// machine or in a private network answers without the internet: beside a public reference, it does not count.
import { type Check, checkSchema, type Probe, type ProbeResult } from '../../core/model/checks/check.ts';
import { leadsInside } from '../../core/model/checks/private-address.ts';
import type { Component } from '../../core/model/component.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import { OWN_NETWORK } from '../../core/monitoring/without-result.ts';
import type { Monitoring } from './monitoring.ts';

/** How long an answer is used again: all checks of one moment share one answer. */
const HOLDS: Millis = 5 * SECOND;
/** How many of the public components that answered last are checked again. */
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

  /** Since when our own network has been down, epoch ms; null while it is up. */
  downSince(): Millis | null {
    return this.#downSince;
  }

  /** Returns the result, or `unknown` if our own network caused the failure. */
  async believe(component: Component, result: ProbeResult, signal: AbortSignal): Promise<ProbeResult> {
    const { site, clock } = this.#on;
    // An unreadable page of a provider may have the same cause.
    const isBlind = component.check.type === 'statuspage' && this.#downSince !== null;
    if (isBlind && result.outcome === 'unknown') return unseen(result);
    if (!isNetwork(component.check) || result.outcome === 'unknown') return result;
    if (this.#isAside(result)) {
      this.#answered.delete(component.id);
      return result;
    }
    const hasAnswered = isAnswer(result);
    this.#answered.set(component.id, hasAnswered);
    if (hasAnswered) {
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
    return unseen(result);
  }

  async #isDown(address: string, signal: AbortSignal): Promise<boolean> {
    if (isReached(await this.#probe(checkOf(address), signal))) return false;
    // The reference alone may be down. Our network is down only if no other public component answers either.
    const others = this.#on.site().components.filter(({ id }) => this.#answered.get(id) === true);
    const asked = others.slice(0, ASKED_AGAIN).map(({ check }) => this.#probe(check, signal));
    return !(await Promise.all(asked)).some(result => isReached(result) && !this.#isAside(result));
  }

  /** Whether a result says nothing of the way to the reference: its target is private, and the reference is not. */
  #isAside({ inside }: ProbeResult): boolean {
    const { reference } = this.#on.site().network;
    if (inside !== true || reference === null) return false;
    return !leadsInside(/^https?:/.test(reference) ? reference : `tcp://${reference}`);
  }

  #note(isDown: boolean): void {
    const { clock, log } = this.#on;
    if (!isDown && this.#downSince !== null) log.info({}, 'our own network is back');
    if (isDown && this.#downSince === null)
      log.warn({}, 'our own network seems to be down; failures are not counted');
    this.#downSince = isDown ? (this.#downSince ?? clock()) : null;
  }
}

function unseen({ seen }: ProbeResult): ProbeResult {
  return { outcome: 'unknown', latency: null, seen: OWN_NETWORK, detail: seen };
}

/** A run cut short by a pause of this process does not prove that the target is unreachable. */
function isReached(result: ProbeResult): boolean {
  return result.paused === true || isAnswer(result);
}

/** A result with a response time came over the network, even if it is an error. */
function isAnswer({ outcome, latency }: ProbeResult): boolean {
  return outcome === 'up' || outcome === 'degraded' || latency !== null;
}

/** A provider's status page that reports trouble was still read. Heartbeats come to us. */
function isNetwork({ type }: Check): boolean {
  return type !== 'heartbeat' && type !== 'manual' && type !== 'statuspage';
}

/** `network.reference` in status.yaml is a URL or host:port. */
function checkOf(address: string): Check {
  if (/^https?:/.test(address)) return checkSchema.parse({ type: 'http', url: address, timeout: '5s' });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return checkSchema.parse({ type: 'tcp', host, port: address.slice(colon + 1), timeout: '5s' });
}
