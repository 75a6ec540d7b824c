// What an inbound monitor said, in our words, whoever sent it.
import type { Millis } from '../model/time.ts';

export interface Signal {
  readonly kind: 'down' | 'up' | 'ignored';
  /** `uptimerobot`. */
  readonly provider: string;
  /** The monitor's own id, else its name: it becomes the source `provider:monitor`. Never empty. */
  readonly monitor: string;
  /** What people call it; plain text, one line, bounded. */
  readonly name: string;
  /** What it watches, when the sender says so. */
  readonly url: string | null;
  /** Since when, epoch ms; null when the sender does not say. */
  readonly at: Millis | null;
  /** The sender's own words; plain text, one line, bounded. Escape before it becomes markdown. */
  readonly message: string;
  /** An explicit label that names one of our components. */
  readonly component: string | null;
  /** The sender's own name for this event, for recognising a repeat; its moment where it has none; else null. */
  readonly event: string | null;
  readonly why?: string;
  /** It warns that something ends: a warning, never an outage. */
  readonly expiry?: Expiry;
}

/** What ends, when (epoch ms), or in how many days; null for what the sender does not say. */
export interface Expiry {
  readonly of: 'certificate' | 'domain';
  readonly at: Millis | null;
  readonly days: number | null;
}

/** A payload understood (possibly as nothing to do), or a sentence that says what would be right. */
export type WebhookReading<S = Signal> = { readonly signals: readonly S[] } | { readonly problem: string };

/** Reads one sender's payload: the parsed body, form or query. Never throws. */
export type WebhookReader = (input: unknown) => WebhookReading;

/** The same without the provider, which `fromProvider` adds. */
export type SenderSignal = Omit<Signal, 'provider'>;
export type SenderResult = WebhookReading<SenderSignal>;

export type SignalFields = Pick<Signal, 'name'> & Partial<SenderSignal>;

export function fromProvider(provider: string, read: (input: unknown) => SenderResult): WebhookReader {
  return input => {
    const reading = read(input);
    if ('problem' in reading) return reading;
    return { signals: reading.signals.map(signal => ({ ...signal, provider })) };
  };
}

/** A signal with the fields a sender left out. */
export function signal(kind: Signal['kind'], fields: SignalFields): SenderSignal {
  const { at = null, name, monitor } = fields;
  const event = at === null ? null : String(at);
  return { url: null, message: '', component: null, event, ...fields, at, kind, monitor: monitor || name };
}

/** One that changes nothing, with the reason for the operator's log. */
export function ignored(fields: SignalFields, why: string): SenderResult {
  return { signals: [signal('ignored', { ...fields, why })] };
}

/** One whose state is a word: of those for down, or of those for up; any other is ignored because of `why`. */
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
