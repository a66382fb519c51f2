import { describe, expect, it } from 'vitest';

import { bodyPreview, PREVIEW_BYTES } from '../../../server/messages/body-preview.ts';

describe('the preview of a body', () => {
  it('is the text when the body is UTF-8', () => {
    const body = Buffer.from('{"orderId":"ORD-1","memo":"고객 변심"}');
    expect(bodyPreview(body, body.length)).toEqual({ encoding: 'utf8', text: body.toString(), truncated: false });
  });

  it('is base64 when the body is binary', () => {
    const body = Buffer.from([0xff, 0x00, 0xfe]);
    expect(bodyPreview(body, body.length)).toEqual({ encoding: 'base64', text: '/wD+', truncated: false });
  });

  it('is empty text for an empty body', () => {
    expect(bodyPreview(Buffer.alloc(0), 0)).toEqual({ encoding: 'utf8', text: '', truncated: false });
  });

  it.each([
    ['가', 3],
    ['é', 2],
    ['𝒳', 4],
    ['a', 1],
  ])('leaves off a character that the cut goes through: %s', (character, bytes) => {
    for (let begun = 0; begun < bytes; begun += 1) {
      const body = Buffer.from('x'.repeat(PREVIEW_BYTES - begun) + character.repeat(100));
      const preview = bodyPreview(body.subarray(0, PREVIEW_BYTES), body.length);
      expect(preview).toEqual({ encoding: 'utf8', text: 'x'.repeat(PREVIEW_BYTES - begun), truncated: true });
    }
  });

  it('tells binary data that is cut from text that is cut', () => {
    const body = Buffer.alloc(PREVIEW_BYTES + 10, 0x80);
    expect(bodyPreview(body.subarray(0, PREVIEW_BYTES), body.length).encoding).toBe('base64');
  });
});
