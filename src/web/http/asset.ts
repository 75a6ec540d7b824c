// A file of public/ as it is served: with the site's colours in it, under an address that its bytes give it.
import type { Site } from '../../core/model/site.ts';
import type { Rendered } from '../cache/rendered.ts';

export interface Assets {
  /** A file of public/ as it is served for this site; null when there is none. */
  file(name: string, site: Site): Rendered | null;
  /** The hash in an asset's address: it changes when the bytes do. */
  version(name: string, site: Site): string;
}
