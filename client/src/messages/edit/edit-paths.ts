/** The editor of a message. */
export function editPath(messageId: string): string {
  return `/messages/${encodeURIComponent(messageId)}/edit`;
}

/** What was sent of a message, beside the message as it failed. */
export function sentEditPath(messageId: string, editId: string): string {
  return `/messages/${encodeURIComponent(messageId)}/edits/${encodeURIComponent(editId)}`;
}
