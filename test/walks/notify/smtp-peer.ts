// The misbehaving SMTP server of a test, closed when it ends.
import { onTestFinished } from 'vitest';
import { type SmtpPeer, startSmtpPeer } from './smtp-conversation.ts';

export { type SmtpPeer, STAGES, type Stage } from './smtp-conversation.ts';

/** Opens it on a port of its own (or the given one); it is closed when the test ends. */
export async function openSmtpPeer(port = 0): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(port);
  onTestFinished(peer.close);
  return peer;
}
