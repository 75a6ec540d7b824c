// An email that is due: what the outbox hands to whoever sends it.
import type { Subscriber } from '../model/subscriber.ts';

export interface Due {
  readonly id: number;
  readonly kind: 'update' | 'confirm' | 'leave';
  readonly ref: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Permanent refusals of its address in a row so far. */
  readonly refusals: number;
  readonly subscriber: Subscriber;
}
