// The calendar, read back by a library that did not write it.
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { maintenanceIcs } from '../../src/web/calendar.ts';
import { facts, moved } from './door-facts.ts';
import { at, NOW, snapshot } from './door-makers.ts';

describe('the calendar', () => {
  const events = (text: string) =>
    new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map(each => new ICAL.Event(each));
  const byTitle = (title: string) => events(maintenanceIcs(facts())).find(event => event.summary === title)!;

  it('is read back: when, what, where', () => {
    const event = byTitle('Move, of; servers');
    expect(event.startDate.toJSDate()).toEqual(new Date(at('20:00:00')));
    expect(event.endDate.toJSDate()).toEqual(new Date(at('21:00:00')));
    expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
    expect(event.sequence).toBe(1);
    expect(event.description).toBe('Affects: Database\n\nScheduled: Later.\n\nScheduled: At night.');
    const value = (name: string) => String(event.component.getFirstPropertyValue(name));
    expect(value('url')).toBe('https://status.acme.io/status/incidents/move');
    expect(value('status')).toBe('CONFIRMED');
    expect(value('transp')).toBe('TRANSPARENT');
    expect(value('dtstamp')).toBe('2026-11-23T08:30:00Z');
  });

  it('cancels what never began, and shortens what ended early', () => {
    expect(byTitle('off').component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(byTitle('early').component.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(byTitle('early').endDate.toJSDate()).toEqual(new Date(at('06:00:00')));
  });

  it('is narrowed to a component, empty without maintenance, and named', () => {
    expect(events(maintenanceIcs(facts(), 'db')).map(event => event.summary)).toEqual(['Move, of; servers']);
    expect(events(maintenanceIcs(snapshot()))).toEqual([]);
    const calendar = new ICAL.Component(ICAL.parse(maintenanceIcs(facts(), 'db')));
    expect(calendar.getFirstPropertyValue('x-wr-calname')).toBe('Acme: Database maintenance');
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
  });

  it('keeps its UIDs when the page moves, and its bytes when nothing changes', () => {
    const uids = (of: Snapshot) => events(maintenanceIcs(of)).map(event => event.uid);
    expect(uids(moved())).toEqual(uids(facts()));
    expect(maintenanceIcs({ ...facts(), at: NOW + 60_000 })).toBe(maintenanceIcs(facts()));
  });

  it('has CRLF lines of at most 75 octets', () => {
    const lines = maintenanceIcs(facts()).split('\r\n');
    for (const line of lines) {
      expect(line).not.toContain('\n');
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });
});
