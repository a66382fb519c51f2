import { describe, expect, it } from 'vitest';

import { imageTypeOf, readImage } from './image-body.ts';

const ascii = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const bytes = (...parts: (number | number[])[]) => Uint8Array.from(parts.flat());

const PNG = bytes(
  [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a],
  [0, 0, 0, 13],
  ascii('IHDR'),
  [0, 0, 2, 128],
  [0, 0, 1, 224],
);
const GIF = bytes(ascii('GIF89a'), [0x80, 0x02], [0xe0, 0x01]);
const JPEG = bytes(
  [0xff, 0xd8],
  [0xff, 0xe0, 0, 4, 1, 2],
  [0xff, 0xff, 0xc4, 0, 3, 9],
  [0xff, 0xc2, 0, 11, 8, 0x01, 0xe0, 0x02, 0x80],
);
const VP8X = bytes(
  ascii('RIFF'),
  [0, 0, 0, 0],
  ascii('WEBPVP8X'),
  [10, 0, 0, 0, 0, 0, 0, 0],
  [0x7f, 2, 0],
  [0xdf, 1, 0],
);
const VP8L = bytes(ascii('RIFF'), [0, 0, 0, 0], ascii('WEBPVP8L'), [9, 0, 0, 0, 0x2f], [0x7f, 0xc2, 0x77, 0]);
const VP8 = bytes(
  ascii('RIFF'),
  [0, 0, 0, 0],
  ascii('WEBPVP8 '),
  [9, 0, 0, 0],
  [0, 0, 0, 0x9d, 0x01, 0x2a],
  [0x80, 2, 0xe0, 1],
);

describe('A body that is an image', () => {
  it.each([
    ['image/png', PNG],
    ['image/gif', GIF],
    ['image/jpeg', JPEG],
    ['image/webp', VP8X],
    ['image/webp', VP8L],
    ['image/webp', VP8],
  ] as const)('is told by its own bytes: %s', (type, image) => {
    expect(readImage(image)).toEqual({ type, width: 640, height: 480 });
    // At any place in the middle of other bytes, too.
    const within = new Uint8Array(image.length + 8);
    within.set(image, 8);
    expect(readImage(within.subarray(8))).toEqual({ type, width: 640, height: 480 });
  });

  it('is none where the bytes say something else, or end within their head', () => {
    for (const text of [
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      '<!doctype html><img>',
      '{"a":1}',
      '',
      'GIF8',
      'BM',
    ])
      expect(readImage(bytes(ascii(text))), text).toBeUndefined();
    for (const image of [PNG, GIF, JPEG, VP8X, VP8L, VP8]) expect(readImage(image.subarray(0, 9))).toBeUndefined();
    // A marker that never comes does not make it go on for ever.
    expect(readImage(bytes([0xff, 0xd8, 0xff], Array<number>(5000).fill(0xff)))).toBeUndefined();
    expect(readImage(bytes([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0]))).toBeUndefined();
  });

  it('is only what a content type names that can run nothing', () => {
    expect(imageTypeOf('image/PNG; q=1')).toBe('image/png');
    expect(imageTypeOf('image/jpg')).toBe('image/jpeg');
    for (const type of ['image/svg+xml', 'text/html', 'application/json', '', null]) {
      expect(imageTypeOf(type)).toBeUndefined();
    }
  });
});
