// Cron expressions as settings hold them.
import * as z from 'zod';
import { faultOfCron } from '../core/model/checks/cron.ts';

/** Five or six fields, UTC, that fire some day. */
export const cron = z.string().superRefine((text, context) => {
  const fault = faultOfCron(text);
  if (fault === null) return;
  const message =
    fault === 'never'
      ? 'this never fires: a month it names has no such day; write another day, or "0 0 L * *" for the last of each month'
      : 'this is not a cron expression; write five or six fields, for instance "* * * * *" for every minute';
  context.addIssue({ code: 'custom', message });
});
