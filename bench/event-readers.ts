// Thousands of readers of event streams in a process of their own, from several loopback addresses: one has
// too few ports to itself.
import { connect, type Socket } from 'node:net';

const sockets: Socket[] = [];
let left = 0;
let first = 0;

/** Opens streams, a hundred at a time; resolves when each was told of the present version. */
async function open(count: number, port: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => stream(port, opened + i)));
  }
}

function stream(port: number, i: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const localAddress = `127.0.0.${2 + (i % 4)}`;
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => {
      socket.write('GET /status/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
    });
    sockets.push(socket);
    socket.setEncoding('latin1');
    socket.once('error', reject);
    socket.on('data', text => {
      if (!String(text).includes('event: snapshot')) return;
      resolve();
      if (left === 0) return;
      first ||= performance.now();
      if (--left === 0) process.send?.({ first, last: performance.now() });
    });
  });
}

process.on('message', async (order: { open?: number; port?: number; count?: number }) => {
  if (order.open && order.port) {
    await open(order.open, order.port);
    process.send?.({ opened: sockets.length });
  } else if (order.count) {
    left = order.count;
    first = 0;
  }
});
