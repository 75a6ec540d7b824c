// The picture that chats show below a link: the status in words, as SVG, to be converted to PNG.
import { createRequire } from 'node:module';
import type { Health } from '../../../core/model/component.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import { escapeHtml } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import { affects } from './affected.ts';
import { overallForPicture } from './headline.ts';
import { healthForIcon, stateKey } from './incidents.ts';
import { CODE, SHAPE, THEME_COLOR } from './status-style.ts';
import { worstDays } from './uptime-bars.ts';

/** Whether the optional package that draws is installed. It is looked up, not loaded: it takes seven megabytes. */
export function canDraw(): boolean {
  try {
    createRequire(import.meta.url).resolve('@resvg/resvg-js');
    return true;
  } catch {
    return false;
  }
}

/** Open Graph's usual size. */
export const PICTURE = { width: 1200, height: 630 } as const;

const EDGE = 80;
const ROOM = PICTURE.width - 2 * EDGE;
/** The width beside the icon. */
const BESIDE = ROOM - 112;
/** The box of the logo, in the upper right corner: its own width is not known here. */
const LOGO = { width: 280, height: 64 };
/** The address of a brand file in a picture: to be replaced by its bytes before drawing. */
export const BRAND = 'brand:';
// Bars: 90 days, with the same shapes as on the page.
const BARS = { top: 492, tall: 60 };
const HEIGHT: Record<string, number> = { o: 0.69, m: 0.69, d: 0.78, p: 0.88, x: 1, n: 0.1 };
const BAR: Record<string, string> = {
  o: '#35a06a',
  d: '#c07f00',
  p: '#c9480f',
  x: '#8f0f1b',
  m: '#3b66dd',
  n: '#b4bac2',
};

/**
 * The site's status. It gives times, never durations: a chat keeps a picture for days, and "12 min" would become wrong.
 */
export function sitePicture(ctx: PageContext): string {
  const { health, headline, notes, uptime } = overallForPicture(ctx);
  return frame(health, headline, notes, ctx, text(uptime, EDGE, 462, 34, true) + bars(ctx));
}

export function incidentPicture(incident: IncidentView, ctx: PageContext): string {
  const { scheduled } = incident;
  const when = scheduled
    ? `${ctx.dates.dateTime(scheduled.start)} – ${ctx.dates.dateTime(scheduled.end)}`
    : ctx.say('component.since', { since: ctx.dates.dateTime(incident.started) });
  const over = incident.resolved !== null;
  const kind = ctx.say(scheduled ? 'maintenance' : `severity.${incident.severity}`);
  const state = `${ctx.say(stateKey(incident))} · ${kind}`;
  const lasted = over
    ? ctx.say('incident.lasted', { duration: ctx.dates.duration(incident.duration) })
    : when;
  const notes = [state, scheduled ? when : lasted, affects(incident, ctx)];
  return frame(healthForIcon(incident), incident.title, notes, ctx, address(ctx));
}

function frame(health: Health, headline: string, notes: readonly string[], ctx: PageContext, below: string) {
  const color = THEME_COLOR[health];
  const linesAt = (size: number) => wrap(headline, size, BESIDE);
  const size = [72, 62].find(one => linesAt(one).length === 1) ?? (linesAt(56).length === 2 ? 56 : 48);
  const lines = clip(linesAt(size), 2);
  // The headline is in the middle where it stands alone.
  const top = notes.length === 0 ? 284 : lines.length === 1 ? 246 : 226;
  const last = top + (lines.length - 1) * size * 1.2;
  const rest = clip(wrap(notes.join(' · '), 30, BESIDE), 2);
  const { logo } = ctx.site.brand;
  const room = logo === null ? ROOM : ROOM - LOGO.width - 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE.width}" height="${PICTURE.height}" viewBox="0 0 ${PICTURE.width} ${PICTURE.height}" font-family="Inter, DejaVu Sans">`,
    '<rect width="1200" height="630" fill="#fff"/>',
    `<rect width="1200" height="630" fill="${color}" opacity=".07"/><rect width="1200" height="12" fill="${color}"/>`,
    text(clip(wrap(ctx.site.title, 34, room), 1)[0] ?? '', EDGE, 116, 34, true, '#59616b'),
    logo === null
      ? ''
      : `<image href="${BRAND}${escapeHtml(logo)}" x="${PICTURE.width - EDGE - LOGO.width}" y="72" width="${LOGO.width}" height="${LOGO.height}" preserveAspectRatio="xMaxYMid meet"/>`,
    `<g transform="translate(${EDGE} ${top - 66}) scale(5)"><path fill="${color}" fill-rule="evenodd" d="${SHAPE[health]}"/></g>`,
    ...lines.map((line, i) => text(line, EDGE + 112, top + i * size * 1.2, size, true)),
    ...rest.map((line, i) => text(line, EDGE + 112, last + 56 + i * 42, 30, false, '#3f464f')),
    below,
    '</svg>',
  ].join('');
}

function bars(ctx: PageContext): string {
  const states = worstDays(ctx.snapshot.components);
  const days = states.length;
  if (days === 0) return '';
  const pitch = ROOM / days;
  const rects = states.map((state, i) => {
    const code = CODE[state];
    const tall = Math.round(BARS.tall * HEIGHT[code]!);
    const x = (EDGE + i * pitch).toFixed(1);
    return `<rect x="${x}" y="${BARS.top + BARS.tall - tall}" width="${(pitch * 0.66).toFixed(1)}" height="${tall}" rx="2" fill="${BAR[code]}"/>`;
  });
  return [
    ...rects,
    text(ctx.say('component.ago', { n: days }), EDGE, 590, 22, false, '#59616b'),
    text(ctx.say('component.today'), PICTURE.width - EDGE, 590, 22, false, '#59616b', 'end'),
  ].join('');
}

function address({ site }: PageContext): string {
  const { host, pathname } = new URL(site.url);
  return text(host + pathname.replace(/\/$/, ''), EDGE, 560, 26, false, '#59616b');
}

function text(
  words: string,
  x: number,
  y: number,
  size: number,
  bold: boolean,
  fill = '#16191d',
  anchor = 'start',
): string {
  // Control characters are not allowed in XML, even escaped.
  const safe = escapeHtml(words.replace(/\p{Cc}/gu, ' '));
  return `<text x="${x}" y="${Math.round(y)}" font-size="${size}"${bold ? ' font-weight="600" letter-spacing="${(-size / 60).toFixed(1)}"' : ''} fill="${fill}" text-anchor="${anchor}">${safe}</text>`;
}

/** Breaks text into lines, with an estimate that is a little too wide rather than too narrow. */
function wrap(words: string, size: number, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of words.split(/\s+/).flatMap(word => pieces(word, size, room))) {
    const more = widthOf(word, size);
    if (line !== '' && width + size * 0.35 + more > room) {
      lines.push(line);
      line = '';
      width = 0;
    }
    width += more + (line === '' ? 0 : size * 0.35);
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

function pieces(word: string, size: number, room: number): string[] {
  if (widthOf(word, size) <= room) return [word];
  const fitting = Math.max(1, Math.floor(room / size));
  const chars = [...word];
  return Array.from({ length: Math.ceil(chars.length / fitting) }, (_, i) =>
    chars.slice(i * fitting, (i + 1) * fitting).join(''),
  );
}

function widthOf(word: string, size: number): number {
  let em = 0;
  for (const char of word) {
    if (/[iljI.,:;'’|!()[\] ]/.test(char)) em += 0.32;
    else if (/[\u2e80-\uffef]|\p{Extended_Pictographic}/u.test(char)) em += 1.05;
    else if (/[mwMW%@—]/.test(char)) em += 0.92;
    else em += /[A-ZÄÖÜ]|[^\0-\u017f]/.test(char) ? 0.72 : /[ftr-]/.test(char) ? 0.42 : 0.6;
  }
  return em * size;
}

function clip(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), `${lines[most - 1]!.replace(/.$/u, '')}…`];
}
