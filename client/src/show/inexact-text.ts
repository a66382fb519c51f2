import type { InexactPart } from '../../../server/contract/inexact.ts';
import type { Text } from '../i18n/use-text.ts';

const KEYS = { headers: 'inexact.header', properties: 'inexact.property', body: 'inexact.body' } as const;
const SHOWN = 8;
const NAME_CHARACTERS = 60;

/** The parts of a message that cannot be sent as they were, each with the reason, in one line. */
export function inexactText(parts: readonly InexactPart[], text: Text): string {
  const named = parts.slice(0, SHOWN).map(({ in: place, name, why }) => {
    const shown = name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
    return text(KEYS[place], {
      name: shown === '' ? '""' : shown,
      why: text(`inexact.why.${why}`),
    });
  });
  return [...named, ...(parts.length > SHOWN ? ['…'] : [])].join(', ');
}
