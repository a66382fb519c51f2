import { z } from 'zod';

import { AppError } from '../../web/app-error.ts';

import type { SingleSignOnConfig } from './oidc-config.ts';
import { claimAt, type Claims } from './provider.ts';
import { standingOf, type Standing } from './role-mapping.ts';

/** Somebody as the provider tells of them, in our terms. */
export interface Person {
  issuer: string;
  subject: string;
  username: string;
  /** Null: no group of theirs gives them a role. */
  standing: Standing | null;
}

/** The column holds so many bytes; the standard allows 255 characters of ASCII. */
const identifier = z.string().refine((text) => text !== '' && Buffer.byteLength(text) <= 255);

/** What people read on the audit record: nothing that cannot be seen, and no blanks at the ends. */
const usernameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .refine((name) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(name))
  .transform((name) => name.normalize('NFC'));

const groupsSchema = z.union([z.array(z.string()), z.string().transform((group) => [group])]);

/**
 * Reads the claims.
 *
 * @throws AppError `session.nameMissing` or `session.providerInvalid`.
 */
export function personOf(claims: Claims, config: SingleSignOnConfig): Person {
  const issuer = identifier.safeParse(claims.iss);
  const subject = identifier.safeParse(claims.sub);
  if (!issuer.success || !subject.success) throw new AppError('session.providerInvalid');
  // An address that nobody has proved to be theirs could be anybody's.
  const isProved = config.usernameClaim !== 'email' || claims['email_verified'] !== false;
  const username = usernameSchema.safeParse(claimAt(claims, config.usernameClaim));
  if (!username.success || !isProved) {
    throw new AppError('session.nameMissing', { detail: `The claim is ${config.usernameClaim}.` });
  }
  const groups = groupsSchema.safeParse(claimAt(claims, config.groupsClaim));
  return {
    issuer: issuer.data,
    subject: subject.data,
    username: username.data,
    standing: standingOf(groups.success ? groups.data : [], config.roles),
  };
}
