// Lists: a table with heads for people, JSON for programs.
import type { Arguments, Cli } from './command.ts';

/**
 * Prints rows in columns under their heads; with `--json`, an array of them. Long last columns are not padded.
 * @param none the line without any row
 */
export function printList(
  rows: readonly Readonly<Record<string, string | number | null>>[],
  { flags, options }: Arguments,
  cli: Cli,
  none?: string,
): void {
  if (flags.has('json') || options.format === 'json') {
    cli.out(JSON.stringify(rows, null, 2));
    return;
  }
  const [first] = rows;
  if (!first) {
    if (none !== undefined) cli.out(none);
    return;
  }
  const heads = Object.keys(first);
  const lines = [
    heads.map(head => head.toUpperCase()),
    ...rows.map(row => heads.map(head => `${row[head] ?? ''}`)),
  ];
  const widths = heads.map((_, column) => Math.max(...lines.map(line => line[column]!.length)));
  for (const line of lines)
    cli.out(
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}
