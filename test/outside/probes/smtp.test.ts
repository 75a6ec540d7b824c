// The smtp probe against a real SMTP server, and against things that are none.
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { deserted, expectPublishable, listen, probe, tcp } from '../loopback.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const login: SMTPServerOptions['onAuth'] = (auth, _, done) =>
  auth.username === 'resend' && auth.password === 'correct-horse'
    ? done(null, { user: 'resend' })
    : done(new Error('no'));

function server(options: SMTPServerOptions): Promise<number> {
  const smtp = new SMTPServer({ authOptional: true, logger: false, onAuth: login, ...options });
  smtp.on('error', () => {});
  return listen(smtp.server);
}

const check = (port: number, more = {}) => ({ type: 'smtp', host: 'localhost', port, ...more });
const network = () => ({ ca: certificates.ca });

describe('smtp', () => {
  test('greeting and EHLO are enough', async () => {
    const result = await probe(check(await server({ disabledCommands: ['STARTTLS'] })));
    expect(result).toMatchObject({ outcome: 'up', seen: 'greeted' });
    expect(result.latency).toBeTypeOf('number');
  });

  test('STARTTLS with a trusted certificate', async () => {
    const port = await server({ ...certificates.good });
    expect(await probe(check(port, { starttls: true }), network())).toMatchObject({ outcome: 'up' });
  });

  test('STARTTLS asked for and not offered', async () => {
    const port = await server({ disabledCommands: ['STARTTLS'] });
    const result = await probe(check(port, { starttls: true }));
    expect(result).toMatchObject({ outcome: 'down', seen: 'does not offer STARTTLS' });
  });

  test.each([
    ['expired', 'certificate expired 3 days ago'],
    ['wrongHost', 'certificate is for another host'],
    ['selfSigned', 'certificate is self-signed'],
  ] as const)('STARTTLS with a certificate that is %s', async (name, seen) => {
    const port = await server({ ...certificates[name] });
    expect(await probe(check(port, { starttls: true }), network())).toMatchObject({ outcome: 'down', seen });
  });

  test('TLS from the first byte', async () => {
    const port = await server({ ...certificates.good, secure: true });
    expect(await probe(check(port, { secure: true }), network())).toMatchObject({
      outcome: 'up',
      seen: 'greeted',
    });
  });

  test('TLS from the first byte, expired', async () => {
    const port = await server({ ...certificates.expired, secure: true });
    const result = await probe(check(port, { secure: true }), network());
    expect(result).toMatchObject({ outcome: 'down', seen: 'certificate expired 3 days ago' });
  });

  test('a login, after STARTTLS without being told to', async () => {
    const port = await server({ ...certificates.good });
    const result = await probe(check(port, { user: 'resend', pass: 'correct-horse' }), network());
    expect(result).toMatchObject({ outcome: 'up', seen: 'accepted the login' });
  });

  test('a wrong password, which is told to nobody', async () => {
    const port = await server({ ...certificates.good });
    const result = await probe(check(port, { user: 'resend', pass: 'wrong-horse' }), network());
    expect(result).toMatchObject({ outcome: 'down', seen: 'refused the login' });
    expect(JSON.stringify(result)).not.toContain('wrong-horse');
  });

  test('a password is never sent in the clear unasked', async () => {
    let heard = '';
    const port = await tcp(socket => {
      socket.write('220 hello\r\n');
      socket.on('data', data => {
        heard += data;
        socket.write(
          String(data).startsWith('EHLO') ? '250-hello\r\n250 AUTH PLAIN LOGIN\r\n' : '502 no\r\n',
        );
      });
    });
    const result = await probe(check(port, { user: 'resend', pass: 'correct-horse' }));
    expect(result.outcome).toBe('down');
    expect(heard).toMatch(/^EHLO/);
    expect(heard).not.toMatch(/AUTH/);
  });

  test.each([
    ['not ready', '421 try later\r\n', 'answered 421'],
    ['not for you', '554 go away\r\n', 'answered 554'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'did not speak SMTP'],
  ])('%s', async (_, greeting, seen) => {
    const port = await tcp(socket => socket.write(greeting));
    const result = await probe(check(port));
    expect(result).toMatchObject({ outcome: 'down', seen });
    expectPublishable(result.seen);
  });

  test('refused, reset, silent', async () => {
    expect(await probe(check(await deserted()))).toMatchObject({
      outcome: 'down',
      seen: 'refused the connection',
    });
    const reset = await tcp(socket => socket.resetAndDestroy());
    expect(await probe(check(reset))).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
    const silent = check(await tcp(), { timeout: '200ms' });
    expect(await probe(silent)).toMatchObject({ outcome: 'down', seen: 'timed out after 200 ms' });
  });

  test('a login where only LOGIN is offered', async () => {
    const port = await server({ ...certificates.good, authMethods: ['LOGIN'] });
    const result = await probe(check(port, { user: 'resend', pass: 'correct-horse' }), network());
    expect(result).toMatchObject({ outcome: 'up', seen: 'accepted the login' });
  });

  test('a reply before STARTTLS cannot stand in for one after it', async () => {
    // The injected EHLO reply comes in the clear, right behind the 220: it must not be believed.
    const port = await tcp(socket => {
      socket.write('220 hello\r\n');
      socket.once('data', () => {
        socket.write('250-hello\r\n250 STARTTLS\r\n');
        socket.once('data', () => socket.write('220 go\r\n250-hello\r\n250 AUTH PLAIN\r\n235 in\r\n'));
      });
    });
    const more = { user: 'resend', pass: 'correct-horse', timeout: '500ms' };
    const result = await probe(check(port, more));
    expect(result.outcome).toBe('down');
  });

  test('a greeting without end', async () => {
    const port = await tcp(socket => {
      const drip = setInterval(() => socket.write('220-more\r\n'), 10);
      socket.once('close', () => clearInterval(drip));
    });
    const result = await probe(check(port, { timeout: '300ms' }));
    expect(result).toMatchObject({ outcome: 'down', seen: 'timed out after 300 ms' });
  });
});
