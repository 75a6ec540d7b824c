// An SMTP server that misbehaves on purpose: spoken line by line, so that any stage can go wrong.
import { createServer, type Server, type Socket } from 'node:net';

export const STAGES = ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'email'] as const;
export type Stage = (typeof STAGES)[number];

/** What it does at a stage: answers so, says nothing, or ends the connection (`reset`: rudely). */
export type Fault = string | 'silence' | 'drop' | 'reset';

export interface Arrived {
  readonly to: string;
  readonly messageId: string;
  readonly connection: number;
  /** All of it, as it came over the line. */
  readonly raw: string;
}

export interface SmtpPeer {
  readonly port: number;
  /** Emails it accepted, in order; also those whose acceptance it never told. */
  readonly arrived: Arrived[];
  /** The fault at a stage, asked each time; null for none. */
  fault: ((stage: Stage, to: string) => Fault | null) | null;
  /** Waited for once, before the next email is accepted. */
  hold: (() => Promise<unknown>) | null;
  /** How often each stage was reached. */
  readonly reached: Record<Stage, number>;
  connections(): number;
}

/** Opens it on a port of its own (or the given one). */
export async function startSmtpPeer(port = 0): Promise<SmtpPeer & { close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const reached = Object.fromEntries(STAGES.map(stage => [stage, 0])) as Record<Stage, number>;
  let count = 0;
  const server: Server = createServer({ noDelay: true }, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(socket, peer, ++count);
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const peer: SmtpPeer = {
    port: (server.address() as { port: number }).port,
    arrived: [],
    fault: null,
    hold: null,
    reached,
    connections: () => count,
  };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  };
  return Object.assign(peer, { close });
}

function converse(socket: Socket, peer: SmtpPeer, connection: number): void {
  let to = '';
  let open = false;
  let email: string | null = null;
  let rest = '';
  let dead = false;

  /** Answers, unless the stage goes wrong. */
  const answer = (stage: Stage, fine: string, fault = peer.fault?.(stage, to) ?? null): boolean => {
    peer.reached[stage]++;
    const { hold } = peer;
    if (stage === 'email' && hold) {
      peer.hold = null;
      void hold().then(() => socket.write(`${fine}\r\n`));
    } else if (fault === null) socket.write(`${fine}\r\n`);
    else if (fault === 'silence') dead = true;
    else if (fault === 'drop') socket.end();
    else if (fault === 'reset') socket.resetAndDestroy();
    else socket.write(`${fault}\r\n`);
    if (fault?.startsWith('421')) socket.end();
    if (fault !== null && !/^\d/.test(fault)) dead = true;
    return fault === null;
  };
  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') answer('EHLO', '250-peer\r\n250 PIPELINING');
    else if (verb === 'HELO' || verb === 'RSET') socket.write('250 ok\r\n');
    else if (verb === 'MAIL') {
      to = '';
      open = answer('MAIL', '250 ok');
    } else if (verb === 'RCPT' && !open) socket.write('503 no sender\r\n');
    else if (verb === 'RCPT') {
      to = /<([^>]*)>/.exec(line)?.[1] ?? '';
      if (!answer('RCPT', '250 ok')) to = '';
    } else if (verb === 'DATA') {
      if (to === '') socket.write('503 no recipient\r\n');
      else if (answer('DATA', '354 go ahead')) email = '';
    } else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('502 unknown\r\n');
  };
  const line = (text: string) => {
    if (email === null) return command(text);
    if (text !== '.') {
      // A dot at the beginning of a line is sent twice (RFC 5321, 4.5.2).
      email += `${text.replace(/^\./, '')}\r\n`;
      return;
    }
    const messageId = /^message-id:\s*(\S+)/im.exec(email)?.[1] ?? '';
    const raw = email;
    email = null;
    const fault = peer.fault?.('email', to) ?? null;
    // Dropped or silent after the dot: the email has arrived all the same.
    if (fault === null || !/^\d/.test(fault)) peer.arrived.push({ to, messageId, connection, raw });
    answer('email', '250 accepted', fault);
  };
  answer('greeting', '220 peer');
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf('\r\n'); end >= 0 && !dead; end = rest.indexOf('\r\n')) {
      const text = rest.slice(0, end);
      rest = rest.slice(end + 2);
      line(text);
    }
  });
}
