// The settings of the doors for other programs: `webhooks:` and `export:` of status.yaml.
import * as z from 'zod';
import { INBOUND } from '../core/inbound/senders.ts';
import { jsonPath } from '../core/model/checks/kinds.ts';
import type { Mapping, Site } from '../core/model/site.ts';
import { cron } from './cron.ts';

const words = z.array(z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'write small letters, digits and hyphens')
  .refine(text => text !== 'uptime' && INBOUND[text] === undefined, 'this address is taken; choose another');

export const mappingSchema = z.object({
  monitor: jsonPath,
  status: jsonPath,
  message: jsonPath.nullish(),
  event: jsonPath.nullish(),
  down: words.nullish(),
  up: words.nullish(),
});

export const webhooksSchema = z.record(name, mappingSchema).default({});

/** A branch that git takes and no shell or option could be hidden in. */
export const branch = z
  .string()
  .regex(/^(?![-/.])(?!.*(\.\.|@\{))[\w./-]+$/, 'write a branch, for instance main');

export const exportGitSchema = z.object({
  // The copy has a repository of its own, which knows no remote by a name.
  remote: z.string().regex(/^(?!-)(\/|[^\s/]+:)\S+$/, 'write a URL, git@host:name, or an absolute path'),
  branch: branch.default('gh-pages'),
  cname: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'write a host like mirror.example.com')
    .nullish(),
});

export const exportSchema = z.object({
  schedule: cron.default('*/5 * * * *'),
  url: z
    .url({ protocol: /^https?$/ })
    .nullish()
    .describe('where visitors reach the copy, for its 404 page'),
  to: z.union([z.string().trim().min(1), z.object({ git: exportGitSchema })], {
    error: 'write a folder, or { git: { remote: …, branch: gh-pages } }',
  }),
});

/** `webhooks:` as the site holds it. */
export function mappingsOf(webhooks: z.output<typeof webhooksSchema>): Record<string, Mapping> {
  const entries = Object.entries(webhooks).map(([key, mapping]): [string, Mapping] => [
    key,
    {
      monitor: mapping.monitor,
      status: mapping.status,
      message: mapping.message ?? null,
      event: mapping.event ?? null,
      down: mapping.down ?? null,
      up: mapping.up ?? null,
    },
  ]);
  return Object.fromEntries(entries);
}

/** `export:` as the site holds it. */
export function mirrorOf(mirror: z.output<typeof exportSchema> | null | undefined): Site['mirror'] {
  if (!mirror) return null;
  const { to } = mirror;
  const schedule = mirror.schedule.trim();
  if (typeof to === 'string') return { schedule, url: bare(mirror.url), to: { kind: 'folder', folder: to } };
  const { remote, branch } = to.git;
  const cname = to.git.cname ?? null;
  const url = bare(mirror.url) ?? (cname && `https://${cname}`);
  return { schedule, url, to: { kind: 'git', remote, branch, cname } };
}

function bare(url: string | null | undefined): string | null {
  return url ? url.replace(/\/+$/, '') : null;
}
