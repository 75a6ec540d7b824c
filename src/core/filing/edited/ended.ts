// Ends a machine's incident whose operator wrote that it is over, and forgot when.
import { cutFile, joinFile, setValues } from '../../incidents/file/edit.ts';
import { parseIncident } from '../../incidents/file/parse.ts';
import { timeInKey } from '../../model/incident.ts';
import { iso, type Millis } from '../../model/time.ts';

/**
 * The text of a file that cannot be read for want of `resolved:` alone, with it: the time of its newest section `Resolved`
 * or, without one that may be it, when the last of its sources recovered. The same text for any other file.
 * @param recovered epoch ms
 */
export function withEnd(text: string, recovered: Millis, now: Millis): string {
  const cut = cutFile(text);
  if (cut === null || parsed(text) !== null) return text;
  const endedAt = (at: Millis) =>
    joinFile({ ...cut, front: setValues(cut.front, { resolved: iso(at) }, ['started', 'status']) });
  const read = parsed(endedAt(recovered));
  if (read === null || read.openedBy === null || read.status !== 'resolved') return text;
  const said = read.updates.findLast(
    ({ status, stray, key }) => status === 'resolved' && !stray && timeInKey(key) !== 'closed',
  );
  const begun = read.begins ?? read.started;
  const isSane = said !== undefined && said.at >= begun && said.at <= now;
  return endedAt(isSane ? said.at : Math.max(recovered, begun));
}

const parsed = (text: string) => parseIncident('', '', text).value;
