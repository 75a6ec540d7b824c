// The baseline: `node:http` alone, writing the same compressed bytes with the headers that they need.
// Arguments: the address whose bytes to serve, the port to serve them on, and `all` for all its headers too.
import { createServer } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';

const [from = '', port = '', headers = ''] = process.argv.slice(2);
const answer = await fetch(from, { headers: { 'accept-encoding': 'gzip' } });
const page = Buffer.from(await answer.arrayBuffer());
const bytes = gzipSync(page[0] === 0x1f ? gunzipSync(page) : page, { level: 7 });
/** Those every answer of Node's has. */
const NODES = ['date', 'connection', 'keep-alive', 'transfer-encoding'];
const theirs = headers === 'all' ? [...answer.headers].filter(([name]) => !NODES.includes(name)) : [];
const head = {
  ...Object.fromEntries(theirs),
  'content-type': 'text/html; charset=utf-8',
  'content-encoding': 'gzip',
  'content-length': bytes.length,
};
createServer((_req, res) => {
  res.writeHead(200, head);
  res.end(bytes);
}).listen(Number(port), '127.0.0.1');
