/**
 * How long a password of somebody's own is, in characters (code points). NIST SP 800-63B-4 asks for 15 where the password
 * is the only factor, as it is here; no other rule for how it is made up.
 */
export const PASSWORD_LENGTH = { least: 15, most: 1024 } as const;

/** As it is counted, and compared: the same characters typed on another keyboard can have other code points. */
export function passwordLength(password: string): number {
  return Array.from(password.normalize('NFKC')).length;
}
