// CSV files as people have them: with other delimiters, of other encodings, from a spreadsheet.
import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { Refused } from './command.ts';

/** The text of a file; throws Refused if it is a spreadsheet or no text. */
export function textOfCsv(bytes: Buffer, file: string): string {
  if (isSpreadsheet(bytes))
    throw new Refused(`${file}: this is a spreadsheet — save it as CSV, and import that`);
  const text = decoded(bytes);
  if (text.includes('\0')) throw new Refused(`${file}: this is not a text file — give a CSV file`);
  return text;
}

/** What separates the columns: spreadsheets write what is usual in their country. */
const DELIMITERS = [',', ';', '\t'];

/**
 * The rows by column name. The first line decides on the delimiter; Excel may write it above (`sep=;`). Throws Refused if
 * its columns are not what is wanted (`lacking`: what is wrong then).
 */
export function rowsOfCsv(
  text: string,
  file: string,
  isHeader: (columns: readonly string[]) => boolean,
  lacking: string,
): Record<string, string>[] {
  const [above, named] = /^sep=(.)\r?\n/i.exec(text) ?? ['', null];
  const read = (delimiter: string) => {
    let header: string[] = [];
    const columns = (names: string[]) => {
      header = names;
      return names;
    };
    const options = { columns, delimiter, skip_empty_lines: true, relax_column_count: true };
    try {
      return { rows: parse<Record<string, string>>(text.slice(above.length), options), header };
    } catch (error) {
      return { error: (error as Error).message, header };
    }
  };
  const tried = (named === null ? DELIMITERS : [named]).map(read);
  const found = tried.find(({ header }) => isHeader(header)) ?? tried[0]!;
  const { rows, header, error } = found;
  if (error !== undefined) throw new Refused(`${file}: this is not valid CSV (${error})`);
  if (rows && isHeader(header)) return rows;
  const first = header.length === 0 ? 'the file is empty' : `the first line is: ${header.join(', ')}`;
  throw new Refused(`${file}:1: ${lacking} (${first}) — put the column names in the first line`);
}

/** Whether a file is one of Excel or LibreOffice: a zip, or the older format. */
function isSpreadsheet(bytes: Buffer): boolean {
  return /^(?:504b0304|d0cf11e0)/.test(bytes.toString('hex', 0, 4));
}

/** The text of a file: UTF-8 or, with its mark at the beginning, UTF-16; else as Windows writes in western Europe. */
export function decoded(bytes: Buffer): string {
  const utf16 = { fffe: 'utf-16le', feff: 'utf-16be' }[bytes.toString('hex', 0, 2)];
  return new TextDecoder(utf16 ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')).decode(bytes);
}
