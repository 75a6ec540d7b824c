// The shape of `metrics:` in status.yaml.
import * as z from 'zod';
import { AGGREGATES } from '../core/metric.ts';
import type { Problem } from '../core/problem.ts';
import type { YamlText } from '../core/yaml.ts';

export const metricSchema = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'write small letters, digits and hyphens, for instance orders'),
  name: z.string().trim().min(1).max(80),
  unit: z.string().trim().max(20).default('').describe('shown after the value'),
  aggregate: z.enum(AGGREGATES).default('avg').describe('how the values of one stretch become one'),
});

export const metricsSchema = z.array(metricSchema).max(20).default([]);

/** Ids used twice. */
export function twins(
  metrics: z.output<typeof metricsSchema>,
  yaml: Pick<YamlText, 'lineOf'>,
  file: string,
): Problem[] {
  const ids = metrics.map(metric => metric.id);
  return ids.flatMap((id, index): Problem[] => {
    if (ids.indexOf(id) === index) return [];
    const line = yaml.lineOf(['metrics', index, 'id']);
    const what = `the metric "${id}" is there twice`;
    return [{ level: 'error', where: file, line, what, fix: 'rename one' }];
  });
}
