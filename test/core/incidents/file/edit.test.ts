// Fields changed in place: whatever the style, nothing else moves, and the file still says the rest.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editFront } from '../../../../src/core/incidents/file/edit.ts';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { printIncident } from '../../../../src/core/incidents/file/print.ts';

describe('editFront', () => {
  it.each([
    ['plain', '---\ntitle: Old\n---\nx', '---\ntitle: New\n---\nx'],
    ['a comment after it', "---\ntitle: 'Old' # why\n---\n", '---\ntitle: New # why\n---\n'],
    ['folded', '---\ntitle: >-\n  Old\n  one\nstatus: x\n---\n', '---\ntitle: New\nstatus: x\n---\n'],
    ['empty', '---\ntitle:\nstatus: x\n---\n', '---\ntitle: New\nstatus: x\n---\n'],
    ['missing', '---\nstatus: x\n---\nbody', '---\nstatus: x\ntitle: New\n---\nbody'],
    ['CRLF', '---\r\nstatus: x\r\n---\r\nbody', '---\r\nstatus: x\r\ntitle: New\r\n---\r\nbody'],
    ['with a BOM', '\uFEFF---\ntitle: Old\n---\n', '\uFEFF---\ntitle: New\n---\n'],
    [
      'a rule further down',
      '---\ntitle: Old\n---\na\n---\ntitle: b\n',
      '---\ntitle: New\n---\na\n---\ntitle: b\n',
    ],
    ['no front matter', 'title: Old\n', 'title: Old\n'],
  ])('%s', (_name, before, after) => {
    expect(editFront(before, { title: 'New' })).toBe(after);
  });

  it('replaces a block list, and statuses in it', () => {
    const before =
      '---\ncomponents:\n  - api\n  - { id: db, status: partial_outage }\nseverity: minor\n---\n';
    expect(editFront(before, { components: ['jobs'], severity: 'major' })).toBe(
      '---\ncomponents: [jobs]\nseverity: major\n---\n',
    );
    expect(editFront(before, {})).toBe(before);
  });

  it('reads back as what was asked, whatever it holds', () => {
    const title = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map(text => text.replace(/\s+/g, ' ').trim());
    fc.assert(
      fc.property(title, title, (old, wanted) => {
        fc.pre(old !== '' && wanted !== '');
        const started = Date.UTC(2026, 2, 10);
        const before = printIncident({
          title: old,
          status: 'investigating',
          severity: 'minor',
          started,
          components: ['api'],
          openedBy: null,
          message: 'We look.',
        });
        const { value } = parseIncident(
          'x.md',
          '20260310_x',
          editFront(before, { title: wanted, severity: 'major' }),
        );
        expect(value).toMatchObject({
          title: wanted,
          severity: 'major',
          started,
          components: [{ id: 'api' }],
        });
        expect(value?.updates).toMatchObject([{ body: 'We look.' }]);
      }),
    );
  });
});
