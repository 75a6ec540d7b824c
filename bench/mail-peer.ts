// The other side of the mail benchmark, in a process of its own: an SMTP server that counts, and a
// visitor who asks for the page again and again.
import { SMTPServer } from 'smtp-server';

let emails = 0;
let last = 0;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, callback) {
    stream.resume();
    stream.on('end', () => {
      emails++;
      last = performance.timeOrigin + performance.now();
      callback();
    });
  },
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.server.address() as { port: number };
  process.send?.({ port });
});

let visiting: { url: string; times: number[] } | null = null;
const visit = async () => {
  while (visiting) {
    const { url, times } = visiting;
    const start = performance.now();
    await (await fetch(url)).text();
    times.push(performance.now() - start);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
};

process.on('message', (order: { visit?: string; rest?: true; count?: true; end?: true }) => {
  if (order.visit) {
    visiting = { url: order.visit, times: [] };
    void visit();
  } else if (order.rest) {
    const times = visiting?.times.sort((a, b) => a - b) ?? [];
    visiting = null;
    process.send?.({ times });
  } else if (order.count) {
    process.send?.({ emails, last });
  } else {
    process.exit(0);
  }
});
