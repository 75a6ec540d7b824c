// Cron expressions as settings hold them.
import { validateDetailed } from 'node-cron';
import * as z from 'zod';

/** Five or six fields, UTC. */
export const cron = z
  .string()
  .refine(
    text => /^\S+(\s+\S+){4,5}$/.test(text.trim()) && validateDetailed(text).valid,
    'this is not a cron expression; write five or six fields, for instance "* * * * *" for every minute',
  );
