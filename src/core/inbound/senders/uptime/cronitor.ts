// Cronitor: a job or check that fails and recovers.
import { reader } from '../../shape.ts';

export const cronitor = reader({
  status: ['type'],
  down: ['ALERT'],
  up: ['RECOVERY'],
  name: ['monitor', 'name', 'id'],
  monitor: ['id', 'key', 'monitor'],
  tags: ['tags'],
  also: ['group'],
  message: ['description', 'rule'],
  example: '{"id": …, "monitor": …, "type": "ALERT" or "RECOVERY"}',
});
