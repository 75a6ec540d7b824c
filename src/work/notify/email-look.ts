// The look of emails: the site's logo and brand color, and the colors of each state.

import { isCalledOff } from '../../core/incidents/completion.ts';
import { announcedStatus } from '../../core/incidents/ending.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import { brandPath, type Site } from '../../core/model/site.ts';
import { type BrandColor, brandColors } from '../../core/page/brand-colors.ts';

interface StateColors {
  /** Text on its tint, as in public/status.css (`--x` and `--tint-x`), where mail programs are light and dark. */
  readonly light: { readonly ink: string; readonly tint: string };
  readonly dark: { readonly ink: string; readonly tint: string };
  /** The line at the edge of a chat message, with a contrast of 3:1 on light and dark. */
  readonly edge: string;
}

/** In step with public/status.css; decoration only, because the text says the same. */
const COLORS = {
  good: {
    light: { ink: '#15753a', tint: '#edf9f1' },
    dark: { ink: '#5cc98d', tint: '#10211a' },
    edge: '#1f9254',
  },
  minor: {
    light: { ink: '#855600', tint: '#fff6e0' },
    dark: { ink: '#e9b343', tint: '#251d0b' },
    edge: '#b77900',
  },
  major: {
    light: { ink: '#b23a08', tint: '#fff1e9' },
    dark: { ink: '#f68b57', tint: '#291710' },
    edge: '#d9580d',
  },
  critical: {
    light: { ink: '#9f1420', tint: '#fdeeee' },
    dark: { ink: '#ff8087', tint: '#2b1417' },
    edge: '#d1293d',
  },
  maintenance: {
    light: { ink: '#1c49c8', tint: '#edf2ff' },
    dark: { ink: '#8fb0ff', tint: '#131c33' },
    edge: '#3b66dd',
  },
  cancelled: {
    light: { ink: '#59616b', tint: '#f4f5f7' },
    dark: { ink: '#a3abb5', tint: '#1a1e24' },
    edge: '#808892',
  },
} satisfies Record<string, StateColors>;

/** The colors of what an update says: of its state, or of how bad it is. */
export function colorsOf(incident: Incident, update: IncidentUpdate): StateColors {
  const status = announcedStatus(incident, update);
  if (status === 'completed' && isCalledOff(incident)) return COLORS.cancelled;
  if (status === 'completed' || status === 'resolved') return COLORS.good;
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
