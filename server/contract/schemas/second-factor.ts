import { z } from 'zod';

/** A code of the app, or a recovery code: as it was typed. */
export const secondFactorCode = z.string().min(1).max(64);

const password = z.string().min(1).max(1024);

export const secondFactor = z
  .strictObject({
    /** `elsewhere`: the identity provider sees to it. */
    state: z.enum(['off', 'on', 'elsewhere']),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: 'SecondFactor' });
export type SecondFactor = z.infer<typeof secondFactor>;

export const secondFactorStart = z.strictObject({ password });
/** What the app needs. It is told this once. */
export const secondFactorSecret = z
  .strictObject({
    /** Base32, to be typed. */
    secret: z.string(),
    /** `otpauth://…`, to be shown as a QR code. */
    uri: z.string(),
  })
  .meta({ id: 'SecondFactorSecret' });
export type SecondFactorSecret = z.infer<typeof secondFactorSecret>;

export const secondFactorConfirmation = z.strictObject({ code: secondFactorCode });
/** Each good once, and told this once. */
export const recoveryCodes = z.strictObject({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof recoveryCodes>;

export const secondFactorRemoval = z.strictObject({ password, code: secondFactorCode });
export type SecondFactorRemoval = z.infer<typeof secondFactorRemoval>;
