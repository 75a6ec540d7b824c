// Two processes on one PostgreSQL: one leads, the other stands by and takes over; a leader that slept writes nothing.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { postgresPlace } from '../../../src/core/model/ports/database-url.ts';
import { connected, freshPlace, hasPostgres } from '../../postgres.ts';
import { wayTo } from '../../store/db/tcp-proxies.ts';
import { openTown } from './processes.ts';

// A machine that does other things takes its time to start a process.
vi.setConfig({ testTimeout: 120_000 });

describe.runIf(hasPostgres)('two processes', () => {
  test('the second stands by and says so; it leads within 2 s of a clean stop and 10 s of a kill', async () => {
    const town = await openTown(await freshPlace());
    const first = await town.start();
    await first.until('leader');
    expect((await first.readyz()).epoch).toBe(1);
    const second = await town.start();
    await second.until('standby');
    expect(second.out()).toContain('another process leads on this database: this one stands by');
    expect((await second.get('/healthz')).status).toBe(200);
    expect((await second.get('/readyz')).status).toBe(503);
    const page = await second.get('/status/live');
    expect([page.status, page.text.includes('refresh')]).toEqual([503, true]);

    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    // Mostly one; a busy machine gets twice what is promised.
    expect(await second.until('leader')).toBeLessThan(4000);
    expect((await second.readyz()).epoch).toBe(2);
    expect((await second.get('/status/live')).status).toBe(200);

    const third = await town.start();
    await third.until('standby');
    second.child.kill('SIGKILL');
    expect(await third.until('leader')).toBeLessThan(10_000);
    expect((await third.readyz()).epoch).toBe(3);
  });

  test('a leader that is stopped is deposed; woken, it ends and has written nothing', async () => {
    const place = await freshPlace();
    const town = await openTown(place);
    const first = await town.start();
    await first.until('leader');
    const second = await town.start();
    await second.until('standby');
    first.child.kill('SIGSTOP');
    onTestFinished(() => void first.child.kill('SIGCONT'));
    expect(await second.until('leader')).toBeLessThan(15_000);
    const client = await connected();
    onTestFinished(() => client.end());
    const written = () => client.query(`SELECT * FROM ${place.schema}.status_live_leader`);
    const { leader, epoch } = (await written()).rows[0];
    first.child.kill('SIGCONT');
    expect(await first.exit).toBe(1);
    expect(first.out()).toContain(
      'this process stops: another process leads since (epoch 2, this one had 1); its supervisor must start it again, as a standby',
    );
    expect((await written()).rows[0]).toMatchObject({ leader, epoch });
    expect((await second.readyz()).ok).toBe(true);
  });
});

describe.runIf(hasPostgres)('the database away', () => {
  test.each(['cut', 'swallow'] as const)(
    '%s: the page stays, forms get 503, and it is all right again afterwards',
    async how => {
      const place = await freshPlace();
      const way = await wayTo(place.url);
      const town = await openTown(postgresPlace(way.url, place.schema));
      const program = await town.start();
      await program.until('leader');
      way[how]();
      await expect
        .poll(async () => JSON.stringify((await program.readyz()).problems), { timeout: 20_000 })
        .toContain('does not answer, since');
      const began = performance.now();
      expect((await program.get('/status/live')).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(1000);
      const form = await fetch(`${program.url}/status/subscribe`, {
        method: 'POST',
        body: new URLSearchParams({ email: 'a@example.com' }),
        headers: { accept: 'text/html' },
      });
      expect([form.status, form.headers.get('retry-after')]).toEqual([503, '30']);
      way.mend();
      await expect.poll(async () => (await program.readyz()).problems, { timeout: 30_000 }).toEqual([]);
      expect(await program.readyz()).toMatchObject({ role: 'leader', epoch: 1 });
      expect((program.out().match(/does not answer, since/g) ?? []).length).toBe(1);
      expect(program.out()).toContain('the database can be written again; nothing was lost');
    },
  );
});

const incident = () => `---
title: Slow answers
status: investigating
severity: minor
started: ${new Date().toISOString()}
components: [api]
---
We look.
`;

describe.runIf(hasPostgres)('killed', () => {
  test('in the middle of sending: the standby sends the rest, and at most one email a connection twice', async () => {
    const got: string[] = [];
    let onMail = () => {};
    const sink = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, callback) {
        simpleParser(stream).then(mail => {
          got.push(JSON.stringify(mail.to));
          onMail();
          // Slow enough for a kill in the middle.
          setTimeout(callback, 10);
        }, callback);
      },
    });
    sink.on('error', () => {});
    await new Promise<void>(resolve => sink.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>(resolve => sink.close(() => resolve())));
    const { port } = sink.server.address() as { port: number };
    const town = await openTown(await freshPlace(), {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: 'status@example.com',
    });
    const first = await town.start();
    await first.until('leader');
    const second = await town.start();
    await second.until('standby');
    const readers = Array.from({ length: 200 }, (_, i) => `reader${i}@example.com`);
    const list = path.join(town.dir, 'readers.csv');
    await writeFile(list, `email\n${readers.join('\n')}\n`);
    expect(await town.command('subscribers', 'import', '--confirmed', list)).toContain('200 subscribed');
    const killed = new Promise<void>(resolve => {
      onMail = () => {
        if (got.length < 60) return;
        onMail = () => {};
        first.child.kill('SIGKILL');
        resolve();
      };
    });
    await writeFile(path.join(town.dir, 'status', 'incidents', '20260310_slow.md'), incident());
    await killed;
    await second.until('leader');
    await expect.poll(() => new Set(got).size, { timeout: 60_000 }).toBe(200);
    await expect.poll(async () => (await second.readyz()).outbox?.pending).toBe(0);
    // Five connections.
    expect(got.length - 200).toBeLessThanOrEqual(5);
  });
});
