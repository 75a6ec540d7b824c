// StatusCake: the webhook of a contact group, as a form (choose POST there).
import { reader } from '../../shape.ts';

export const statuscake = reader({
  status: ['Status'],
  down: ['Down'],
  up: ['Up'],
  name: ['Name', 'URL'],
  monitor: ['TestID', 'Name'],
  tags: ['Tags'],
  url: ['URL'],
  example: '{"Name": …, "URL": …, "Status": "Down" or "Up"}',
});
