// Cron expressions as settings hold them.
import { validateDetailed } from 'node-cron';
import * as z from 'zod';

/** Five or six fields, UTC, that fire some day. */
export const cron = z.string().superRefine((text, context) => {
  const isShaped = /^\S+(\s+\S+){4,5}$/.test(text.trim());
  const { valid, errors } = validateDetailed(text);
  if (isShaped && valid) return;
  const never =
    isShaped && errors.length > 0 && errors.every(({ message }) => /impossible day/.test(message));
  const message = never
    ? 'this never fires: a month it names has no such day; write another day, or "0 0 L * *" for the last of each month'
    : 'this is not a cron expression; write five or six fields, for instance "* * * * *" for every minute';
  context.addIssue({ code: 'custom', message });
});
