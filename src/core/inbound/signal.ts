// Signals: a sender's message in a common form.
import type { Millis } from '../model/time.ts';

export interface Signal {
  readonly kind: 'down' | 'up' | 'ignored';
  /** The program that reports: `uptimerobot`. */
  readonly sender: string;
  /** The id of the sender's check, else its name; becomes the source `sender:monitor`. Never empty. */
  readonly monitor: string;
  /** Its name for people; plain text, one line, limited length. */
  readonly name: string;
  /** The address it watches, if known. */
  readonly url: string | null;
  /** Since when, epoch ms; null when unknown. */
  readonly at: Millis | null;
  /** The sender's text; plain, one line, limited length. Escape it for markdown. */
  readonly message: string;
  /** A label that names one of our components. */
  readonly component: string | null;
  /** Other names of what it is about: a service, an entity, a policy. */
  readonly also: readonly string[];
  /** The id of one alert of several that are one outage; null when the monitor itself is down or up. */
  readonly alert: string | null;
  /** The sender's words for how bad it is, most telling first. */
  readonly severity: readonly string[];
  /** A monitor is down (or up again) or degraded, or this is an alert in its own words. */
  readonly says: 'down' | 'degraded' | 'alert';
  /** The sender's event id, to recognise repeats; else the event's time; else null. */
  readonly event: string | null;
  readonly why?: string;
  /** Something is about to expire: a warning, never an outage. */
  readonly expiry?: Expiry;
}

/** A certificate or domain that expires, and when (epoch ms) or in how many days; null when unknown. */
export interface Expiry {
  readonly of: 'certificate' | 'domain';
  readonly at: Millis | null;
  readonly days: number | null;
}

/** The signals of a payload (perhaps none), or a sentence that says what is wrong with it. */
export type WebhookReading<S = Signal> = { readonly signals: readonly S[] } | { readonly problem: string };

/** Reads one sender's payload: the parsed body, form or query. Never throws. */
export type WebhookReader = (input: unknown) => WebhookReading;

/** The same without the sender, which `fromSender` adds. */
export type SenderSignal = Omit<Signal, 'sender'>;
export type SenderResult = WebhookReading<SenderSignal>;

type SignalFields = Pick<Signal, 'name'> & Partial<SenderSignal>;

export function fromSender(sender: string, read: (input: unknown) => SenderResult): WebhookReader {
  return input => {
    const reading = read(input);
    if ('problem' in reading) return reading;
    return { signals: reading.signals.map(signal => ({ ...signal, sender })) };
  };
}

/** A signal with defaults for missing fields. */
export function signal(kind: Signal['kind'], fields: SignalFields): SenderSignal {
  const { at = null, name, monitor } = fields;
  const event = at === null ? null : String(at);
  const none = { url: null, message: '', component: null, also: [], alert: null, severity: [] };
  return { ...none, says: 'down', event, ...fields, at, kind, monitor: monitor || name };
}

/** Why a test message changes nothing. Each sender's file knows its own; a name with "test" in it is no test. */
export const A_TEST = 'this is a test message: nothing is opened or resolved';

/** A signal that changes nothing, with the reason for the log. */
export function ignored(fields: SignalFields, why: string): SenderResult {
  return { signals: [signal('ignored', { ...fields, why })] };
}

/** A signal by the word of its state; ignored, because of `why`, when the word is unknown. */
export function byWord(
  fields: SignalFields,
  word: string,
  words: { readonly down: readonly string[]; readonly up: readonly string[] },
  why: string,
): SenderResult {
  if (words.down.includes(word)) return { signals: [signal('down', fields)] };
  if (words.up.includes(word)) return { signals: [signal('up', fields)] };
  return ignored(fields, why);
}
