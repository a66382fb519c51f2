import { useText } from '../i18n/use-text.ts';
import { useUser } from './use-user.ts';

/** To which dead queues the user's sight is limited, in a sentence. Nothing for those who see all of them. */
export function ScopeNote() {
  const text = useText();
  const scope = useUser()?.scope ?? null;
  if (scope === null) return null;
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {scope.length === 0 ? text('scope.none') : text('scope.limited', { queues: scope.join(', ') })}
    </span>
  );
}
