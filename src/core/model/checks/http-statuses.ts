// Expected HTTP statuses: parses `200`, `200-299`, `2xx` or a list of them into ranges.

type StatusRange = readonly [from: number, to: number];

/** Parses `expect:`; null when any part is no status or range. */
export function parseStatuses(expect: number | string | readonly (number | string)[]): StatusRange[] | null {
  const parts = typeof expect === 'string' ? expect.split(',') : Array.isArray(expect) ? expect : [expect];
  const ranges = parts.map(part => parseRange(String(part).trim()));
  return ranges.length > 0 && ranges.every(range => range !== null) ? ranges : null;
}

export function inRanges(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(([from, to]) => from <= status && status <= to);
}

function parseRange(text: string): StatusRange | null {
  const found = /^([1-5])xx$/i.exec(text);
  if (found) return [Number(found[1]) * 100, Number(found[1]) * 100 + 99];
  const [, from, to = from] = /^(\d{3})(?:\s*-\s*(\d{3}))?$/.exec(text) ?? [];
  const range: StatusRange = [Number(from), Number(to)];
  return range[0] >= 100 && range[1] <= 599 && range[0] <= range[1] ? range : null;
}
