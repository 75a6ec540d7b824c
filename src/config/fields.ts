// Kinds of fields that several parts of status.yaml share.
import * as z from 'zod';
import { faultOfCron } from '../core/model/checks/cron.ts';

/** Five or six fields, UTC, that fire some day. */
export const cron = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const fault = faultOfCron(text);
    if (fault === null) return;
    const message =
      fault === 'never'
        ? 'this never fires: a month it names has no such day; write another day, or "0 0 L * *" for the last of each month'
        : 'this is not a cron expression; write five or six fields, for instance "* * * * *" for every minute';
    context.addIssue({ code: 'custom', message });
  });

/** A field that may be left out, or be empty: null then. */
export function orNull<S extends z.ZodType>(schema: S) {
  return schema.nullable().default(null);
}

export const webUrl = z.url({ protocol: /^https?$/ });

/** A branch that git takes and no shell or option could be hidden in. */
export const branch = z
  .string()
  .regex(/^(?![-/.])(?!.*(\.\.|@\{))[\w./-]+$/, 'write a branch, for instance main');
