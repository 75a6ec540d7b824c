// The size of a picture, read from the first bytes of its file: room for it can be kept before it is there.

/** In pixels, or in any unit if only the ratio is known. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The size of a PNG, GIF, WebP, JPEG or SVG; null for anything else, and for a broken one. */
export function imageSize(bytes: Uint8Array): ImageSize | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 16));
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = head.startsWith('\u0089PNG')
      ? { width: data.getUint32(16), height: data.getUint32(20) }
      : head.startsWith('GIF8')
        ? { width: data.getUint16(6, true), height: data.getUint16(8, true) }
        : head.startsWith('RIFF')
          ? webpSize(head.slice(12), data)
          : head.startsWith('\u00ff\u00d8')
            ? jpegSize(data)
            : svgSize(new TextDecoder().decode(bytes));
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch {
    // The file ends before its size.
    return null;
  }
}

function webpSize(kind: string, data: DataView): ImageSize | null {
  const three = (at: number) => data.getUint16(at, true) + data.getUint8(at + 2) * 65_536 + 1;
  if (kind === 'VP8X') return { width: three(24), height: three(27) };
  if (kind === 'VP8 ')
    return { width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
  if (kind !== 'VP8L') return null;
  const bits = data.getUint32(21, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
}

/** The size is in the frame's segment (C0 to CF, but C4, C8 and CC); the segments before it are skipped. */
function jpegSize(data: DataView): ImageSize | null {
  for (let at = 2; data.getUint8(at) === 0xff; at += 2 + data.getUint16(at + 2)) {
    const kind = data.getUint8(at + 1);
    if (kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc)
      return { width: data.getUint16(at + 7), height: data.getUint16(at + 5) };
  }
  return null;
}

/** As browsers do it: width and height, else the ratio of the viewBox, else 300×150. */
function svgSize(text: string): ImageSize | null {
  const tag = /<svg\b[^>]*>/.exec(text)?.[0];
  if (!tag) return null;
  const given = (name: string) =>
    new RegExp(`\\s${name}\\s*=\\s*["']\\s*([\\d.]+)(?![\\d.]*%)`).exec(tag)?.[1];
  const [width, height] = [given('width'), given('height')];
  const box = /\sviewBox\s*=\s*["']\s*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.e]+)[\s,]+([\d.e]+)/.exec(tag);
  if (box && !(width && height)) return { width: Number(box[1]), height: Number(box[2]) };
  return { width: Number(width ?? 300), height: Number(height ?? 150) };
}
