// `status check`: one look now, what was seen, and why it would be up or down.
import { createServer } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { openTerminal } from './terminal.ts';

async function served(): Promise<string> {
  const server = createServer((req, res) => {
    if (req.url === '/slow') return setTimeout(() => res.end('{"ok":true,"queue":{"depth":17}}'), 60);
    return res.writeHead(req.url === '/down' ? 503 : 200).end('{"ok":true,"queue":{"depth":17}}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const site = (base: string) => `title: Levqor Status
components:
  - { id: api, name: API, check: { type: http, url: "${base}/" } }
  - { id: slow, name: Slow, check: { type: http, url: "${base}/slow" }, detect: { latency: 20ms } }
  - { id: off, name: Off, check: { type: http, url: "${base}/down" }, detect: { failures: 2, severity: major } }
  - { id: json, name: Json, check: { type: http, url: "${base}/", json: { "$.ok": false } } }
  - { id: empty, name: Empty, check: { type: http, url: "" } }
metrics:
  - { id: queue, name: Queue, from: { component: api, json: "$.queue.depth" } }
  - { id: lost, name: Lost, from: { component: api, json: "$.nothing" } }
`;

test('says what was seen, what follows from it, and what metrics would read', async () => {
  const terminal = await openTerminal(site(await served()));
  const up = await terminal.run(check, 'api');
  expect([up.code, up.err]).toEqual([0, '']);
  expect(up.out).toMatch(/^api {2}up {8}HTTP 200 \(\d+ ms\)\n {4}connect \d+ ms, first byte \d+ ms\n/);
  expect(up.out).toContain(
    '\n    metric queue: 17\n    metric lost: $.nothing was not found in the answer\n',
  );
  const slow = await terminal.run(check, 'slow');
  expect(slow.out).toContain(
    'slower than 20 ms: if this lasts 5 minutes, it opens "High Slow Latency" (major)',
  );
  const off = await terminal.run(check, 'off');
  expect(off.code).toBe(1);
  expect(off.out).toMatch(
    /^off {2}down {6}HTTP 503\n {4}2 such checks in a row open "Off Down" \(major\)\n$/,
  );
  // By its name.
  expect((await terminal.run(check, 'OFF')).out).toBe(off.out);
  const json = await terminal.run(check, 'json');
  expect(json.out).toContain('$.ok is true');
  const empty = await terminal.run(check, 'empty');
  expect([empty.code, empty.out]).toEqual([
    0,
    'empty  unknown   not configured\n    this counts neither as up nor as down\n',
  ]);
  await expect(terminal.run(check, 'apu')).rejects.toThrow('did you mean api?');
});

test('of a hundred that never answer each is told as timed out; a bounded number is asked at once', async () => {
  let [open, most] = [0, 0];
  const silent = createNetServer(socket => {
    most = Math.max(most, ++open);
    socket
      .resume()
      .on('error', () => {})
      .on('close', () => open--);
  });
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const rows = Array.from(
    { length: 100 },
    (_, i) =>
      `  - { id: c${i}, name: C${i}, check: { type: http, url: "http://127.0.0.1:${port}/", timeout: 300ms } }`,
  );
  const terminal = await openTerminal(`title: Levqor Status\ncomponents:\n${rows.join('\n')}\n`);
  const { code, out } = await terminal.run(check);
  expect(code).toBe(1);
  expect(out.match(/^c\d+ +down /gm)).toHaveLength(100);
  // An end may be seen here after the next beginning: two rounds at most, never all of them.
  expect(most).toBeLessThanOrEqual(40);
});
