// Cronitor: a job or check that fails and recovers, in each of its environments by itself.
import { plainWord } from '../../../model/component.ts';
import { line, NAME } from '../../fields.ts';
import { fieldAt, reader } from '../../shape.ts';

/** What visitors use: such a monitor has its own name; that of another environment is "NAME (ENVIRONMENT)". */
const PRODUCTION = ['production', 'prod', 'live', 'default'];

const NAMES = ['monitor', 'name', 'id'];
const IDS = ['id', 'key', 'monitor'];

export const cronitor = reader({
  status: ['type'],
  down: ['ALERT'],
  up: ['RECOVERY'],
  name: NAMES,
  monitor: IDS,
  tags: ['tags'],
  also: ['group', 'whole'],
  message: ['description', 'rule'],
  example: '{"id": …, "monitor": …, "type": "ALERT" or "RECOVERY"}',
  prepare: body => {
    const first = (paths: readonly string[]) =>
      paths.map(path => line(fieldAt(body, path), NAME)).find(Boolean) ?? '';
    const environment = first(['environment']);
    const id = first(IDS);
    if (environment === '' || id === '') return body;
    const own = { ...body, monitor: first(NAMES), id: `${id} ${environment}` };
    if (PRODUCTION.includes(plainWord(environment))) return { ...own, whole: id };
    // Its group and its tags are those of production, too.
    return { ...own, monitor: `${own.monitor} (${environment})`, group: null, tags: null };
  },
});
