// smtp: greeting, EHLO, STARTTLS if set, AUTH if credentials are given.
import type { CheckOf } from '../../core/model/checks/check.ts';
import { Finding } from './failure.ts';
import { type CheckRunner, reach } from './network.ts';
import { Dialogue, type Reply } from './smtp-dialogue.ts';
import { openSocket } from './tcp.ts';
import { openTls } from './tls.ts';

/**
 * Talks to the server up to the point where an email could begin. Sends a password unencrypted only if `starttls:
 * false` is set.
 */
export const checkSmtp: CheckRunner<CheckOf<'smtp'>> = async (check, signal, network) => {
  const { host, port, user, pass = '' } = check;
  const secure = check.secure ?? port === 465;
  const starttls = !secure && (check.starttls ?? Boolean(user));
  const started = performance.now();
  const target = { host, port, ...reach(network, host) };
  const socket = secure ? await openTls(target, host, signal, network) : await openSocket(target, signal);
  let dialogue = new Dialogue(socket);
  expectCode(await dialogue.reply(), 220);
  let greeting = expectCode(await dialogue.say('EHLO status-live'), 250);
  if (starttls) {
    if (!offers(greeting, 'STARTTLS')) throw new Finding('does not offer STARTTLS');
    expectCode(await dialogue.say('STARTTLS'), 220);
    // Data sent unencrypted after that reply is not trusted: the new dialogue ignores it.
    dialogue.leave();
    dialogue = new Dialogue(await openTls({ socket }, host, signal, network));
    greeting = expectCode(await dialogue.say('EHLO status-live'), 250);
  }
  if (user) await logIn(dialogue, greeting, user, pass);
  const latency = performance.now() - started;
  dialogue.end('QUIT');
  return { outcome: 'up', latency, seen: user ? 'accepted the login' : 'greeted' };
};

async function logIn(dialogue: Dialogue, greeting: Reply, user: string, pass: string): Promise<void> {
  let reply: Reply;
  if (offers(greeting, 'AUTH', 'PLAIN')) {
    reply = await dialogue.say(`AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`);
  } else if (offers(greeting, 'AUTH', 'LOGIN')) {
    expectCode(await dialogue.say('AUTH LOGIN'), 334);
    expectCode(await dialogue.say(base64(user)), 334);
    reply = await dialogue.say(base64(pass));
  } else {
    throw new Finding('does not offer login with a password');
  }
  if (reply.code !== 235) throw new Finding('refused the login', { cause: reply.lines[0] });
}

function offers(greeting: Reply, keyword: string, argument?: string): boolean {
  return greeting.lines.some(line => {
    const [word, ...rest] = line
      .slice(4)
      .trim()
      .toUpperCase()
      .split(/[\s=]+/);
    return word === keyword && (argument === undefined || rest.includes(argument));
  });
}

function expectCode(reply: Reply, code: number): Reply {
  if (reply.code !== code) throw new Finding(`answered ${reply.code}`, { cause: reply.lines[0] });
  return reply;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
