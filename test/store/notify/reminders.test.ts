// Reminders: those of incidents that are open stay, and all go when none is.
import { expect, test } from 'vitest';
import { forgetReminders, noteReminder, readReminders } from '../../../src/store/notify/reminders.ts';
import { DATABASES } from '../../postgres.ts';

test.each(DATABASES)('%s: are forgotten with their incidents', async (_name, open) => {
  const db = await open();
  for (const id of ['a', 'b']) await noteReminder(db, id, 1);
  await noteReminder(db, 'a', 2);
  expect([...(await readReminders(db))]).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  await forgetReminders(db, ['a']);
  expect([...(await readReminders(db))]).toEqual([['a', 2]]);
  await forgetReminders(db, []);
  expect([...(await readReminders(db))]).toEqual([]);
});
