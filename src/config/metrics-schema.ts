// The shape of `metrics:` in status.yaml.
import * as z from 'zod';
import type { Check } from '../core/model/checks/check.ts';
import { jsonPath } from '../core/model/checks/values.ts';
import { AGGREGATES, type Metric } from '../core/model/metric.ts';
import { oneLine } from '../core/text/printable.ts';
import { orNull } from './fields.ts';

export const metricSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'use lowercase letters, digits and hyphens, for instance orders')
    .meta({ title: 'a short name of lowercase letters', examples: ['orders'] }),
  name: z
    .string()
    .overwrite(oneLine)
    .min(1)
    .max(80)
    .meta({ examples: ['Orders per minute'] }),
  unit: z.string().trim().max(20).default('').describe('shown after the value'),
  aggregate: z.enum(AGGREGATES).default('avg').describe('how the values of one period are combined'),
  from: orNull(
    z.strictObject({
      component: z.string().meta({ title: 'the id of a component', examples: ['api'] }),
      json: jsonPath,
    }),
  ).describe('the component whose http check is used, and the JSONPath of the number in its response'),
});

export const metricsSchema = z.array(metricSchema).max(20).default([]);

/** A check with the JSONPaths that metrics read from its responses. */
export function readBy(id: string, check: Check, metrics: readonly Metric[]): Check {
  const paths = metrics.flatMap(({ from }) => (from?.component === id ? [from.json] : []));
  return paths.length === 0 ? check : { ...check, reads: [...new Set(paths)] };
}
