// The rules of the Statuspage API: ids that never change, the indicator, update bodies that are harmless everywhere.
import { describe, expect, it } from 'vitest';
import type { ComponentStatus, Health } from '../../../src/core/model/component.ts';
import { PAGE_ID, stableId } from '../../../src/web/statuspage/ids.ts';
import { pageStatus } from '../../../src/web/statuspage/status.ts';
import { bodyText } from '../../../src/web/statuspage/text.ts';
import { component, incident, shown, snapshot, view } from '../../makers.ts';

describe('ids', () => {
  it('are pinned: changing one would make every client tell old news again', () => {
    expect([
      PAGE_ID,
      stableId('component', 'api'),
      stableId('incident', 'x'),
      stableId('update', 'x', 'y'),
    ]).toEqual(PINNED);
  });

  it('do not run together', () => {
    expect(stableId('update', 'a', 'bc')).not.toBe(stableId('update', 'ab', 'c'));
  });
});

const PINNED = ['153hx5wz0ort', 'apml9iqfdy07', '6gf0c0le9nbx', 'xbui4ehtbd0j'];

describe('the indicator', () => {
  const O: ComponentStatus = 'operational';
  const D: ComponentStatus = 'degraded_performance';
  const P: ComponentStatus = 'partial_outage';
  const M: ComponentStatus = 'major_outage';
  const U: ComponentStatus = 'under_maintenance';
  const N = 'no_data' as const;
  it.each<[Health[], ('minor' | 'major' | 'critical')[], string, string]>([
    [[], [], 'none', 'All Systems Operational'],
    [[], ['minor'], 'minor', 'Minor Service Outage'],
    [[], ['minor', 'critical'], 'critical', 'Major System Outage'],
    [[O, O], [], 'none', 'All Systems Operational'],
    [[O], ['minor'], 'minor', 'Minor Service Outage'],
    [[O], ['minor', 'major'], 'major', 'Partial System Outage'],
    [[O], ['critical'], 'critical', 'Major System Outage'],
    [[D, O], ['critical'], 'critical', 'Major System Outage'],
    [[D, O], ['minor'], 'minor', 'Partially Degraded Service'],
    [[P, O], ['major'], 'major', 'Partial System Outage'],
    [[M, O], ['minor'], 'major', 'Partial System Outage'],
    [[M, O], ['critical'], 'critical', 'Major System Outage'],
    [[U, O], ['minor'], 'minor', 'Minor Service Outage'],
    // What nobody has looked at yet is operational there.
    [[N, N], [], 'none', 'All Systems Operational'],
    [[N, O], [], 'none', 'All Systems Operational'],
    [[N, U], [], 'maintenance', 'Service Under Maintenance'],
    [[N, M], [], 'major', 'Partial System Outage'],
    [[N], ['major'], 'major', 'Partial System Outage'],
    [[M, M], [], 'critical', 'Major System Outage'],
    [[M, O], [], 'major', 'Partial System Outage'],
    [[P, P], [], 'major', 'Partial System Outage'],
    [[P, O], [], 'minor', 'Minor Service Outage'],
    [[D, D], [], 'minor', 'Degraded System Service'],
    [[D, O], [], 'minor', 'Partially Degraded Service'],
    [[D, P, M], [], 'major', 'Partial System Outage'],
    [[U, O], [], 'maintenance', 'Service Under Maintenance'],
    [[U, D], [], 'minor', 'Partially Degraded Service'],
  ])('%j with open incidents %j is %s', (statuses, open, indicator, description) => {
    const of = snapshot(
      statuses.map((health, i) => view(component(`c${i}`), health)),
      { incidents: open.map((severity, i) => shown(incident(`i${i}`, { severity }))) },
    );
    expect(pageStatus(of.overall)).toEqual({ indicator, description });
  });
});

describe('bodies', () => {
  it.each([
    ['**Bold** and `code`', 'Bold and code'],
    ['One\n\nTwo\nlines', 'One\n\nTwo\nlines'],
    ['- a\n- b', '- a\n- b'],
    ['[docs](https://x.io/a?b=1&c=2)', 'docs (https://x.io/a?b=1&c=2)'],
    ['https://x.io', 'https://x.io'],
    ['5 < 6 & "q"', '5 &lt; 6 & "q"'],
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['[x](javascript:alert(1))', 'x'],
    ['\\[x\\](javascript:alert(1))', '[x] (javascript :alert(1))'],
    ['&lt;img src=x onerror=alert(1)&gt;', '&lt;img src=x onerror=alert(1)&gt;'],
    ['| a | b |\n|---|---|\n| 1 | 2 |', 'a  b\n\n1  2'],
  ])('%j → %j', (markdown, text) => {
    expect(bodyText(markdown)).toBe(text);
  });
});
