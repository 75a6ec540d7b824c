// The options of SMTP_URL that the documents name, against a real server; and certificates of one's own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openSmtp } from '../../../src/outside/mail/smtp.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

/** A server, and what it knows of the last client. */
async function serve(options: SMTPServerOptions) {
  const seen: { session?: SMTPServerSession; servername?: string | undefined } = {};
  const server = new SMTPServer({
    authOptional: true,
    ...certificates.good,
    ...options,
    SNICallback: (servername: string, done: (error: null) => void) => {
      seen.servername = servername;
      done(null);
    },
    onMailFrom(_address, session, done) {
      seen.session = session;
      done();
    },
  } as SMTPServerOptions);
  server.on('error', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>(resolve => server.close(resolve)));
  return Object.assign(seen, { port: (server.server.address() as AddressInfo).port });
}

/** Null, or why the server at this address cannot be used. */
async function verified(url: string): Promise<string | null> {
  const smtp = openSmtp(url, () => 'status@example.com');
  onTestFinished(() => smtp.close());
  return smtp.verify();
}

const WITHOUT_TLS = { disabledCommands: ['STARTTLS', 'AUTH'] };

test('smtp:// uses TLS where the server offers it, and ignoreTLS does not', async () => {
  const { port } = await serve({ disabledCommands: ['AUTH'] });
  expect(await verified(`smtp://localhost:${port}`)).toMatch(/no valid certificate/);
  expect(await verified(`smtp://localhost:${port}?ignoreTLS=true`)).toBeNull();
});

test('requireTLS refuses a server without TLS', async () => {
  const { port } = await serve(WITHOUT_TLS);
  expect(await verified(`smtp://localhost:${port}`)).toBeNull();
  expect(await verified(`smtp://localhost:${port}?requireTLS=true`)).toMatch(/STARTTLS|TLS/);
});

test('tls.rejectUnauthorized=false takes any certificate, tls.servername asks for another name', async () => {
  const seen = await serve({ secure: true });
  expect(await verified(`smtps://localhost:${seen.port}`)).toMatch(/no valid certificate/);
  const any = 'tls.rejectUnauthorized=false';
  expect(await verified(`smtps://localhost:${seen.port}?${any}&tls.servername=mx.example.com`)).toBeNull();
  expect(seen.servername).toBe('mx.example.com');
});

test('tls.minVersion refuses older TLS', async () => {
  const { port } = await serve({ secure: true, maxVersion: 'TLSv1.2' } as SMTPServerOptions);
  const url = `smtps://localhost:${port}?tls.rejectUnauthorized=false`;
  expect(await verified(url)).toBeNull();
  expect(await verified(`${url}&tls.minVersion=TLSv1.3`)).toMatch(/protocol version/);
});

test('name greets with it, localAddress calls from it', async () => {
  const seen = await serve(WITHOUT_TLS);
  const url = `smtp://127.0.0.1:${seen.port}?name=status.example.com&localAddress=127.0.0.9`;
  const smtp = openSmtp(url, () => 'status@example.com');
  onTestFinished(() => smtp.close());
  const form = { subject: 'Hi', text: 'Hi', html: '<p>Hi' };
  await smtp.send({
    form,
    to: 'a@example.com',
    blanks: {},
    headers: {},
    messageId: '<a@b>',
    references: null,
    sentAt: 0,
  });
  expect(seen.session?.hostNameAppearsAs).toBe('status.example.com');
  expect(seen.session?.remoteAddress).toBe('127.0.0.9');
});

test('NODE_EXTRA_CA_CERTS is trusted by the program, beside the usual authorities', async () => {
  const { port } = await serve({ secure: true, disabledCommands: ['AUTH'] });
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-ca-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const ca = path.join(dir, 'ca.pem');
  await writeFile(ca, certificates.ca);
  const send = (more: Record<string, string>) => {
    const env = { ...process.env, DATA_DIR: dir, SMTP_URL: `smtps://localhost:${port}`, ...more };
    return promisify(execFile)(process.execPath, ['dist/cli.js', 'mail', 'test', 'a@example.com'], {
      env,
    }).catch(error => error);
  };
  expect((await send({})).stderr).toContain('no valid certificate');
  expect((await send({ NODE_EXTRA_CA_CERTS: ca })).stdout).toContain('a@example.com');
});
