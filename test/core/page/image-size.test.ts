// imageSize(): the size of a picture from its first bytes, and null for what has none.
import { expect, test } from 'vitest';
import { imageSize } from '../../../src/core/page/image-size.ts';

const svg = (attributes: string) =>
  Buffer.from(`<?xml version="1.0"?>\n<!-- <a> -->\n<svg ${attributes}><g/></svg>`);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const PNG = hex('89504e47 0d0a1a0a 0000000d 49484452 000004b0 000000c8 08020000 00');

// PNG, JPEG and WebP as Chromium writes them: test/browser/head.test.ts.
test.each<[string, Uint8Array, { width: number; height: number } | null]>([
  ['a PNG', PNG, { width: 1200, height: 200 }],
  ['a GIF', Buffer.from('GIF89a\x78\x00\x14\x00'), { width: 120, height: 20 }],
  [
    'a WebP with a frame of key',
    hex('52494646 00000000 57454250 56503820 00000000 300100 9d012a 7800 1400'),
    { width: 120, height: 20 },
  ],
  [
    'a lossless WebP',
    hex('52494646 00000000 57454250 5650384c 00000000 2f 77c00400'),
    { width: 120, height: 20 },
  ],
  [
    'an extended WebP',
    hex('52494646 00000000 57454250 56503858 0a000000 10000000 af0400 c70000'),
    { width: 1200, height: 200 },
  ],
  [
    'a JPEG with a segment before its frame',
    hex('ffd8 ffe0 0004 0000 ffc4 0003 00 ffc0 0011 08 00c8 04b0'),
    { width: 1200, height: 200 },
  ],
  ['an SVG with both', svg('width="120px" height=\'20\' viewBox="0 0 1 1"'), { width: 120, height: 20 }],
  ['an SVG with a viewBox', svg('viewBox="0 0 24.5 7"'), { width: 24.5, height: 7 }],
  [
    'an SVG that fills its place',
    svg('width="100%" height="100%" viewBox="0,0,120,20"'),
    { width: 120, height: 20 },
  ],
  [
    'an SVG with a line and a viewBox',
    svg('stroke-width="2" viewBox="0 0 120 20"'),
    { width: 120, height: 20 },
  ],
  ['an SVG without size', svg('xmlns="http://www.w3.org/2000/svg"'), { width: 300, height: 150 }],
  ['an SVG of no height', svg('width="1" height="0"'), null],
  ['a PNG cut off', PNG.subarray(0, 20), null],
  ['a JPEG without a frame', hex('ffd8 ffe0 0004 0000'), null],
  ['a JPEG whose segment leads nowhere', hex('ffd8 ffe0 ffff'), null],
  ['nothing', Buffer.alloc(0), null],
  ['a text', Buffer.from('PNG'), null],
])('%s', (_, bytes, size) => {
  expect(imageSize(bytes)).toEqual(size);
});
