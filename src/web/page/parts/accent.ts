// The brand color as custom properties for the stylesheet.
import type { Site } from '../../../core/model/site.ts';
import { type BrandColor, brandColors } from '../../../core/page/brand-colors.ts';

/** status.css followed by the site's color, in one request. */
export function stylesheet(css: string, site: Site): string {
  return `${css}\n${brandCss(site)}`;
}

/** The brand color for light and dark: readable as text on the background, with a text color to put on it. */
export function brandCss(site: Site): string {
  const { light, dark } = brandColors(site.brand.color);
  return `:root{${properties(light)}}@media screen and (prefers-color-scheme:dark){:root{${properties(dark)}}}\n`;
}

function properties({ brand, on }: BrandColor): string {
  return `--brand:${brand};--on-brand:${on}`;
}
