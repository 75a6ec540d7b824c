// Deliveries: one email to one subscriber, or one message to one channel.
import type { Subscriber } from '../model/subscriber.ts';
import type { Millis } from '../model/time.ts';
import type { NotificationChannel } from './channel-health.ts';

export interface Delivery {
  readonly id: number;
  readonly kind: 'update' | 'confirm' | 'leave';
  /** The update's reference; else the time of the request. */
  readonly ref: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly createdAt: Millis;
}

export interface EmailDelivery extends Delivery {
  readonly subscriber: Subscriber;
  /** Permanent refusals of its address in a row. */
  readonly refusals: number;
}

export interface ChannelDelivery extends Delivery {
  readonly channel: NotificationChannel;
}
