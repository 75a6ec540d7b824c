// The baseline: `node:http` alone, writing the same compressed bytes with the headers that they need.
// Arguments: the address whose bytes to serve, and the port to serve them on.
import { createServer } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';

const [from = '', port = ''] = process.argv.slice(2);
const answer = await fetch(from, { headers: { 'accept-encoding': 'gzip' } });
const page = Buffer.from(await answer.arrayBuffer());
const bytes = gzipSync(page[0] === 0x1f ? gunzipSync(page) : page, { level: 7 });
const head = {
  'content-type': 'text/html; charset=utf-8',
  'content-encoding': 'gzip',
  'content-length': bytes.length,
};
createServer((_req, res) => {
  res.writeHead(200, head);
  res.end(bytes);
}).listen(Number(port), '127.0.0.1');
