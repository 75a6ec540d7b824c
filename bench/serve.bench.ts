// The live page under load, against bare node:http with the same compressed bytes and against Express
// with EJS on every request: interleaved, median of five, ratios.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';

const CONNECTIONS = 64;
const SECONDS = 3;
const ROUNDS = 5;

interface Server {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly rates: number[];
  readonly p99: number[];
}

/** Prints requests a second and their ratio to the bare server's. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-bench-'));
  // A copy: checks that fail here must not file incidents into the checkout.
  const status = path.join(dir, 'status');
  cpSync('status', status, { recursive: true });
  const servers: Server[] = [];
  try {
    const ours = await start(
      'ours',
      ['dist/main.js'],
      { DATA_DIR: dir, STATUS_DIR: status, PORT: '3917', LOG_LEVEL: 'silent' },
      3917,
    );
    servers.push(ours);
    await ready(`${ours.url}/status/live`);
    const page = await fetch(`${ours.url}/status/live`, { headers: { 'accept-encoding': 'gzip' } });
    const bytes = (await page.arrayBuffer()).byteLength;
    const bare = `const z=require('zlib');fetch('${ours.url}/status/live').then(r=>r.text()).then(t=>{const b=z.gzipSync(t);require('http').createServer((q,s)=>{s.writeHead(200,{'content-type':'text/html; charset=utf-8','content-encoding':'gzip','content-length':b.length,etag:'"x"','cache-control':'public, max-age=10'});s.end(b)}).listen(3918)})`;
    servers.push(await start('bare node:http', ['-e', bare], {}, 3918));
    const ejs = `const z=require('zlib'),e=require('express'),j=require('ejs');const t=j.compile('<ul><% for(let i=0;i<600;i++){ %><li><%= i %></li><% } %></ul>');const a=e();a.get('/status/live',(q,s)=>s.send(t({})));a.listen(3919)`;
    servers.push(await start('Express + EJS each time', ['-e', ejs], {}, 3919));
    for (const server of servers) await ready(`${server.url}/status/live`);
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of servers) {
        const { requests, latency } = await autocannon({
          url: `${server.url}/status/live`,
          connections: CONNECTIONS,
          duration: SECONDS,
          headers: { 'accept-encoding': 'gzip' },
        });
        server.rates.push(requests.average);
        server.p99.push(latency.p99);
      }
    }
    const base = median(servers[1]!.rates);
    process.stdout.write(`page: ${bytes} bytes decoded, ${CONNECTIONS} connections, median of ${ROUNDS}\n\n`);
    process.stdout.write('| server | requests/s | ratio to bare | p99 ms |\n|---|---|---|---|\n');
    for (const { name, rates, p99 } of servers) {
      const rate = median(rates);
      process.stdout.write(
        `| ${name} | ${Math.round(rate)} | ${(rate / base).toFixed(2)} | ${median(p99)} |\n`,
      );
    }
  } finally {
    for (const { child } of servers) child.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function start(
  name: string,
  args: string[],
  env: Record<string, string>,
  port: number,
): Promise<Server> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  return { name, url: `http://127.0.0.1:${port}`, child, rates: [], p99: [] };
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
