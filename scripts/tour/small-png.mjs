import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/**
 * The same picture with at most 256 colours, which is all that a screen of text and lines needs.
 * @param {Buffer} png as Chromium writes it: 8 bits, RGB or RGBA, not interlaced
 * @returns {Buffer}
 */
export function smallPng(png) {
  const { width, height, pixels } = decode(png);
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = indexOf(pixels[y * width + x] ?? 0);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const parts = [
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
  ];
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))]);
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const all = Buffer.alloc(named.length + 8);
  all.writeUInt32BE(data.length, 0);
  all.set(named, 4);
  all.writeUInt32BE(crc32(named), named.length + 4);
  return all;
}

/** @param {Buffer} png */
function decode(png) {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const bytes = png[25] === 6 ? 4 : 3;
  const data = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const rows = inflateSync(Buffer.concat(data));
  const stride = width * bytes;
  const pixels = new Uint32Array(width * height);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const from = y * (stride + 1);
    const row = rows.subarray(from + 1, from + 1 + stride);
    unfilter(rows[from] ?? 0, row, above, bytes);
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = row.readUIntBE(x * bytes, 3);
    above = row;
  }
  return { width, height, pixels };
}

/**
 * Undoes what PNG does to a row before it is packed (the numbers are the standard's).
 * @param {number} filter
 * @param {Buffer} row
 * @param {Buffer} above
 * @param {number} bytes of a pixel
 */
function unfilter(filter, row, above, bytes) {
  for (let at = 0; at < row.length; at += 1) {
    const left = row[at - bytes] ?? 0;
    const up = above[at] ?? 0;
    const corner = above[at - bytes] ?? 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    row[at] = ((row[at] ?? 0) + guess) & 255;
  }
}

/** @param {number} left @param {number} up @param {number} corner */
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}

/** Colours that look alike are one: 5 bits of each part. @param {number} colour */
const lookOf = (colour) => ((colour >> 9) & 0x7c00) | ((colour >> 6) & 0x3e0) | ((colour >> 3) & 0x1f);

/**
 * The looks that are most of the picture, each by its most frequent colour; any other colour is the nearest of these.
 * @param {Uint32Array} pixels
 */
function paletteOf(pixels) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  /** @type {Map<number, { colour: number, most: number, count: number }>} */
  const looks = new Map();
  for (const [colour, count] of counts) {
    const known = looks.get(lookOf(colour));
    if (!known) looks.set(lookOf(colour), { colour, most: count, count });
    else {
      known.count += count;
      if (count > known.most) Object.assign(known, { colour, most: count });
    }
  }
  const palette = [...looks.values()]
    .sort((one, other) => other.count - one.count)
    .slice(0, COLOURS)
    .map(({ colour }) => colour);
  /** @type {Map<number, number>} */
  const nearest = new Map();
  const indexOf = (/** @type {number} */ colour) => {
    const known = nearest.get(colour);
    if (known !== undefined) return known;
    const distances = palette.map((one) => distance(one, colour));
    const found = distances.indexOf(Math.min(...distances));
    nearest.set(colour, found);
    return found;
  };
  return { palette, indexOf };
}

/** @param {number} one @param {number} other */
function distance(one, other) {
  const part = (/** @type {number} */ shift) => ((one >> shift) & 255) - ((other >> shift) & 255);
  return part(16) ** 2 + part(8) ** 2 + part(0) ** 2;
}
