// Field types shared by several parts of status.yaml.
import * as z from 'zod';
import { faultOfCron } from '../core/model/checks/cron.ts';
import { schemaIssue } from '../core/model/problem.ts';

/** Five or six fields, UTC; must fire at least once. */
export const cron = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const found = faultOfCron(text);
    if (found === null) return;
    const wrong =
      found === 'never'
        ? schemaIssue(
            'this never runs: a month in it has no such day',
            'write another day, or "0 0 L * *" for the last of each month',
          )
        : schemaIssue(
            'this is not a cron expression',
            'write five or six fields, for instance "* * * * *" for every minute',
          );
    context.addIssue(wrong);
  })
  .meta({ title: 'five or six cron fields', examples: ['*/5 * * * *'] });

/** An optional field; null when absent or empty. */
export function orNull<S extends z.ZodType>(schema: S) {
  return schema.nullable().default(null);
}

export const webUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    // zod lets spaces pass. A login would be published with each link.
    text => !URL.canParse(text) || (!/\s/.test(text) && new URL(text).username === ''),
    schemaIssue('a public address has no spaces and no login', 'write https://status.example.com'),
  )
  .meta({ title: 'a URL', examples: ['https://status.example.com'] });

/** A branch name valid in git, and safe as an argument. */
export const branch = z
  .string()
  .regex(/^(?![-/.])(?!.*(\.\.|@\{))[\w./-]+$/, 'write a branch, for instance main')
  .meta({ title: 'a branch', examples: ['main'] });
