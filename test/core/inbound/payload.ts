// The shape of a table of payloads: who sent what, and what it must come to.
import type { Signal } from '../../../src/core/inbound/signal.ts';

export interface Payload {
  readonly sender: string;
  readonly what: string;
  readonly input: unknown;
  /** What each signal must say at least, or a piece of the problem's sentence. */
  readonly expect: readonly Partial<Signal>[] | string;
  /** False: its severity opens nothing. */
  readonly opens?: false;
}
