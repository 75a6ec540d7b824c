// The look of emails: the site's logo and brand color, and the colors of each state.

import { isCalledOff } from '../../core/incidents/completion.ts';
import { type Incident, type IncidentUpdate, isFinal } from '../../core/model/incident.ts';
import { brandPath, type Site } from '../../core/model/site.ts';
import { type BrandColor, brandColors } from '../../core/page/brand-colors.ts';

interface StateColors {
  /** Text and its background. */
  readonly light: { readonly ink: string; readonly tint: string };
  readonly dark: { readonly ink: string; readonly tint: string };
  /** The line at the edge of a chat message, with a contrast of 3:1 on light and dark. */
  readonly edge: string;
}

/** Light ink and tint, dark ink and tint, edge: in step with public/status.css. Decoration; the text says the same. */
const COLORS = {
  good: colors('#15753a', '#edf9f1', '#5cc98d', '#10211a', '#1f9254'),
  minor: colors('#855600', '#fff6e0', '#e9b343', '#251d0b', '#b77900'),
  major: colors('#b23a08', '#fff1e9', '#f68b57', '#291710', '#d9580d'),
  critical: colors('#9f1420', '#fdeeee', '#ff8087', '#2b1417', '#d1293d'),
  maintenance: colors('#1c49c8', '#edf2ff', '#8fb0ff', '#131c33', '#3b66dd'),
  cancelled: colors('#59616b', '#f4f5f7', '#a3abb5', '#1a1e24', '#808892'),
};

function colors(ink: string, tint: string, darkInk: string, darkTint: string, edge: string): StateColors {
  return { light: { ink, tint }, dark: { ink: darkInk, tint: darkTint }, edge };
}

/** The colors of what an update says: of its state, or of how bad it is. */
export function colorsOf(incident: Incident, { status }: IncidentUpdate): StateColors {
  if (status === 'completed' && isCalledOff(incident)) return COLORS.cancelled;
  if (isFinal(status)) return COLORS.good;
  return incident.scheduled ? COLORS.maintenance : COLORS[incident.severity];
}

/** What all emails of a site have in common. */
interface EmailLook {
  /** URLs; null without a logo that mail programs show. */
  readonly logo: string | null;
  readonly logoDark: string | null;
  readonly brand: { readonly light: BrandColor; readonly dark: BrandColor };
}

export function lookOf({ url, brand }: Pick<Site, 'url' | 'brand'>): EmailLook {
  // Most mail programs show neither SVG nor WebP.
  const shown = (file: string | null) =>
    file !== null && /\.(png|jpe?g|gif)$/i.test(file) ? url + brandPath(file) : null;
  const logo = shown(brand.logo);
  return { logo, logoDark: logo && shown(brand.logoDark), brand: brandColors(brand.color) };
}
