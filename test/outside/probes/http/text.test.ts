// Texts in an answer's body, whichever encoding it comes in.
import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { http, probe } from '../../loopback.ts';

const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib;
const { createZstdDecompress } = zlib as { createZstdDecompress?: unknown };

/** A check of a page with these bytes. */
async function look(bytes: Buffer, head: Record<string, string | string[]>, more: Record<string, unknown>) {
  const port = await http((_, response) => response.writeHead(200, head).end(bytes));
  return probe({ type: 'http', url: `http://127.0.0.1:${port}/`, ...more });
}

const found = { outcome: 'up', seen: 'HTTP 200' };
const missed = { outcome: 'down', seen: 'text not found in the answer' };
const unwanted = { outcome: 'down', seen: 'unwanted text found in the answer' };

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const html = (charset: string) => ({ 'content-type': `text/html; charset=${charset}` });
const HTML = { 'content-type': 'text/html' };
const gbk = Buffer.from('cfb5cdb3d5fdb3a3', 'hex'); // 系统正常
const shiftJis = Buffer.from('90b38fed', 'hex'); // 正常
const eucKr = Buffer.from('c1a4bbf3', 'hex'); // 정상
const iso2022jp = Buffer.from('1b244240353e6f1b2842', 'hex');
const koi8 = Buffer.from('f2c1c2cfd4c1c5d4', 'hex'); // Работает
const ascii = (text: string) => Buffer.from(text, 'ascii');
const meta = (tag: string, rest: Buffer) => Buffer.concat([ascii(`<!doctype html><head>${tag}`), rest]);

describe('by its header', () => {
  test.each([
    ['ISO-8859-1', latin1('Störung'), 'Störung'],
    ['"iso-8859-1"', latin1('Störung'), 'Störung'],
    ["'latin1'", latin1('Störung'), 'Störung'],
    ['windows-1252', Buffer.from([0x80, 0x20, 0x93]), '€ “'],
    ['us-ascii', Buffer.from([0x80, 0x20, 0x93]), '€ “'],
    ['iso-8859-15', Buffer.from([0xa4]), '€'],
    ['gbk', gbk, '系统正常'],
    ['GB2312', gbk, '系统正常'],
    ['gb18030', gbk, '系统正常'],
    ['Shift_JIS', shiftJis, '正常'],
    ['euc-kr', eucKr, '정상'],
    ['iso-2022-jp', Buffer.concat([iso2022jp, ascii(' ok')]), '正常 ok'],
    ['koi8-r', koi8, 'Работает'],
    ['utf-16le', Buffer.from('Störung', 'utf16le'), 'Störung'],
    ['utf-16be', utf16be('Störung'), 'Störung'],
    ['utf-16', Buffer.from('Störung', 'utf16le'), 'Störung'],
    ['utf8', Buffer.from('Störung'), 'Störung'],
    ['no-such-charset', Buffer.from('Störung'), 'Störung'],
    ['no-such-charset; charset=gbk', gbk, '系统正常'],
    ['gbk; charset=utf-8', gbk, '系统正常'],
    ['', latin1('Störung'), 'Störung'],
  ])('%s', async (charset, bytes, text) => {
    expect(await look(bytes, html(charset), { contains: text })).toMatchObject(found);
    expect(await look(bytes, html(charset), { not_contains: text })).toMatchObject(unwanted);
    expect(await look(bytes, html(charset), { contains: `${text}!` })).toMatchObject(missed);
  });

  test.each([
    { 'Content-Type': 'text/html;Charset = "ISO-8859-1"' },
    { 'Content-Type': 'TEXT/HTML; profile=a; CHARSET=iso-8859-1; v=2' },
    { 'content-type': ['text/html', 'text/html; charset=iso-8859-1'] },
  ])('written as %j', async head => {
    const bytes = Buffer.concat([latin1('Störung '), Buffer.from([0x93])]);
    expect(
      await look(bytes, head as unknown as Record<string, string>, { contains: 'Störung “' }),
    ).toMatchObject(found);
  });

  test('a header that lies takes nothing away from a page in UTF-8', async () => {
    const bytes = Buffer.from('Störung');
    expect(await look(bytes, html('iso-8859-1'), { contains: 'Störung' })).toMatchObject(found);
    expect(await look(bytes, html('iso-8859-1'), { not_contains: 'Störung' })).toMatchObject(unwanted);
    expect(await look(bytes, html('iso-8859-1'), { json: { $: 1 } })).toMatchObject({
      seen: 'answer is not JSON',
    });
  });

  test('a page that says itself what the header denies', async () => {
    const bytes = meta('<meta charset=gbk>', gbk);
    expect(await look(bytes, html('iso-8859-1'), { not_contains: '系统正常' })).toMatchObject(unwanted);
  });

  test('Japanese spelled in ASCII’s letters is not those letters', async () => {
    const more = { contains: 'B@5>o' };
    expect(await look(iso2022jp, html('iso-2022-jp'), more)).toMatchObject(missed);
  });
});

describe('by its mark, before all else', () => {
  test.each([
    ['utf-8', Buffer.from('\uFEFFStörung')],
    ['utf-16le', Buffer.from('\uFEFFStörung', 'utf16le')],
    ['utf-16be', utf16be('\uFEFFStörung')],
  ])('%s', async (_, bytes) => {
    for (const head of [{}, html('gbk'), html('utf-8'), html('iso-8859-1')])
      expect(await look(bytes, head, { contains: 'Störung' })).toMatchObject(found);
    expect(await look(bytes, html('iso-8859-1'), { contains: 'Ã¶' })).toMatchObject(missed);
  });
});

test('utf-16 without a mark is little-endian, as in browsers', async () => {
  expect(
    await look(Buffer.from('系统正常', 'utf16le'), html('utf-16'), { contains: '系统正常' }),
  ).toMatchObject(found);
});

test('UTF-32 is not supported: unknown, and no missing text', async () => {
  const wide = Buffer.concat([...'all good'].map(letter => Buffer.from([letter.charCodeAt(0), 0, 0, 0])));
  for (const more of [{ contains: 'all good' }, { not_contains: 'Error' }])
    expect(await look(wide, html('utf-32le'), more)).toMatchObject({
      outcome: 'unknown',
      seen: 'the answer\'s encoding "utf-32le" is not supported',
    });
});

describe('wide letters whose header names the wrong order, or none', () => {
  const little = (text: string) => Buffer.from(text, 'utf16le');
  test.each([
    ['utf-16be', little],
    ['utf-16le', utf16be],
    ['UTF-16', utf16be],
    ['utf-8', little],
    ['utf-8', utf16be],
    ['iso-8859-1', little],
    ['gbk', utf16be],
  ])('%s', async (charset, encode) => {
    for (const text of ['OK', 'all good', '<p>Störung</p>', '<p>系统正常</p>']) {
      const bytes = encode(`<html>${text}`);
      expect(await look(bytes, html(charset), { contains: text })).toMatchObject(found);
      expect(await look(bytes, html(charset), { not_contains: text })).toMatchObject(unwanted);
      expect(await look(bytes, html(charset), { not_contains: 'Error' })).toMatchObject(found);
      expect(await look(bytes, html(charset), { contains: `${text}!` })).toMatchObject(missed);
    }
    const json = { 'content-type': `application/json; charset=${charset}` };
    expect(await look(encode('{"ok":true}'), json, { json: { '$.ok': true } })).toMatchObject(found);
  });

  test.each(['utf-16', 'utf-16be'])('%s of what is a page in ASCII', async charset => {
    expect(await look(ascii('<p>all good'), html(charset), { contains: 'all good' })).toMatchObject(found);
  });
});

describe('by its own word', () => {
  test.each([
    ['<meta charset=gbk>', gbk, '系统正常'],
    ["<META CharSet='gb2312' />", gbk, '系统正常'],
    ['<meta name="a" content="charset=utf-8"><meta charset="gbk">', gbk, '系统正常'],
    ['<meta content="text/html; charset=Shift_JIS" http-equiv="Content-Type">', shiftJis, '正常'],
    ['<meta http-equiv=content-type content=text/html;charset=euc-kr>', eucKr, '정상'],
    ['<!-- <meta charset="utf-8"> --><meta charset=koi8-r>', koi8, 'Работает'],
    ['<meta charset=no-such><meta charset=koi8-r>', koi8, 'Работает'],
    [`<title>${'x'.repeat(3000)}</title><meta charset=koi8-r>`, koi8, 'Работает'],
    ['<meta charset=utf-16>', Buffer.from('Störung'), 'Störung'],
  ])('%s', async (tag, rest, text) => {
    expect(await look(meta(tag, rest), HTML, { contains: text })).toMatchObject(found);
    expect(await look(meta(tag, rest), {}, { not_contains: text })).toMatchObject(unwanted);
  });

  test('an XML declaration', async () => {
    const bytes = Buffer.concat([ascii('<?xml version="1.0" encoding="koi8-r"?><a>'), koi8]);
    expect(await look(bytes, { 'content-type': 'text/xml' }, { contains: 'Работает' })).toMatchObject(found);
  });

  test('the header counts more', async () => {
    const bytes = meta('<meta charset=koi8-r>', gbk);
    expect(await look(bytes, html('gbk'), { contains: '系统正常' })).toMatchObject(found);
  });

  test('a word far down is none', async () => {
    const bytes = meta(`${'x'.repeat(5000)}<meta charset=koi8-r>`, koi8);
    expect(await look(bytes, HTML, { contains: 'Работает' })).toMatchObject(missed);
  });
});

describe('by nothing', () => {
  test.each([
    ['UTF-8', Buffer.from('Störung'), 'Störung'],
    ['Latin-1', latin1('Störung'), 'Störung'],
    ['windows-1252', Buffer.concat([latin1('Störung '), Buffer.from([0x80])]), 'Störung €'],
    [
      'UTF-8 with one bad byte',
      Buffer.concat([Buffer.from([0xff, 0x20]), Buffer.from('Störung')]),
      'Störung',
    ],
    ['zeros within', Buffer.from('a\0b Störung'), 'a\0b Störung'],
    ['UTF-16 without a mark', Buffer.from('<p>Störung', 'utf16le'), 'Störung'],
    ['UTF-16, the other way around', utf16be('<p>Störung'), 'Störung'],
  ])('%s', async (_, bytes, text) => {
    expect(await look(bytes, {}, { contains: text })).toMatchObject(found);
    expect(await look(bytes, HTML, { not_contains: text })).toMatchObject(unwanted);
  });

  test('a letter cut in two by `max_body` spoils nothing before it', async () => {
    const bytes = Buffer.from('Störung ü'.repeat(100));
    const max_body = bytes.length - 1;
    expect(await look(bytes, {}, { contains: 'Störung', max_body })).toMatchObject(found);
    expect(await look(bytes, {}, { contains: 'Ã', max_body })).toMatchObject({ outcome: 'down' });
  });

  test('a long line without a break', async () => {
    const bytes = Buffer.from(`${'x'.repeat(900_000)}Störung`);
    expect(await look(bytes, {}, { contains: 'xStörung' })).toMatchObject(found);
  });
});

test.each([
  ['written as the page has it', 'Störung', 'Störung'],
  ['letters composed in the page', 'Störung'.normalize('NFD'), 'Störung'],
  ['letters composed in the check', 'Störung', 'Störung'.normalize('NFD')],
])('letters compare as they look: %s', async (_, page, text) => {
  expect(await look(Buffer.from(page), {}, { contains: text })).toMatchObject(found);
  expect(await look(Buffer.from(page), {}, { not_contains: text })).toMatchObject(unwanted);
});

test.each([
  ['packed, and nobody says so', {}],
  ['packed more often than is undone', { 'content-encoding': 'gzip, br, br, br' }],
])('what is no text does not lack a text: %s', async (_, head) => {
  const noise = Buffer.from(Array.from({ length: 600 }, (_, index) => (index * 151) % 256));
  const more = { not_contains: 'maintenance' };
  expect(await look(noise, { ...HTML, ...head }, more)).toMatchObject({ outcome: 'down' });
});

test('a page with a stray control character is a text', async () => {
  const page = Buffer.from(`<p>All well.${String.fromCharCode(0)}</p>${'<p>words</p>'.repeat(20)}`);
  expect(await look(page, HTML, { not_contains: 'maintenance' })).toMatchObject(found);
});

test('the source is compared: entities are not read', async () => {
  const page = Buffer.from('St&ouml;rung');
  expect(await look(page, HTML, { contains: 'Störung' })).toMatchObject(missed);
  expect(await look(page, HTML, { contains: 'St&ouml;rung' })).toMatchObject(found);
});

test.each([
  ['UTF-8', Buffer.from('{"a":"ü"}'), {}],
  ['UTF-8 with a mark', Buffer.from('\uFEFF{"a":"ü"}'), {}],
  ['UTF-16LE with a mark', Buffer.from('\uFEFF{"a":"ü"}', 'utf16le'), {}],
  ['UTF-16LE', Buffer.from('{"a":"ü"}', 'utf16le'), {}],
  ['UTF-16BE', utf16be('{"a":"ü"}'), {}],
  ['Latin-1 by header', latin1('{"a":"ü"}'), { 'content-type': 'application/json; charset=latin1' }],
])('JSON in %s', async (_, bytes, head) => {
  expect(await look(bytes, head as Record<string, string>, { json: { '$.a': 'ü' } })).toMatchObject(found);
});

describe('packed', () => {
  const page = Buffer.from('hay needle');
  /** With a file's name, a comment and a field more in its head, as `gzip` writes it. */
  const named = (packed: Buffer) => {
    const head = Buffer.from(packed.subarray(0, 10));
    head[3] = 4 | 8 | 16;
    return Buffer.concat([head, Buffer.from('\x03\0abcname\0comment\0'), packed.subarray(10)]);
  };
  test.each([
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
    ['Deflate', deflateRawSync(page, { level: 0 })],
    ['br', brotliCompressSync(page)],
    ['identity', page],
    ['none, gzip', gzipSync(page)],
    ['deflate, gzip', gzipSync(deflateRawSync(page))],
    ['gzip, gzip', gzipSync(gzipSync(page))],
    ['gzip', Buffer.concat([gzipSync(page), Buffer.from('trailing garbage')])],
    ['gzip', Buffer.concat([named(gzipSync(page)), Buffer.from('trailing garbage')])],
    ['gzip', Buffer.concat([gzipSync(page), Buffer.alloc(100)])],
    ['gzip', Buffer.concat([gzipSync(Buffer.from('hay ')), gzipSync(Buffer.from('needle'))])],
    ['gzip', gzipSync(page).subarray(0, -8)],
    ['deflate', deflateSync(page).subarray(0, -4)],
  ])('%s', async (encoding, bytes) => {
    expect(await look(bytes, { 'content-encoding': encoding }, { contains: 'hay needle' })).toMatchObject(
      found,
    );
  });

  test.each(['gzip', 'deflate', 'br'])('an empty body in %s is empty', async encoding => {
    const head = { 'content-encoding': encoding };
    expect(await look(Buffer.alloc(0), head, {})).toMatchObject(found);
    expect(await look(Buffer.alloc(0), head, { contains: 'x' })).toMatchObject(missed);
  });

  test.each([
    ['no gzip', Buffer.from('this is no gzip, but long enough to look like it')],
    [
      'gzip with a hole',
      Buffer.concat([gzipSync(Buffer.alloc(5000, 'abc')).subarray(0, 20), Buffer.alloc(99, 7)]),
    ],
  ])('%s', async (_, bytes) => {
    const result = await look(bytes, { 'content-encoding': 'gzip' }, {});
    expect(result).toMatchObject({ seen: 'answered with a body that cannot be decompressed' });
  });

  test('raw deflate that is none', async () => {
    const result = await look(Buffer.from('this is no deflate'), { 'content-encoding': 'deflate' }, {});
    expect(result).toMatchObject({ seen: 'answered with a body that cannot be decompressed' });
  });

  test('a bomb of raw deflate counts by what it unpacks to', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000));
    const before = process.memoryUsage().arrayBuffers;
    const result = await look(bomb, { 'content-encoding': 'deflate' }, { contains: 'needle' });
    expect(result.seen).toBe('text not found in the answer; only its beginning was read');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  test('what is taken is said', async () => {
    let asked: unknown;
    const port = await http((request, response) => {
      asked = request.headers['accept-encoding'];
      response.end();
    });
    await probe({ type: 'http', url: `http://127.0.0.1:${port}/` });
    expect(asked).toMatch(/^gzip, deflate, br(, zstd)?$/);
  });
});

describe('a body that is cut off', () => {
  const page = Buffer.from(
    `hay ${Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 10_007).join(' ')} needle`,
  );
  const early = { outcome: 'down', seen: 'answered with an incomplete body' };

  test.each([
    ['gzip', gzipSync(page)],
    ['x-gzip', gzipSync(page)],
    ['br', brotliCompressSync(page)],
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
  ])('in %s says nothing of what it must not contain', async (encoding, whole) => {
    const head = { 'content-encoding': encoding };
    const half = whole.subarray(0, whole.length / 2);
    expect(await look(half, head, { not_contains: 'needle' })).toMatchObject(early);
    expect(await look(half, head, { not_contains: 'hay' })).toMatchObject(unwanted);
    expect(await look(half, head, { contains: 'hay' })).toMatchObject(found);
    expect(await look(whole, head, { not_contains: 'nail' })).toMatchObject(found);
  });

  test.each([
    ['gzip', gzipSync(page).subarray(0, -8)],
    ['gzip', Buffer.concat([gzipSync(page), Buffer.from('trailing garbage')])],
    ['deflate', deflateSync(page).subarray(0, -4)],
  ])(
    'in %s is whole when only its checksum is missing, or more stands behind it',
    async (encoding, bytes) => {
      expect(await look(bytes, { 'content-encoding': encoding }, { not_contains: 'nail' })).toMatchObject(
        found,
      );
    },
  );
});

describe('a header that is wrong', () => {
  test.each([
    ['text/html; charset=utf-8', meta('<meta charset=iso-8859-1>', latin1('läuft Störung'))],
    ['text/html; charset=utf-8', latin1('läuft Störung')],
    ['text/html; charset=utf-8', meta('<meta charset=utf-8>', latin1('läuft Störung'))],
  ])('%s over a Latin-1 body', async (type, bytes) => {
    const head = { 'content-type': type };
    expect(await look(bytes, head, { contains: 'läuft' })).toMatchObject(found);
    expect(await look(bytes, head, { not_contains: 'Störung' })).toMatchObject(unwanted);
  });

  test.each(['application/json; charset=iso-8859-1', 'application/problem+json;charset=windows-1252'])(
    '%s over JSON, which is UTF-8',
    async type => {
      const bytes = Buffer.from('{"s":"läuft"}');
      expect(await look(bytes, { 'content-type': type }, { json: { '$.s': 'läuft' } })).toMatchObject(found);
      expect(
        await look(latin1('{"s":"läuft"}'), { 'content-type': type }, { json: { '$.s': 'läuft' } }),
      ).toMatchObject(found);
    },
  );
});

describe('an encoding that is not supported', () => {
  const cp850 = Buffer.concat([ascii('all is '), Buffer.from([0x94, 0x81])]); // öü
  const unknown = (name: string) => ({
    outcome: 'unknown',
    latency: null,
    seen: `the answer's encoding "${name}" is not supported`,
  });

  test.each([
    ['ibm850', html('ibm850'), cp850],
    ['IBM850', html('"IBM850"'), cp850],
    ['cp437', HTML, meta('<meta charset=cp437>', cp850)],
    ['cp437', HTML, meta('<meta http-equiv=content-type content="text/html; charset=cp437">', cp850)],
    ['ebcdic-us', HTML, meta('<?xml version="1.0" encoding="ebcdic-us"?>', cp850).subarray(21)],
    ['no-such-charset', html('no-such-charset'), latin1('Störung, all is läuft')],
    ['utf-7', html('utf-7'), ascii('all is St+APY-rung')],
    ['iso-2022-kr', html('iso-2022-kr'), Buffer.from('all is \x1b$)C\x0eA$;s\x0f', 'latin1')],
  ])('%s: nothing is known of what is not found', async (name, head, bytes) => {
    for (const text of ['öü', 'wrong'])
      for (const more of [{ contains: text }, { not_contains: text }])
        expect(await look(bytes, head, more)).toMatchObject(unknown(name));
    expect(await look(bytes, head, { json: { $: 1 } })).toMatchObject(unknown(name));
    expect(await look(bytes, head, { contains: 'all', not_contains: 'wrong' })).toMatchObject(unknown(name));
    expect(await look(bytes, head, { contains: 'all is' })).toMatchObject(found);
    expect(await look(bytes, head, { not_contains: 'all is' })).toMatchObject(unwanted);
    expect(await look(bytes, head, {})).toMatchObject(found);
  });

  test.each([HTML, html('utf-32'), html('utf-8')])('UTF-32 is known by its mark (%j)', async head => {
    const wide = (text: string) =>
      Buffer.concat([...text].map(sign => Buffer.from(sign.padEnd(2, '\0'), 'utf16le')));
    const little = wide('\uFEFFall is well');
    for (const bytes of [little, Buffer.from(little).swap32()])
      for (const more of [{ contains: 'well' }, { not_contains: 'wrong' }])
        expect(await look(bytes, head, more)).toMatchObject(unknown('utf-32'));
  });

  test('a name that is no matter: the text is ASCII or UTF-8, or another name is known', async () => {
    const more = { contains: 'wrong' };
    for (const bytes of [ascii('all is well'), Buffer.from('läuft'), Buffer.from('\uFEFFläuft', 'utf16le')])
      expect(await look(bytes, html('ibm850'), more)).toMatchObject(missed);
    expect(await look(gbk, html('ibm850; charset=gbk'), more)).toMatchObject(missed);
    expect(await look(meta('<meta charset=gbk>', gbk), html('ibm850'), more)).toMatchObject(missed);
  });

  test('JSON in one that is not supported is judged where its values can be read', async () => {
    const bytes = Buffer.concat([ascii('{"ok":true,"s":"'), Buffer.from([0x94]), ascii('"}')]);
    const head = { 'content-type': 'application/json; charset=ibm850' };
    expect(await look(bytes, head, { json: { '$.ok': true } })).toMatchObject(found);
    expect(await look(bytes, head, { json: { '$.s': 'ö' } })).toMatchObject(unknown('ibm850'));
  });

  const packed = Buffer.from('28b52ffd04580d00006869f09f9889030001808283ff00010203040506', 'hex');
  test.each(['compress', 'dcz', 'snappy', 'gzip, lzma', ...(createZstdDecompress ? [] : ['zstd'])])(
    'content-encoding %s',
    async encoding => {
      const name = encoding.split(', ').at(-1)!;
      const head = { ...HTML, 'content-encoding': encoding };
      const bytes = encoding.startsWith('gzip') ? gzipSync(packed) : packed;
      for (const more of [{ contains: 'hay' }, { not_contains: 'hay' }, { json: { $: 1 } }])
        expect(await look(bytes, head, more)).toMatchObject(unknown(name));
      expect(await look(bytes, head, {})).toMatchObject(found);
      // Some servers name one and send plain text.
      const plain = encoding.startsWith('gzip') ? gzipSync('all is well') : ascii('all is well');
      expect(await look(plain, head, { contains: 'hay' })).toMatchObject(missed);
      expect(await look(plain, head, { not_contains: 'hay' })).toMatchObject(found);
    },
  );
});
