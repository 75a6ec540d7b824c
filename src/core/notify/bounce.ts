// Bounces: addresses that must not get email again, as the mail provider reports.
import * as z from 'zod';

export interface Bounce {
  readonly addresses: readonly string[];
  readonly reason: 'bounced' | 'complained';
}

const resendEvent = z.object({
  type: z.string(),
  data: z
    .object({
      to: z.union([z.array(z.string()), z.string().transform(one => [one])]).default([]),
      bounce: z.object({ type: z.string().optional() }).optional(),
    })
    .optional(),
});

/**
 * Reads Resend's event: hard bounces and complaints; null for all else, also for soft bounces, which the provider tries
 * again. A bounce of an unknown kind counts as hard: more email to a dead address does more harm.
 */
export function readResendEvent(event: unknown): Bounce | null {
  const parsed = resendEvent.safeParse(event);
  if (!parsed.success || !parsed.data.data) return null;
  const { type, data } = parsed.data;
  if (type === 'email.complained') return { addresses: data.to, reason: 'complained' };
  if (type === 'email.suppressed') return { addresses: data.to, reason: 'bounced' };
  const soft = /transient|temporary|soft/i.test(data.bounce?.type ?? '');
  return type === 'email.bounced' && !soft ? { addresses: data.to, reason: 'bounced' } : null;
}
