// Readings: the numbers for metrics in an http check's response, or why there is none.
import { query } from 'jsonpath-rfc9535';
import type { MetricReading } from '../../../core/model/checks/check.ts';
import { MAX_METRIC_VALUE } from '../../../core/model/metric.ts';
import type { Body } from './body.ts';
import { parseJson } from './text.ts';

/** The values at the JSONPaths of a response. Never throws: a missing number is not an outage. */
export function readingsIn(body: Body, paths: readonly string[]): MetricReading[] {
  const document = documentIn(body);
  return paths.map(path => {
    if ('fault' in document) return { path, fault: document.fault };
    const found = query(document.value as Parameters<typeof query>[0], path) as unknown[];
    const [value] = found;
    if (found.length === 0) return { path, fault: `${path} was not found in the answer` };
    if (found.length > 1) return { path, fault: `${path} matches ${found.length} values, not one` };
    if (typeof value !== 'number') return { path, fault: `the value at ${path} is not a number` };
    if (Math.abs(value) > MAX_METRIC_VALUE) return { path, fault: `the number at ${path} is beyond 10^15` };
    // JSON allows -0; return 0.
    return { path, value: value + 0 };
  });
}

function documentIn({ readings, whole }: Body): { value: unknown } | { fault: string } {
  if (!whole) return { fault: 'the answer is larger than `max_body`, or has no end' };
  try {
    return { value: parseJson(readings) };
  } catch {
    return { fault: 'the answer is not JSON' };
  }
}
