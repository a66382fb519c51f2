/** How long the rest of what was acked together may take to be delivered again after the first of it. */
export const REST_WITHIN_MS = 5_000;
/** So many different messages of it, and so large a part, show that it came back; or all of what is smaller. */
const SHOWN_BY = { messages: 3, part: 1 / 4 };

/**
 * Whether messages that were acked together are there again: what was acked together comes back together or not at all.
 *
 * @param hashes of the messages, in base64: how many of them have it.
 * @param returned how many redelivered messages with a hash are in hand beyond those that were let go unstored.
 * @returns null when there is nothing to show it by: a single message.
 */
export function cameBackTogether(
  hashes: ReadonlyMap<string, number>,
  returned: (hash: string) => number,
): boolean | null {
  const [only] = hashes;
  if (only !== undefined && hashes.size === 1) return only[1] === 1 ? null : returned(only[0]) >= only[1];
  const shown = [...hashes.keys()].filter((hash) => returned(hash) > 0).length;
  return shown >= Math.min(hashes.size, Math.max(SHOWN_BY.messages, Math.ceil(hashes.size * SHOWN_BY.part)));
}
