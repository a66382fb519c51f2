/** The editor of a message; with an edit that was sent before it begins with that. */
export function editPath(messageId: string, from?: string): string {
  const path = `/messages/${encodeURIComponent(messageId)}/edit`;
  return from === undefined ? path : `${path}?from=${encodeURIComponent(from)}`;
}

/** What was sent of a message, beside the message as it failed. */
export function sentEditPath(messageId: string, editId: string): string {
  return `/messages/${encodeURIComponent(messageId)}/edits/${encodeURIComponent(editId)}`;
}
