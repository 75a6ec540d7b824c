// The tcp and the dns probe.
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { makeProbes } from '../../../src/outside/probes.ts';
import { deserted, listen, probe, tcp } from '../loopback.ts';

describe('tcp', () => {
  test('accepted', async () => {
    const port = await tcp();
    const result = await probe({ type: 'tcp', host: '127.0.0.1', port });
    expect(result).toMatchObject({ outcome: 'up', seen: 'accepted the connection' });
    expect(result.latency).toBeTypeOf('number');
  });

  test('refused', async () => {
    const result = await probe({ type: 'tcp', host: '127.0.0.1', port: await deserted() });
    expect(result).toMatchObject({ outcome: 'down', latency: null, seen: 'refused the connection' });
  });

  test('a name is looked up', async () => {
    const port = await tcp();
    const asked: string[] = [];
    const network = {
      lookup: ((name, _options, done) => {
        asked.push(name);
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      }) as NonNullable<Parameters<typeof probe>[1]>['lookup'],
    };
    const result = await probe(
      { type: 'tcp', host: 'db.example', port },
      network as Parameters<typeof probe>[1],
    );
    expect(result).toMatchObject({ outcome: 'up' });
    expect(asked).toEqual(['db.example']);
  });
});

describe('a host in brackets', () => {
  test.each(['tcp', 'tls', 'smtp'])('%s', async type => {
    const asked: string[] = [];
    const server = createServer(socket => {
      asked.push(socket.localAddress!);
      socket
        .resume()
        .on('error', () => {})
        .end('220 hello\r\n');
    });
    const port = await listen(server, '::1');
    const result = await probe({ type, host: ' [::1] ', port, timeout: '2s' });
    expect(result.seen).not.toMatch(/host name/);
    if (type === 'tcp') expect(result).toMatchObject({ outcome: 'up' });
    expect(asked).toEqual(['::1']);
  });

  test.each(['postgres', 'mysql', 'redis'])('%s', async kind => {
    const asked: string[] = [];
    const server = createServer(socket => {
      asked.push(socket.localAddress!);
      socket.on('error', () => {}).destroy();
    });
    const port = await listen(server, '::1');
    const result = await probe({ type: 'database', url: `${kind}://u:p@[::1]:${port}/0`, timeout: '10s' });
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
    expect(asked).toEqual(['::1']);
  });

  test.each([
    ['[::1]:443', '::1', '443'],
    ['[2001:db8::1]:5432', '2001:db8::1', '5432'],
    ['db.example:5432', 'db.example', '5432'],
    ['https://db.example/path', 'db.example', undefined],
    ['tcp://db.example:5432', 'db.example', '5432'],
    ['db.example/', 'db.example', undefined],
  ])('%s is a mistake, and named', (host, alone, port) => {
    const more = port === undefined ? '' : `, and the port as \`port: ${port}\``;
    for (const type of ['tcp', 'tls', 'smtp']) {
      const parsed = checkSchema.safeParse({ type, host, port: 1 });
      expect(parsed.error?.issues).toEqual([
        expect.objectContaining({
          path: ['host'],
          message: `"${host}" is more than a host name`,
          params: { fix: `write ${alone}${more}` },
        }),
      ]);
    }
  });

  test.each([
    '',
    'db.example',
    '::1',
    'fe80::1%eth0',
    '2001:db8::1',
    '192.0.2.1',
    'db_1.internal',
    'db.example.',
  ])('%j is a host', host => {
    expect(checkSchema.parse({ type: 'tcp', host, port: 1 })).toMatchObject({ host });
  });
});

describe('dns', () => {
  let server: Socket | undefined;
  afterEach(() => {
    server?.close();
    server = undefined;
  });

  /** A name server that knows what `answer` tells it: records, a response code, or null for silence. */
  async function nameServer(
    answer: (name: string, type: number) => Buffer[] | number | null,
  ): Promise<string> {
    const socket = createSocket('udp4');
    server = socket;
    socket.on('message', (question, from) => {
      const { name, type, end } = readQuestion(question);
      const found = answer(name, type);
      if (found === null) return;
      const records = Array.isArray(found) ? found : [];
      const code = Array.isArray(found) ? 0 : found;
      const head = Buffer.from([
        ...question.subarray(0, 2),
        0x81,
        0x80 | code,
        0,
        1,
        0,
        records.length,
        0,
        0,
        0,
        0,
      ]);
      const answers = records.map(data => {
        const meta = Buffer.alloc(12);
        meta.writeUInt16BE(0xc00c, 0);
        meta.writeUInt16BE(type, 2);
        meta.writeUInt16BE(1, 4);
        meta.writeUInt32BE(60, 6);
        meta.writeUInt16BE(data.length, 10);
        return Buffer.concat([meta, data]);
      });
      socket.send(Buffer.concat([head, question.subarray(12, end), ...answers]), from.port, from.address);
    });
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(socket.address() as AddressInfo).port}`;
  }

  test('what a name server nearby knows may be from its memory: it says nothing about our own network', async () => {
    const server = await nameServer(() => [Buffer.from([192, 0, 2, 7])]);
    const check = checkSchema.parse({ type: 'dns', name: 'a.example', record: 'A', server });
    const seen = await makeProbes()(check, new AbortController().signal);
    expect(seen).toMatchObject({ outcome: 'up', inside: true });
  });

  function readQuestion(bytes: Buffer): { name: string; type: number; end: number } {
    const labels: string[] = [];
    let at = 12;
    while (bytes[at]! > 0) {
      labels.push(bytes.toString('latin1', at + 1, at + 1 + bytes[at]!));
      at += bytes[at]! + 1;
    }
    return { name: labels.join('.').toLowerCase(), type: bytes.readUInt16BE(at + 1), end: at + 5 };
  }

  const hostName = (name: string) =>
    Buffer.concat([...name.split('.').map(label => text(label)), Buffer.from([0])]);
  const text = (words: string) => Buffer.concat([Buffer.from([words.length]), Buffer.from(words)]);
  const ZONE: Record<number, Buffer[]> = {
    1: [Buffer.from([192, 0, 2, 1]), Buffer.from([192, 0, 2, 2])],
    2: [hostName('ns1.Example.com')],
    5: [hostName('target.example.com')],
    15: [Buffer.concat([Buffer.from([0, 10]), hostName('mail.example.com')])],
    16: [Buffer.concat([text('v=spf1 '), text('-all')])],
    28: [Buffer.from('20010db8000000000000000000000001', 'hex')],
  };
  const zone = (name: string, type: number) => (name === 'example.com' ? ZONE[type]! : 3);

  test.each([
    ['A', undefined, 'found 2 A records'],
    ['A', ['192.0.2.2'], 'found 2 A records'],
    ['AAAA', ['2001:db8::1'], 'found 1 AAAA record'],
    ['NS', ['NS1.example.com.'], 'found 1 NS record'],
    ['CNAME', ['target.example.com'], 'found 1 CNAME record'],
    ['MX', ['mail.example.com'], 'found 1 MX record'],
    ['TXT', ['v=spf1 -all'], 'found 1 TXT record'],
  ])('%s, expecting %j', async (record, wanted, seen) => {
    const check = { type: 'dns', name: 'example.com', record, server: await nameServer(zone) };
    const result = await probe(wanted ? { ...check, expect: wanted } : check);
    expect(result).toMatchObject({ outcome: 'up', seen });
    expect(result.latency).toBeTypeOf('number');
  });

  const mapped = Buffer.from('00000000000000000000ffffc0000201', 'hex');
  const SPELLED: Record<string, Buffer[]> = {
    A: ZONE[1]!,
    AAAA: [...ZONE[28]!, mapped],
    CNAME: [hostName('Target.Example.com')],
    NS: [hostName('xn--mnchen-3ya.example')],
    MX: [Buffer.concat([Buffer.from([0, 10]), hostName('Mail.example.com')])],
    TXT: [Buffer.concat([text('v=spf1 '), text('-ALL')]), text('say "hi"')],
  };
  test.each([
    ['A', ' 192.0.2.1 ', true],
    ['A', '192.0.2.10', false],
    ['AAAA', '2001:DB8::1', true],
    ['AAAA', '2001:db8:0:0:0:0:0:1', true],
    ['AAAA', '2001:0db8:0000::0001', true],
    ['AAAA', '[2001:db8::1]', true],
    ['AAAA', '::ffff:192.0.2.1', true],
    ['AAAA', '::ffff:c000:201', true],
    ['AAAA', '2001:db8::2', false],
    ['AAAA', '2001:db8::', false],
    ['CNAME', 'target.example.com.', true],
    ['CNAME', ' TARGET.example.COM', true],
    ['CNAME', 'example.com', false],
    ['NS', 'München.example', true],
    ['NS', 'xn--mnchen-3ya.example.', true],
    ['MX', 'mail.example.com', true],
    ['MX', '10 mail.example.com.', true],
    ['MX', '10\tMAIL.example.com', true],
    ['MX', '20 mail.example.com', false],
    ['TXT', 'v=spf1 -ALL', true],
    ['TXT', '"v=spf1 " "-ALL"', true],
    ['TXT', '"v=spf1 -ALL"', true],
    ['TXT', 'v=spf1 -all', false],
    ['TXT', 'say "hi"', true],
    ['TXT', '"say \\"hi\\""', true],
    ['TXT', '"hi"', false],
  ])('%s spelled %j: %j', async (record, wanted, isThere) => {
    const server = await nameServer(() => SPELLED[record]!);
    const result = await probe({ type: 'dns', name: 'example.com', record, server, expect: [wanted] });
    expect(result.outcome).toBe(isThere ? 'up' : 'down');
    if (!isThere) expect(result.seen).toBe('expected record not found');
  });

  test.each(['0 .', '.', ' 0\t. '])('no mail at all (RFC 7505), written %j', async wanted => {
    const server = await nameServer(() => [Buffer.from([0, 0, 0])]);
    const check = { type: 'dns', name: 'example.com', record: 'MX', server, expect: [wanted] };
    expect(await probe(check)).toMatchObject({ outcome: 'up', seen: 'found 1 MX record' });
  });

  test('a name is asked for as it goes over the wire', async () => {
    const asked: string[] = [];
    const server = await nameServer(name => {
      asked.push(name);
      return ZONE[1]!;
    });
    await probe({ type: 'dns', name: 'München.example', server });
    await probe({ type: 'dns', name: '_dmarc.example.com', server });
    expect(asked).toEqual(['xn--mnchen-3ya.example', '_dmarc.example.com']);
  });

  test('an expected value that is not among the answers', async () => {
    const check = { type: 'dns', name: 'example.com', expect: ['192.0.2.1', '192.0.2.9'] };
    const result = await probe({ ...check, server: await nameServer(zone) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'expected record not found' });
    expect(result.detail).toContain('missing 192.0.2.9');
  });

  test.each([
    ['NXDOMAIN', 3, 'name not found'],
    ['SERVFAIL', 2, 'name server failed'],
    ['REFUSED', 5, 'name server refused to answer'],
    ['no such record', [], 'no such record'],
    ['silence', null, /name server did not answer|timed out after 800 ms/],
  ])('%s', async (_, answer, seen) => {
    const check = { type: 'dns', name: 'gone.example', timeout: '800ms' };
    const result = await probe({ ...check, server: await nameServer(() => answer as number) });
    expect(result.outcome).toBe('down');
    expect(result.seen).toMatch(seen);
  });
});
