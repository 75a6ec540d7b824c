// Amazon SNS with CloudWatch alarms: reads the envelope and the alarm, and verifies the signature.
import { verify } from 'node:crypto';
import {
  componentIn,
  fieldsOfObject,
  first,
  identity,
  line,
  MESSAGE,
  NAME,
  readTimestamp,
} from '../../fields.ts';
import { byWord, ignored, type SenderResult } from '../../signal.ts';

/**
 * Reads SNS's envelope (sent as text/plain; text or parsed) with a CloudWatch alarm as its `Message`: ALARM is down, OK
 * is up. Ignores subscription messages, which the caller answers with `snsSubscribeUrl`. Only use the result after
 * `snsSigned` returned true.
 */
export function sns(input: unknown): SenderResult {
  const envelope = fieldsOfObject(input);
  const type = line(envelope?.Type, 40);
  if (!envelope || type === '')
    return { problem: 'expected an SNS envelope: {"Type": "Notification", "Message": …}' };
  const topic = { name: line(envelope.TopicArn, NAME) || 'SNS' };
  if (type !== 'Notification') return ignored(topic, `${type} is not an alarm`);
  const alarm = fieldsOfObject(envelope.Message);
  const name = line(alarm?.AlarmName, NAME);
  const state = line(alarm?.NewStateValue, 30);
  if (!alarm || name === '' || state === '') return ignored(topic, 'the message is not a CloudWatch alarm');
  const fields = {
    monitor: identity(alarm.AlarmArn) || identity(alarm.AlarmName),
    name,
    at: readTimestamp(alarm.StateChangeTime),
    message: first(MESSAGE, alarm.NewStateReason, alarm.AlarmDescription),
    component: componentIn(alarm.AlarmDescription),
    says: 'alert',
    // The same in every retry.
    event: line(envelope.MessageId, 64) || null,
  } as const;
  return byWord(fields, state, { down: ['ALARM'], up: ['OK'] }, `state ${state} is neither ALARM nor OK`);
}

/** GETs a URL as text; rejects unless the response is 200. Replaced in tests. */
export type FetchText = (url: URL) => Promise<string>;

const OWN_HOST = /^sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?$/;

/** A URL from an SNS message if it is Amazon's, so that it may be fetched: https, SNS's host, no port; else null. */
function snsAddress(value: unknown): URL | null {
  if (typeof value !== 'string' || value.length > 2000 || !URL.canParse(value)) return null;
  const url = new URL(value);
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  return plain && OWN_HOST.test(url.hostname) ? url : null;
}

/** The URL of the certificate that signed a message; null when not Amazon's. */
export function snsCertificateUrl(input: unknown): URL | null {
  const url = snsAddress(fieldsOfObject(input)?.SigningCertURL);
  return url && /^\/SimpleNotificationService-[0-9a-f]+\.pem$/i.test(url.pathname) ? url : null;
}

/** The URL that confirms a subscription; null when the message asks for none. */
export function snsSubscribeUrl(input: unknown): URL | null {
  const envelope = fieldsOfObject(input);
  return envelope?.Type === 'SubscriptionConfirmation' ? snsAddress(envelope.SubscribeURL) : null;
}

/**
 * Whether the envelope is signed by the certificate (PEM, from `snsCertificateUrl`). SignatureVersion 1 is SHA-1, 2 is
 * SHA-256; both sign the same fields, sorted by name, each with a newline.
 */
export function snsSigned(input: unknown, certificate: string): boolean {
  const envelope = fieldsOfObject(input);
  const signature = envelope?.Signature;
  const algorithm = { '1': 'sha1', '2': 'sha256' }[line(envelope?.SignatureVersion, 2)];
  if (!envelope || typeof signature !== 'string' || !algorithm) return false;
  const names =
    envelope.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const signed = names
    .filter(name => typeof envelope[name] === 'string')
    .map(name => `${name}\n${envelope[name]}\n`)
    .join('');
  try {
    return verify(algorithm, Buffer.from(signed), certificate, Buffer.from(signature, 'base64'));
  } catch {
    return false; // not a certificate
  }
}
