// What probes use from outside, replaceable in tests: name resolution, trusted roots, the clock.
import type { LookupFunction } from 'node:net';
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

/** The options of `net.connect` and `tls.connect` for reaching a host. */
export function reach(network: Network): { lookup?: LookupFunction; autoSelectFamilyAttemptTimeout: number } {
  // Node gives each address 250 ms before it tries the next, which is too short on a slow network.
  const options = { autoSelectFamilyAttemptTimeout: 1000 };
  return network.lookup ? { ...options, lookup: network.lookup } : options;
}
