// SNS: whose signature is believed, and which addresses may be asked.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  snsCertificateUrl,
  snsSigned,
  snsSubscribeUrl,
} from '../../../../../src/core/inbound/senders/alerts/sns.ts';

describe('SNS', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const base = { Message: 'hello', MessageId: 'm', Timestamp: 't', TopicArn: 'arn', Type: 'Notification' };
  const signed = (version: '1' | '2', fields: Record<string, string>) => {
    const text = Object.keys(fields)
      .sort()
      .map(key => `${key}\n${fields[key]}\n`)
      .join('');
    const signer = createSign(version === '1' ? 'sha1' : 'sha256').update(text);
    return { ...fields, SignatureVersion: version, Signature: signer.sign(privateKey, 'base64') };
  };

  it.each(['1', '2'] as const)('believes signature version %s, with and without a subject', version => {
    expect(snsSigned(signed(version, base), pem)).toBe(true);
    expect(snsSigned(signed(version, { ...base, Subject: 's' }), pem)).toBe(true);
    expect(snsSigned({ ...signed(version, base), Message: 'other' }, pem)).toBe(false);
  });

  it('believes a subscription by its own fields', () => {
    const fields = { ...base, Type: 'SubscriptionConfirmation', SubscribeURL: 'https://x', Token: 'k' };
    expect(snsSigned(signed('2', fields), pem)).toBe(true);
  });

  it.each([{}, null, { ...base, Signature: 'x' }, { ...base, Signature: 'x', SignatureVersion: '3' }])(
    'disbelieves %j',
    input => {
      expect(snsSigned(input, pem)).toBe(false);
      expect(snsSigned(signed('2', base), 'no certificate')).toBe(false);
    },
  );

  const pemPath = '/SimpleNotificationService-0123456789abcdef.pem';
  it.each([
    [`https://sns.us-east-1.amazonaws.com${pemPath}`, true],
    [`https://sns.us-gov-west-1.amazonaws.com${pemPath}`, true],
    [`https://sns.cn-north-1.amazonaws.com.cn${pemPath}`, true],
    [`http://sns.us-east-1.amazonaws.com${pemPath}`, false],
    [`https://sns.us-east-1.amazonaws.com:8443${pemPath}`, false],
    [`https://u@sns.us-east-1.amazonaws.com${pemPath}`, false],
    [`https://sns.us-east-1.amazonaws.com.evil.io${pemPath}`, false],
    [`https://evil.io/sns.us-east-1.amazonaws.com${pemPath}`, false],
    [`https://bucket.s3.amazonaws.com${pemPath}`, false],
    ['https://sns.us-east-1.amazonaws.com/other.pem', false],
    ['https://169.254.169.254/latest', false],
    ['', false],
  ])('fetches a certificate from %s: %s', (url, yes) => {
    expect(snsCertificateUrl({ SigningCertURL: url }) !== null).toBe(yes);
  });

  it('confirms only subscriptions, only at Amazon', () => {
    const SubscribeURL = 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=x';
    expect(snsSubscribeUrl({ Type: 'SubscriptionConfirmation', SubscribeURL })?.href).toBe(SubscribeURL);
    expect(snsSubscribeUrl({ Type: 'Notification', SubscribeURL })).toBeNull();
    expect(
      snsSubscribeUrl({ Type: 'SubscriptionConfirmation', SubscribeURL: 'http://localhost/' }),
    ).toBeNull();
  });
});
