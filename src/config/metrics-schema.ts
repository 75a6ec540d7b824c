// The shape of `metrics:` in status.yaml.
import * as z from 'zod';
import type { Check } from '../core/model/checks/check.ts';
import { jsonPath } from '../core/model/checks/kinds.ts';
import { AGGREGATES, type Metric } from '../core/model/metric.ts';
import { nearest, type Problem } from '../core/model/problem.ts';
import { oneLine } from '../core/text/printable.ts';
import type { YamlText } from '../core/text/yaml.ts';

export const metricSchema = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'write small letters, digits and hyphens, for instance orders'),
  name: z.string().overwrite(oneLine).min(1).max(80),
  unit: z.string().trim().max(20).default('').describe('shown after the value'),
  aggregate: z.enum(AGGREGATES).default('avg').describe('how the values of one stretch become one'),
  from: z
    .object({ component: z.string(), json: jsonPath })
    .nullish()
    .describe('the component whose http check is asked, and the JSONPath of the number in its answer'),
});

/** Where a metric is read from: the answers of an http check. */
export const fromSchema = metricSchema.shape.from.unwrap().unwrap();

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

/** Metrics read from what is no http check, or from a component that is not there. */
export function springs(
  metrics: z.output<typeof metricsSchema>,
  components: readonly { readonly id: string; readonly check: Check }[],
  yaml: Pick<YamlText, 'lineOf'>,
  file: string,
): Problem[] {
  const ids = components.map(({ id }) => id);
  return metrics.flatMap(({ from }, index): Problem[] => {
    if (!from) return [];
    const line = yaml.lineOf(['metrics', index, 'from', 'component']);
    const wrong = (what: string, fix: string): Problem[] => [
      { level: 'error', where: file, line, what, fix },
    ];
    const component = components.find(({ id }) => id === from.component);
    if (!component) {
      const near = nearest(from.component, ids);
      const fix = near ? `did you mean ${near}?` : `known are: ${ids.join(', ')}`;
      return wrong(`there is no component "${from.component}" to read a metric from`, fix);
    }
    const { check } = component;
    if (check.type !== 'http') {
      const what = `the check of "${from.component}" is of type ${check.type}: it has no answer to read a number from`;
      return wrong(what, 'name a component with an http check, or leave `from` out and send the values');
    }
    if (check.method !== 'HEAD') return [];
    return wrong(
      `the check of "${from.component}" asks with HEAD: the answer has no body`,
      'use method: GET',
    );
  });
}

/** The metrics as the site holds them. */
export function metricsOf(metrics: z.output<typeof metricsSchema>): Metric[] {
  return metrics.map(metric => ({ ...metric, from: metric.from ?? null }));
}

/** A check with the JSONPaths that metrics read in its answers. */
export function readBy(id: string, check: Check, metrics: readonly Metric[]): Check {
  const paths = metrics.flatMap(({ from }) => (from?.component === id ? [from.json] : []));
  return paths.length === 0 ? check : { ...check, reads: [...new Set(paths)] };
}
