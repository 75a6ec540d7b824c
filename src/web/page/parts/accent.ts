// The operator's colour, corrected until it can be read, as custom properties for the stylesheet.
import type { Site } from '../../../core/model/site.ts';

type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
// The stylesheet's own grounds: keep in step with --ground there.
const LIGHT_GROUND: Rgb = WHITE;
const DARK_GROUND: Rgb = [15, 17, 21];
/** WCAG 1.4.3, with a little to spare for rounding. */
const READABLE = 4.6;

/** status.css with the site's colour behind it: one request for both. */
export function stylesheet(css: string, site: Site): string {
  return `${css}\n${brandCss(site)}`;
}

/** The brand colour for light and dark: readable as text on the ground, with a text colour to put on it. */
export function brandCss(site: Site): string {
  const color = parse(site.brand.color);
  const light = properties(color, LIGHT_GROUND, BLACK);
  const dark = properties(color, DARK_GROUND, WHITE);
  return `:root{${light}}@media screen and (prefers-color-scheme:dark){:root{${dark}}}\n`;
}

/** WCAG contrast ratio of two colours, 1–21. */
function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function properties(color: Rgb, ground: Rgb, towards: Rgb): string {
  const readable = correct(color, ground, towards);
  const on = contrast(readable, WHITE) >= contrast(readable, BLACK) ? '#fff' : '#000';
  return `--brand:${print(readable)};--on-brand:${on}`;
}

/** Mixes the colour with black or white, as little as makes it readable on the ground. */
function correct(color: Rgb, ground: Rgb, towards: Rgb): Rgb {
  for (let part = 0; part < 1; part += 0.02) {
    const mixed = color.map((value, i) => Math.round(value + (towards[i]! - value) * part));
    const candidate = mixed as unknown as Rgb;
    if (contrast(candidate, ground) >= READABLE) return candidate;
  }
  return towards;
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map(value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function parse(color: string): Rgb {
  const found = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  // The settings' reader has refused anything else; a neutral blue is the safe answer to a surprise.
  if (!found) return [79, 70, 229];
  return [1, 2, 3].map(i => Number.parseInt(found[i]!, 16)) as unknown as Rgb;
}

function print(color: Rgb): string {
  return `#${color.map(value => value.toString(16).padStart(2, '0')).join('')}`;
}
