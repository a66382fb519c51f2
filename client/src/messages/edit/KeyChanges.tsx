import Alert from '@mui/material/Alert';

import type { EditSummary } from '../../../../server/contract/schemas/edits.ts';
import { useText } from '../../i18n/use-text.ts';

const SHOWN = 8;

/** Order IDs, and other business keys, that read otherwise in the edited message: the look-ups of the desk go by them. */
export function KeyChanges({ keys }: Pick<EditSummary, 'keys'>) {
  const text = useText();
  if (keys.length === 0) return null;
  const listed = (values: readonly string[]) =>
    values.length === 0
      ? text('edit.noKey')
      : [...values.slice(0, SHOWN), ...(values.length > SHOWN ? ['…'] : [])].join(', ');
  return (
    <Alert severity="warning" variant="outlined" sx={{ mb: 2, overflowWrap: 'anywhere' }}>
      <strong>{text('edit.keysChange')}</strong>
      {keys.map(({ name, before, after }) => (
        <div key={name}>
          {text('edit.keyChange', {
            name: name === 'orderId' ? text('column.orderId') : name,
            before: listed(before),
            after: listed(after),
          })}
        </div>
      ))}
    </Alert>
  );
}
