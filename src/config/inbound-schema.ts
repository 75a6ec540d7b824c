// The settings of `inbound:`, `webhooks:` and `export:` in status.yaml.
import * as z from 'zod';
import { SENDERS } from '../core/inbound/senders.ts';
import { jsonPath } from '../core/model/checks/values.ts';
import { plainWord } from '../core/model/component.ts';
import { schemaIssue } from '../core/model/problem.ts';
import type { MirrorSettings } from '../core/model/site.ts';
import { branch, cron, orNull, webUrl } from './fields.ts';

const words = z.array(z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));

/** Addresses of ours, and what the sources of our own checks begin with. */
const TAKEN = new Set(['uptime', 'git', 'resend', 'probe', 'latency']);

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lowercase letters, digits and hyphens')
  .refine(
    text => !TAKEN.has(text) && SENDERS[text] === undefined,
    schemaIssue('this address is taken', 'choose another'),
  );

const mappingSchema = z.strictObject({
  monitor: jsonPath,
  status: jsonPath,
  message: orNull(jsonPath),
  event: orNull(jsonPath),
  severity: orNull(jsonPath),
  component: orNull(jsonPath),
  down: orNull(words),
  up: orNull(words),
});

export const webhooksSchema = z.record(name, mappingSchema).default({});

const severity = z.preprocess(
  word => (typeof word === 'string' ? plainWord(word) : word),
  z.enum(['minor', 'major', 'critical', 'ignore']),
);
const severities = z.record(z.string(), severity);

export const inboundSchema = z.strictObject({
  unmatched: z
    .enum(['hold', 'publish'])
    .default('hold')
    .describe('what becomes of alerts that match no component'),
  text: z
    .enum(['hide', 'publish'])
    .default('hide')
    .describe('what becomes of the texts of alerts: they are written for the people on call'),
  severity: z
    .record(z.string(), severities)
    .default({})
    .transform(({ uptime, ...others }) => (uptime ? { uptimerobot: uptime, ...others } : others))
    .describe(
      'by sender and its word for a severity: what that is here; `default` for reports without a word',
    ),
});

const exportGitSchema = z.strictObject({
  // The copy has its own repository, without named remotes.
  remote: z
    .string()
    .regex(/^(?!-)(\/|[^\s/]+:)\S+$/, 'write a URL, git@host:name, or an absolute path')
    .meta({
      title: 'a URL, git@host:name, or an absolute path',
      examples: ['git@github.com:levqor/status-copy.git'],
    }),
  branch: branch.default('gh-pages'),
  cname: orNull(
    z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'write a host like mirror.example.com')
      .meta({ title: 'a host', examples: ['mirror.example.com'] }),
  ),
});

export const exportSchema = z
  .strictObject({
    schedule: cron.default('*/5 * * * *'),
    url: orNull(webUrl).describe('where visitors reach the copy, for its 404 page'),
    to: z.union([z.string().trim().min(1), z.strictObject({ git: exportGitSchema })], {
      error: 'write a folder, or { git: { remote: …, branch: gh-pages } }',
    }),
  })
  .transform(({ schedule, url, to }): MirrorSettings => {
    if (typeof to === 'string') return { schedule, url: bare(url), to: { kind: 'folder', folder: to } };
    const { cname } = to.git;
    return { schedule, url: bare(url) ?? (cname && `https://${cname}`), to: { kind: 'git', ...to.git } };
  });

function bare(url: string | null): string | null {
  return url?.replace(/\/+$/, '') ?? null;
}
