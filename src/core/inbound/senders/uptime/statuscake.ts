// StatusCake: the webhook of a contact group, as a form (choose POST there).
import { line } from '../../fields.ts';
import { fieldAt, reader } from '../../shape.ts';

export const statuscake = reader({
  status: ['Status'],
  down: ['Down'],
  up: ['Up'],
  name: ['Name', 'URL'],
  monitor: ['TestID', 'test'],
  tags: ['Tags'],
  url: ['URL'],
  example: '{"Name": …, "URL": …, "Status": "Down" or "Up"}',
  // Without an id, two tests of one name are told apart by their addresses.
  prepare: body => ({
    ...body,
    test: ['Name', 'URL'].map(path => line(fieldAt(body, path), 2000)).join(' '),
  }),
});
