// Addresses let in and turned away, and tokens that prove themselves.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emailAddressKey, readAddress } from '../../../src/core/model/subscriber.ts';
import { DAY } from '../../../src/core/model/time.ts';
import { deriveSecret, readToken, sameSecret, shortId, signToken } from '../../../src/core/model/token.ts';
import { NOW } from '../../makers.ts';

describe('an address', () => {
  test.each([
    ['user@example.com', 'user@example.com'],
    ['  user@example.com\n', 'user@example.com'],
    ['User.Name@EXAMPLE.com', 'User.Name@example.com'],
    ['user+status@example.com', 'user+status@example.com'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['vic=1@yahoo.com', 'vic=1@yahoo.com'],
    ['vic#1@x.example', 'vic#1@x.example'],
    ["a.b&c'd*e/f?g^h_i`j{k|l}m~n$o-p@x.example", "a.b&c'd*e/f?g^h_i`j{k|l}m~n$o-p@x.example"],
    ['user@münchen.example', 'user@xn--mnchen-3ya.example'],
    ['user@例え.テスト', 'user@xn--r8jz45g.xn--zckzah'],
    ['user@xn--mnchen-3ya.example', 'user@xn--mnchen-3ya.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%j is kept as %j', (typed, kept) => {
    expect(readAddress(typed)).toBe(kept);
    expect(readAddress(kept)).toBe(kept);
  });

  test.each([
    '',
    ' ',
    '@',
    'a',
    'a@',
    '@b.c',
    'a@b',
    'a@@b.com',
    'a b@c.com',
    'vic @x.example',
    'vic\u00a0@x.example',
    'vic\u200b@x.example',
    'vic@ x.example',
    '.vic@x.example',
    'vic.@x.example',
    'v..c@x.example',
    'vic%other.example@x.example',
    'other!vic@x.example',
    '=?utf-8?q?a?=@x.example',
    'vic\\@x.example',
    'a@b .com',
    'a@b..com',
    'a@.com',
    'a@b.com.',
    '"quoted"@example.com',
    '"a@b"@example.com',
    'a(comment)@example.com',
    'a@(comment)example.com',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    'a@[IPv6:::1]',
    'a@1',
    'a@localhost',
    'a@b.com\r\nBcc: c@d.com',
    'a\r\n@b.com',
    'a@b.com\nX: y',
    'a@b.com\u0000',
    'a@b\u2028.com',
    'a\tb@c.com',
    'a@b.com,c@d.com',
    'a@b.com;c@d.com',
    'a@b.com c@d.com',
    '<a@b.com>',
    'Name <a@b.com>',
    'mailto:a@b.com',
    'a@b.com/x',
    'a@b.com?x',
    'a@b.com#x',
    'a@b.com:25',
    'a@user:pass@b.com',
    'a@%62.com',
    'a@b\\.com',
    'ü@example.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    `${'a@'.repeat(5000)}b.com`,
    null,
    undefined,
    7,
    {},
    ['a@b.com'],
  ])('%j is none', typed => {
    expect(readAddress(typed)).toBeNull();
  });

  test('whatever is typed, what is kept is one plain address', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.stringMatching(/^[a-z+."<>\r\n ]{1,9}@[a-z.\r\n]{1,9}$/),
    );
    fc.assert(
      fc.property(typed, text => {
        const kept = readAddress(text);
        if (kept === null) return;
        expect(kept).toMatch(/^[^\s@<>(),;:"[\]\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/);
        expect(readAddress(kept)).toBe(kept);
      }),
      { numRuns: 2000 },
    );
  });

  test('two spellings are one mailbox, two plus-addresses are two', () => {
    expect(emailAddressKey('User@example.com')).toBe(emailAddressKey('user@example.com'));
    expect(emailAddressKey('user+a@example.com')).not.toBe(emailAddressKey('user+b@example.com'));
  });
});

describe('a token', () => {
  const claim = { subscriber: 'abc', nonce: 'n', expires: NOW + DAY };
  const token = signToken('secret', 'confirm', claim);

  test('proves what it says, for its purpose and its time', () => {
    expect(readToken('secret', 'confirm', token, NOW)).toEqual(claim);
    expect(readToken('secret', 'confirm', token, NOW + DAY)).toEqual(claim);
    expect(readToken('secret', 'confirm', token, NOW + DAY + 1)).toBeNull();
    const forever = { ...claim, nonce: '', expires: 0 };
    const link = signToken('secret', 'unsubscribe', forever);
    expect(readToken('secret', 'unsubscribe', link, NOW + 10_000 * DAY)).toEqual(forever);
  });

  test.each([
    ['another purpose', () => readToken('secret', 'unsubscribe', token, NOW)],
    ['another secret', () => readToken('Secret', 'confirm', token, NOW)],
    ['another subscriber', () => readToken('secret', 'confirm', token.replace('abc', 'abd'), NOW)],
    ['a longer life', () => readToken('secret', 'confirm', token.replace(/\.[^.]+\.([^.]+)$/, '.0.$1'), NOW)],
    ['one part more', () => readToken('secret', 'confirm', `${token}.x`, NOW)],
    ['no signature', () => readToken('secret', 'confirm', token.replace(/[^.]+$/, ''), NOW)],
    ['nothing', () => readToken('secret', 'confirm', '', NOW)],
    ['a list', () => readToken('secret', 'confirm', [token], NOW)],
    ['too much', () => readToken('secret', 'confirm', token.padEnd(9999, 'x'), NOW)],
  ])('with %s is void', (_name, read) => {
    expect(read()).toBeNull();
  });

  test('changed at any one place is void', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019-_.~'), (at, char) => {
        const forged = token.slice(0, at) + char + token.slice(at + 1);
        // The last character of a base64url MAC holds unused bits; comparing texts, it counts too.
        if (forged !== token) expect(readToken('secret', 'confirm', forged, NOW)).toBeNull();
      }),
    );
  });

  test('any claim comes back as it was, whatever the moment', () => {
    const word = fc.stringMatching(/^[\w-]{1,20}$/);
    fc.assert(
      fc.property(
        word,
        fc.option(word, { nil: '' }),
        fc.integer({ min: NOW, max: NOW * 4 }),
        (subscriber, nonce, expires) => {
          const said = { subscriber, nonce, expires };
          expect(readToken('s', 'manage', signToken('s', 'manage', said), NOW)).toEqual(said);
        },
      ),
    );
  });

  test('secrets for two uses differ, and compare in constant time whatever their length', () => {
    expect(deriveSecret('s', 'webhook')).not.toBe(deriveSecret('s', 'heartbeat:x'));
    expect([sameSecret('a', 'a'), sameSecret('a', 'aa'), sameSecret('', 'a')]).toEqual([true, false, false]);
    expect(shortId('x')).toMatch(/^[0-9a-z]{12}$/);
  });
});
