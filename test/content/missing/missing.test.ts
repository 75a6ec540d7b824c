// What counts as a missing folder, by what one look at it found.
import { expect, test } from 'vitest';
import { type FolderState, whyMissing } from '../../../src/content/missing/missing.ts';

const HERE: FolderState = { code: null, identity: '1:2:3', empty: false, less: false, siteGone: false };

test.each<[string, Partial<FolderState>, string | null]>([
  ['all is there', {}, null],
  ['a file was deleted', { less: true }, null],
  ['the last file was deleted', { less: true, empty: true }, null],
  ['another folder, with files', { less: true, identity: '1:9:9' }, null],
  ['another folder, as empty as the one before', { empty: true, identity: '1:9:9' }, null],
  ['another inode, and empty', { less: true, empty: true, identity: '1:9:3' }, 'an empty folder'],
  ['another device, and empty', { less: true, empty: true, identity: '9:2:3' }, 'an empty folder'],
  ['made anew under the same inode', { less: true, empty: true, identity: '1:2:9' }, 'an empty folder'],
  ['status.yaml gone alone', { siteGone: true }, null],
  ['status.yaml gone and a file', { siteGone: true, less: true }, 'status.yaml is gone'],
  ['status.yaml gone and all files', { siteGone: true, less: true, empty: true }, 'status.yaml is gone'],
  ['never there', { code: 'ENOENT', empty: true, identity: null }, null],
  ['gone with what it held', { code: 'ENOENT', less: true, empty: true }, 'it is gone'],
  ['gone with status.yaml', { code: 'ENOENT', empty: true, siteGone: true }, 'and status.yaml too'],
  ...(['EACCES', 'EIO', 'ENOTDIR', 'ELOOP', 'ESTALE', 'ENOTCONN', 'EPERM'].map(
    code => [code, { code, empty: true, less: true }, `it cannot be read (${code})`] as const,
  ) as [string, { code: string }, string][]),
])('%s', (_, found, why) => {
  const reason = whyMissing({ ...HERE, ...found }, '1:2:3');
  if (why === null) expect(reason).toBeNull();
  else expect(reason?.why).toContain(why);
});

test('a folder whose identity nobody noted is another one when it is empty', () => {
  expect(whyMissing({ ...HERE, less: true, empty: true }, null)?.why).toContain('an empty folder');
});
