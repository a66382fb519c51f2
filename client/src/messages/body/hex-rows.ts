export interface HexRow {
  offset: string;
  hex: string;
  text: string;
}

/** How many bytes a hex view shows at most: beyond it nobody reads, and the browser suffers. */
export const HEX_LIMIT = 64 * 1024;
const ROW = 16;

/** Bytes as the usual hex view: offset, sixteen bytes, and their printable characters. */
export function hexRows(bytes: Uint8Array): HexRow[] {
  const rows: HexRow[] = [];
  const end = Math.min(bytes.length, HEX_LIMIT);
  for (let at = 0; at < end; at += ROW) {
    const row = bytes.subarray(at, Math.min(at + ROW, end));
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    rows.push({
      offset: at.toString(16).padStart(8, '0'),
      hex: `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.padEnd(ROW * 3 + 1),
      text: Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return rows;
}
