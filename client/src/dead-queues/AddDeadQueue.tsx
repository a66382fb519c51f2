import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { asChange, isEdited, NEW_QUEUE, QueueFields } from './QueueFields.tsx';
import { QueuePreflight } from './QueuePreflight.tsx';
import { useDeadQueueAct } from './use-dead-queue-act.ts';

/** Adds a dead queue to those that are watched. */
export function AddDeadQueue({ onClose }: { onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const [name, setName] = useState('');
  const [form, setForm] = useState(NEW_QUEUE);
  const add = useDeadQueueAct(office.addDeadQueue, () => {
    say.done('deadQueues.added', { name });
    onClose();
  });
  return (
    <FormDialog
      title={text('deadQueues.add')}
      submit={text('common.add')}
      isBusy={add.isPending}
      isEdited={name.trim() !== '' || isEdited(form, NEW_QUEUE)}
      error={add.error}
      onClose={onClose}
      onSubmit={() => {
        add.mutate({ name, ...asChange(form) });
      }}
    >
      <Typography variant="body2" color="text.secondary">
        {text('deadQueues.addText')}
      </Typography>
      <TextField
        fullWidth
        autoFocus
        required
        size="small"
        margin="normal"
        label={text('deadQueues.name')}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
        }}
        slotProps={{
          htmlInput: { maxLength: 255, spellCheck: false, autoComplete: 'off' },
          inputLabel: { required: false },
        }}
      />
      <QueuePreflight name={name} />
      <QueueFields form={form} onChange={setForm} />
    </FormDialog>
  );
}
