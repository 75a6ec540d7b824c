// The style of each state: class, icon, favicon and theme color. States differ in shape, not only in color.
import type { Health } from '../../../core/model/component.ts';

/** The CSS class of a state, best first; short because the bars repeat it up to ninety times. */
export const CODE: Readonly<Record<Health, string>> = {
  operational: 'o',
  degraded_performance: 'd',
  partial_outage: 'p',
  major_outage: 'x',
  under_maintenance: 'm',
  no_data: 'n',
};

/**
 * The icon's path in a 16×16 box. The shapes differ in greyscale, too: disc, wrench, triangle, diamond, octagon, broken
 * ring.
 */
export const SHAPE: Record<Health, string> = {
  operational: 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM3.6 8.2 4.8 7l2.1 2.1L11.2 5l1.2 1.2-5.5 5.3z',
  under_maintenance:
    'M15.3 4.3a4.6 4.6 0 0 1-6.1 5.4l-5.3 5.4A2.1 2.1 0 0 1 .9 12.1l5.4-5.3A4.6 4.6 0 0 1 11.7.7L9 3.4l.5 3 3 .5z',
  degraded_performance: 'M8 .5 16 15H0zM7.1 5.4v4.9h1.8V5.4zm0 6.1v1.8h1.8v-1.8z',
  partial_outage: 'M8 0l8 8-8 8-8-8zM7.1 3.8v5h1.8v-5zm0 6.2v1.8h1.8V10z',
  major_outage:
    'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7zM5.5 4.2 4.2 5.5 6.7 8l-2.5 2.5 1.3 1.3L8 9.3l2.5 2.5 1.3-1.3L9.3 8l2.5-2.5-1.3-1.3L8 6.7z',
  no_data:
    'M6.6.1l.4 2a6 6 0 0 1 2 0l.4-2a8 8 0 0 0-2.8 0zM13.2 2 12 3.5a6 6 0 0 1 1.2 1.6l1.9-.8A8 8 0 0 0 13.2 2zM2.8 2A8 8 0 0 0 .9 4.3l1.9.8A6 6 0 0 1 4 3.5zM.1 6.6a8 8 0 0 0 0 2.8l2-.4a6 6 0 0 1 0-2zm15.8 0-2 .4a6 6 0 0 1 0 2l2 .4a8 8 0 0 0 0-2.8zM2.8 10.9l-1.9.8A8 8 0 0 0 2.8 14L4 12.5a6 6 0 0 1-1.2-1.6zm10.4 0A6 6 0 0 1 12 12.5l1.2 1.5a8 8 0 0 0 1.9-2.3zM7 13.9l-.4 2a8 8 0 0 0 2.8 0l-.4-2a6 6 0 0 1-2 0z',
};

/** The color of the browser's frame. */
export const THEME_COLOR: Record<Health, string> = {
  operational: '#15803d',
  under_maintenance: '#1d4ed8',
  degraded_performance: '#b77900',
  partial_outage: '#c2410c',
  major_outage: '#a31621',
  no_data: '#6b7280',
};

/** An inline icon; hidden from screen readers, because text always stands beside it. */
export function icon(health: Health): string {
  return drawn(CODE[health], SHAPE[health]);
}

function drawn(code: string, shape: string): string {
  return `<svg class="i ${code}" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="${shape}"/></svg>`;
}

/** What a page of few words tells: done, a letter, something to know, a warning, a fault. */
export type Sign = 'done' | 'mail' | 'info' | 'warning' | 'error';

const SIGNS: Readonly<Record<Sign, readonly [code: string, shape: string]>> = {
  done: [CODE.operational, SHAPE.operational],
  mail: [
    CODE.under_maintenance,
    'M1 2.5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H1a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM1.6 4.2v1.6L8 9.7l6.4-3.9V4.2L8 8.1z',
  ],
  info: [CODE.no_data, 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM7 3.6h2v2H7zM7 7h2v5.4H7z'],
  warning: [CODE.degraded_performance, SHAPE.degraded_performance],
  error: [CODE.major_outage, SHAPE.major_outage],
};

/** The sign as an inline icon, like the states'. */
export function signIcon(sign: Sign): string {
  return drawn(...SIGNS[sign]);
}

/** The icon as a `data:` favicon, so that a tab shows the state without a request. */
export function favicon(health: Health): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 18 18"><path fill="${THEME_COLOR[health]}" fill-rule="evenodd" d="${SHAPE[health]}"/></svg>`;
  return `data:image/svg+xml,${svg.replace(/"/g, "'").replace(/[#<> ]/g, encodeURIComponent)}`;
}

/** A mark for the page's title, so that the first character of the tab shows trouble. */
export const MARK: Readonly<Record<Health, string>> = {
  operational: '',
  degraded_performance: '▲ ',
  partial_outage: '◆ ',
  major_outage: '✕ ',
  under_maintenance: '⚙ ',
  no_data: '',
};
