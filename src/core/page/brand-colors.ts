// The brand color, corrected until it is readable, for pages and emails.

type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
// The less favorable backgrounds of the stylesheet: keep in step with --ground and --card there.
const LIGHT_GROUND: Rgb = [250, 251, 252];
const DARK_GROUND: Rgb = [21, 24, 29];
/** WCAG 1.4.3, with a margin for rounding. */
const READABLE = 4.6;

export interface BrandColor {
  /** Readable as text on the background, `#rrggbb`. */
  readonly brand: string;
  /** The color of text on it, `#rgb`. */
  readonly on: string;
}

/** The brand color `#rrggbb` for light and dark backgrounds. */
export function brandColors(hex: string): { readonly light: BrandColor; readonly dark: BrandColor } {
  const color = parse(hex);
  return { light: readable(color, LIGHT_GROUND, BLACK), dark: readable(color, DARK_GROUND, WHITE) };
}

/** WCAG contrast ratio of two colors, 1–21. */
function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function readable(color: Rgb, ground: Rgb, towards: Rgb): BrandColor {
  const brand = correct(color, ground, towards);
  const on = contrast(brand, WHITE) >= contrast(brand, BLACK) ? '#fff' : '#000';
  return { brand: print(brand), on };
}

/** Mixes the color with black or white, as little as needed to be readable on the background. */
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
  // The settings were validated, so this cannot happen; a neutral blue is a safe result.
  if (!found) return [79, 70, 229];
  return [1, 2, 3].map(i => Number.parseInt(found[i]!, 16)) as unknown as Rgb;
}

function print(color: Rgb): string {
  return `#${color.map(value => value.toString(16).padStart(2, '0')).join('')}`;
}
