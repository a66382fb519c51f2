import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import type { Database } from '../database/connect.ts';

/** Who this office is: the one row of `installation`. The key never leaves the process. */
export interface Installation {
  /** Lower-case letters and digits. */
  name: string;
  /** Raised when the database was restored from a backup: marks made since that backup are then told apart. */
  epoch: number;
  macKey: Buffer;
}

/** What the header of a resent message says once its mac has held. */
export interface ResendMark {
  messageId: string;
  resendNumber: number;
  /** False for a mark from before the database was restored: ours, but perhaps of a resend that is not on record. */
  currentEpoch: boolean;
}

const MAC_BYTES = 16;
const installationRow = z.object({ name: z.string(), epoch: z.number().int(), mac_key: z.instanceof(Buffer) });
const markText = /^([a-z0-9]{1,32})-(\d{1,10})\.([1-9]\d{0,18})\.([1-9]\d{0,9})\.([\w-]{22})$/;

/** Reads the installation, making it the first time. Safe to call from many instances at once. */
export async function ensureInstallation(database: Database): Promise<Installation> {
  await database('installation')
    .insert({
      id: 1,
      name: randomBytes(6).toString('hex'),
      epoch: 1,
      mac_key: randomBytes(32),
      created_at: database.raw('UTC_TIMESTAMP(3)'),
    })
    .onConflict('id')
    .ignore();
  const { name, epoch, mac_key } = installationRow.parse(await database('installation').where('id', 1).first());
  return { name, epoch, macKey: mac_key };
}

/**
 * The value of the header that one resend of one message bears: `<installation>.<message id>.<resend no>.<mac>`, where
 * the installation is its name and epoch. It is printable ASCII and at most 110 bytes.
 */
export function makeResendMark(installation: Installation, messageId: string, resendNumber: number): string {
  const said = `${installation.name}-${installation.epoch}.${messageId}.${resendNumber}`;
  return `${said}.${macOf(installation, said)}`;
}

/** Reads such a value. Null for anything that this installation did not make: then it is just a header. */
export function readResendMark(installation: Installation, value: string): ResendMark | null {
  const [, name, epoch, messageId, resendNumber, mac] = markText.exec(value) ?? [];
  if (mac === undefined || messageId === undefined || name !== installation.name) return null;
  const said = value.slice(0, value.lastIndexOf('.'));
  // As text: the last character of base64 has bits that no byte holds.
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(installation, said)))) return null;
  return { messageId, resendNumber: Number(resendNumber), currentEpoch: Number(epoch) === installation.epoch };
}

function macOf({ macKey }: Installation, said: string): string {
  return createHmac('sha256', macKey).update(said).digest().subarray(0, MAC_BYTES).toString('base64url');
}
