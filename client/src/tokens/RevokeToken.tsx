import type { ApiToken } from '../../../server/contract/schemas/tokens.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { ConfirmDialog } from '../show/ConfirmDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { useTokenAct } from './token-queries.ts';

/** Asks before a token is revoked: scripts that use it stop working. */
export function RevokeToken({ token: { id, name }, onClose }: { token: ApiToken; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const revoke = useTokenAct(
    () => office.revokeToken(id),
    () => {
      say.done('tokens.revoked', { name });
      onClose();
    },
  );
  return (
    <ConfirmDialog
      title={text('tokens.revokeTitle', { name })}
      text={text('tokens.revokeText')}
      confirm={text('tokens.revoke')}
      cancel={text('tokens.keep')}
      isBusy={revoke.isPending}
      onConfirm={() => {
        revoke.mutate(undefined);
      }}
      onClose={onClose}
    >
      {revoke.error && <ActFault error={revoke.error} />}
    </ConfirmDialog>
  );
}
