// What a probe needs of the world, replaceable in tests: name resolution, trusted roots, the clock.
import type { LookupFunction } from 'node:net';
import type { Clock, Millis } from '../../core/model/time.ts';
import type { Seen } from './failure.ts';

/** Everything left out is the machine's own. */
export interface Network {
  /** Resolves names for every kind but `dns`. */
  readonly lookup?: LookupFunction;
  /** PEM certificates trusted in place of the built-in roots. */
  readonly ca?: string | readonly string[];
  /** Tells how old a certificate or a cookie is; left out, by the time since the program started. */
  readonly clock?: Clock;
}

/** Runs once. May throw: the dispatcher puts errors into words. Frees its sockets when `signal` aborts. */
export type CheckRunner<C> = (check: C, signal: AbortSignal, network: Network, note: Note) => Promise<Seen>;

/** Takes what is known of an answer so far, fit to publish: said when the time is up. */
export type Note = (soFar: string | null) => void;

/** The time, epoch ms. */
export function now({ clock }: Network): Millis {
  return clock ? clock() : performance.timeOrigin + performance.now();
}

/** The options of `net.connect` and `tls.connect` that say how to reach a host. */
export function reach(network: Network): { lookup?: LookupFunction; autoSelectFamilyAttemptTimeout: number } {
  // Node gives each address 250 ms before it tries the next; over a slow line every one would lose.
  const options = { autoSelectFamilyAttemptTimeout: 1000 };
  return network.lookup ? { ...options, lookup: network.lookup } : options;
}
