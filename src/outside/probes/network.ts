// What probes use from outside, replaceable in tests: name resolution, trusted roots, the clock.
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock, Millis } from '../../core/model/time.ts';
import type { ProbeFinding } from './failure.ts';

/** By default, the system's own. */
export interface Network {
  /** Resolves names for every kind but `dns`. */
  readonly lookup?: LookupFunction;
  /** PEM certificates trusted in place of the built-in roots. */
  readonly ca?: string | readonly string[];
  /** The clock for the expiry of certificates and cookies; by default, the time since the program started. */
  readonly clock?: Clock;
  /** Whether an address says nothing about our own network; by default, those of this machine and private networks. */
  readonly isPrivate?: (address: string) => boolean;
  /** Takes each address a run tries to reach, also of a redirect. */
  readonly meet?: (address: string) => void;
}

/** Runs a check once. May throw: the caller describes errors. Closes its sockets when `signal` aborts. */
export type CheckRunner<C> = (
  check: C,
  signal: AbortSignal,
  network: Network,
  note: Note,
) => Promise<ProbeFinding>;

/** Takes a description of the response so far, fit to publish; shown if the time is over. */
export type Note = (soFar: string | null) => void;

/** The time, epoch ms. */
export function now({ clock }: Network): Millis {
  return clock ? clock() : performance.timeOrigin + performance.now();
}

/** The options of `net.connect` and `tls.connect` for reaching a host; what it resolves to is passed to `meet`. */
export function reach(
  { lookup = systemLookup as LookupFunction, meet = () => {} }: Network,
  host: string,
): { lookup: LookupFunction; autoSelectFamilyAttemptTimeout: number } {
  // An address, unlike a name, is not looked up.
  if (isIP(host) !== 0) meet(host);
  return {
    // Node gives each address 250 ms before it tries the next, which is too short on a slow network.
    autoSelectFamilyAttemptTimeout: 1000,
    lookup: (name, options, done) =>
      lookup(name, options, (error, found, family) => {
        if (!error) for (const one of [found].flat()) meet(typeof one === 'string' ? one : one.address);
        done(error, found, family);
      }),
  };
}
