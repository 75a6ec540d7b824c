// Times of day of headings without a date: which moments they may mean.
import { DAY, HOUR, type Millis } from '../../model/time.ts';

/** What a heading says of its time: epoch ms when it is `dated`, else the time of day in ms, to a minute or a second. */
export interface TimedHeading {
  readonly dated: boolean;
  readonly time: Millis;
  readonly precision: Millis;
}

/** The beginning of the minute or second that a heading is written with. */
export function floored(at: Millis, { precision }: TimedHeading): Millis {
  return at - (at % precision);
}

/** The first such time of day at or after `from`. */
export function firstFrom(time: Millis, from: Millis): Millis {
  return from + ((((time - from) % DAY) + DAY) % DAY);
}

/** Whether a heading may mean that moment: by its time of day, if it has no date. */
export function mayMean(section: TimedHeading, moment: Millis): boolean {
  const at = floored(moment, section);
  return (section.dated ? section.time : firstFrom(section.time, at)) === at;
}

/** Whether a section, by its time of day, may be of an hour before that moment, or after it. */
export function isAbout(section: TimedHeading | undefined, moment: Millis): boolean {
  return section?.dated === false && firstFrom(section.time, moment - HOUR) <= moment + HOUR;
}
