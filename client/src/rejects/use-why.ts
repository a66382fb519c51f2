import type { Reject } from '../../../server/contract/schemas/rejects.ts';
import { useText } from '../i18n/use-text.ts';

/** Why a message was not stored, in words: ours where we know the code, else those of the database. */
export function useWhy(): (reject: Pick<Reject, 'code' | 'text'>) => string {
  const text = useText();
  return ({ code, text: words }) => {
    if (code === 'databaseAway') return text('rejects.databaseAway');
    return words === '' || words === code ? code : `${code}: ${words}`;
  };
}
