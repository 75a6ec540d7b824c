// Times of day: compared at the precision with which a heading is written.
import { DAY, type Millis } from '../../model/time.ts';

/** The beginning of the minute or second that is written, epoch ms. */
export function floored(at: Millis, { precision }: { readonly precision: Millis }): Millis {
  return at - (at % precision);
}

/** The first such time of day at or after `from`. */
export function firstFrom(time: Millis, from: Millis): Millis {
  return from + ((((time - from) % DAY) + DAY) % DAY);
}
