import { describe, expect, it } from 'vitest';

import { fromBytes, fromPreview } from './body-content.ts';

/** "주문" in the encoding of older Korean systems. */
const EUC_KR = Uint8Array.from([0xc1, 0xd6, 0xb9, 0xae]);

describe('A body as it is shown', () => {
  it('is text where its bytes are UTF-8, whatever its content type says', () => {
    const bytes = new TextEncoder().encode('주문');
    expect(fromBytes(bytes, 'application/octet-stream')).toEqual({ bytes, text: '주문', truncated: false });
  });

  it('is read in the encoding that its content type names', () => {
    for (const type of [
      'text/plain; charset=euc-kr',
      'application/json;charset="EUC-KR"',
      'application/soap+xml; charset=euc-kr',
    ]) {
      expect(fromBytes(EUC_KR, type), type).toMatchObject({ text: '주문', charset: 'euc-kr' });
    }
  });

  it('is binary where it is not text by its content type, or does not fit it', () => {
    for (const type of [null, 'text/plain', 'image/png; charset=euc-kr', 'text/plain; charset=nonsense']) {
      expect(fromBytes(EUC_KR, type).text, String(type)).toBeUndefined();
    }
    expect(fromBytes(Uint8Array.from([0xff, 0xff]), 'text/plain; charset=euc-kr').text).toBeUndefined();
  });

  it('may begin with a part that ends within a character', () => {
    const text = btoa(String.fromCharCode(...EUC_KR.subarray(0, 3)));
    const preview = { encoding: 'base64' as const, text, truncated: true };
    expect(fromPreview(preview, 'text/plain; charset=euc-kr')).toMatchObject({ text: '주', truncated: true });
  });
});
