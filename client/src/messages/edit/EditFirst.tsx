import Edit from '@mui/icons-material/EditOutlined';
import { useNavigate } from 'react-router-dom';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { editPath } from './edit-paths.ts';
import { useEditBlocked } from './use-edit-blocked.ts';

/** The way from the question of a resend to the editor of its message. */
export function EditFirst({ message }: { message: Message }) {
  const text = useText();
  const navigate = useNavigate();
  const blocked = useEditBlocked(message);
  return (
    <GatedButton
      color="inherit"
      blocked={blocked}
      startIcon={<Edit aria-hidden />}
      sx={{ mr: 'auto' }}
      onClick={() => {
        void navigate(editPath(message.id));
      }}
    >
      {text('edit.editFirst')}
    </GatedButton>
  );
}
