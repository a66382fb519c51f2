import type { EditSummary } from '../../../../server/contract/schemas/edits.ts';
import type { Text } from '../../i18n/use-text.ts';

const SHOWN = 6;

/** Which parts an edit changed, by name, in one line. */
export function changedParts(
  { body, headers, headersReordered, properties }: Omit<EditSummary, 'keys'>,
  text: Text,
): string {
  const names = [...new Set([...headers.added, ...headers.removed, ...headers.changed, ...properties])];
  return [
    ...(body ? [text('tab.body')] : []),
    ...names.slice(0, SHOWN).map((name) => (name === '' ? '""' : name)),
    ...(names.length > SHOWN ? ['…'] : []),
    ...(headersReordered ? [text('edit.headerOrder')] : []),
  ].join(', ');
}
