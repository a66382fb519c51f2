import { isUtf8 } from 'node:buffer';

import { MASK, type HiddenBecause } from '../contract/masking.ts';
import type { bodyPreview as previewSchema } from '../contract/schemas/messages.ts';
import type { z } from 'zod';

import { looksLikeJson } from './json-tree.ts';
import { maskJson, maskLooseJson } from './mask-json.ts';
import { TooMuchWork, type Masking } from './masking.ts';

type Preview = z.infer<typeof previewSchema>;

/** Larger bodies are not read whole to be masked. */
export const MOST_MASKED_BYTES = 1024 * 1024;
/** As much of a masked body is shown, in characters: what a preview shows of any. */
const SHOWN = 64 * 1024;
/** Where a text is cut off, so much of its end goes too: it can be the beginning of something that is masked. */
const MOST_LEFT_OFF = 320;

export interface BodyToMask {
  preview: Preview;
  contentType: string | null;
  /** Bytes of the whole body. */
  size: number;
  /** The whole body, where the preview is only its beginning. It is asked for up to `MOST_MASKED_BYTES`. */
  readWhole: () => Promise<Buffer>;
}

/** The beginning of a body, masked; where that cannot be done with certainty nothing of it, and `masking` says why. */
export async function maskBody(body: BodyToMask, masking: Masking): Promise<Preview> {
  const { preview, contentType, size } = body;
  if (preview.text === '' || !masking.looksIntoBodies) return preview;
  if (masking.rules.notUnderstood) return hiddenBody(masking, 'rules');
  try {
    if (preview.encoding === 'base64') return maskInCharset(body, masking);
    if (!preview.truncated) return { ...preview, text: maskText(preview.text, contentType, masking) };
    // Of what was decompressed for display there is no more than its beginning.
    if (size > MOST_MASKED_BYTES || preview.decompressed !== undefined)
      return inTime(maskBeginning(preview, contentType, masking), masking);
    const whole = await body.readWhole();
    masking.restartTime();
    if (!isUtf8(whole)) return hiddenBody(masking, 'binary');
    const masked = maskText(whole.toString('utf8'), contentType, masking);
    return { encoding: 'utf8', text: wholeCharacters(masked.slice(0, SHOWN)), truncated: masked.length > SHOWN };
  } catch (error) {
    if (error instanceof BodyHidden) return hiddenBody(masking, error.because);
    if (error instanceof TooMuchWork) return hiddenBody(masking, 'tooMuchWork');
    throw error;
  }
}

class BodyHidden extends Error {
  readonly because: HiddenBecause;

  constructor(because: HiddenBecause) {
    super(because);
    this.because = because;
  }
}

/**
 * A whole text: of a body, or pasted.
 *
 * @throws BodyHidden, TooMuchWork
 */
function maskText(text: string, contentType: string | null, masking: Masking): string {
  if (!isJson(text, contentType)) return inTime(masking.text(text), masking);
  const masked = maskJson(text, masking);
  if ('text' in masked) return inTime(masked.text, masking);
  if (masking.rules.paths.length > 0) throw new BodyHidden(masked.fault);
  return inTime(maskLooseJson(text, masking), masking);
}

/** @throws TooMuchWork where it was not done in time: then it is masked whole, and says so. */
function inTime<Masked>(masked: Masked, masking: Masking): Masked {
  masking.checkTime();
  return masked;
}

/** A pasted text as a body would be shown. */
export function maskSample(text: string, masking: Masking): string {
  try {
    if (masking.rules.notUnderstood) throw new BodyHidden('rules');
    return maskText(text, null, masking);
  } catch (error) {
    if (!(error instanceof BodyHidden || error instanceof TooMuchWork)) throw error;
    masking.hideBody(error instanceof BodyHidden ? error.because : 'tooMuchWork');
    return MASK;
  }
}

/** Of a body that is too large to be read whole: what patterns find in its beginning. Paths need the whole. */
function maskBeginning(preview: Preview, contentType: string | null, masking: Masking): Preview {
  const json = isJson(preview.text, contentType);
  if (json && masking.rules.paths.length > 0) throw new BodyHidden('tooLarge');
  const text = withoutOpenEnd(preview.text);
  return { ...preview, text: json ? maskLooseJson(text, masking) : masking.text(text) };
}

/** Bytes that are not UTF-8: read in the encoding that they are said to have; else nobody knows what is in them. */
function maskInCharset({ preview, contentType }: BodyToMask, masking: Masking): Preview {
  const label = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const text = label === undefined || preview.truncated ? null : decode(preview.text, label);
  if (text === null) throw new BodyHidden('binary');
  const masked = maskText(text, contentType, masking);
  return masked === text ? preview : { encoding: 'utf8', text: masked, truncated: false };
}

function decode(base64: string, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return null;
  }
}

function isJson(text: string, contentType: string | null): boolean {
  return looksLikeJson(text) || /^\s*application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '');
}

/** In place of a body of which nothing may be shown. */
export function hiddenBody(masking: Masking, because: HiddenBecause): Preview {
  masking.hideBody(because);
  return { encoding: 'utf8', text: MASK, truncated: false };
}

/** Without the last word, and the numbers before it: a number or address may go on behind the cut. */
export function withoutOpenEnd(text: string): string {
  const least = Math.max(0, text.length - MOST_LEFT_OFF);
  let end = text.length;
  while (end > least && /[\p{L}\p{N}@%.+_ ()\\-]/u.test(text.charAt(end - 1))) end -= 1;
  return wholeCharacters(text.slice(0, end));
}

/** Without the first half of a character at its end. */
function wholeCharacters(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
