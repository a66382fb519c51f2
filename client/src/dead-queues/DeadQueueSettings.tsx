import { useState } from 'react';

import type { DeadQueue, DeadQueueChange } from '../../../server/contract/schemas/dead-queues.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { asChange, isEdited, QueueFields, type QueueForm } from './QueueFields.tsx';
import { QueueWarnings } from './QueueWarnings.tsx';
import { useDeadQueueAct } from './use-dead-queue-act.ts';

/** Changes how a dead queue is watched, and what a resend from it leaves out or adds. */
export function DeadQueueSettings({ queue, onClose }: { queue: DeadQueue; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const [before] = useState<QueueForm>({
    watched: queue.watched,
    prefetch: queue.prefetch === null ? '' : String(queue.prefetch),
    stripHeaders: queue.stripHeaders.join('\n'),
    addHeader: queue.addHeader,
    whenDatabaseAway: queue.whenDatabaseAway,
    needsApproval: queue.needsApproval,
  });
  const [form, setForm] = useState(before);
  const save = useDeadQueueAct(
    (change: DeadQueueChange) => office.changeDeadQueue(queue.id, change),
    () => {
      say.done('deadQueues.changed', { name: queue.name });
      onClose();
    },
  );
  return (
    <FormDialog
      title={text('deadQueues.settingsOf', { name: queue.name })}
      submit={text('common.save')}
      isBusy={save.isPending}
      isEdited={isEdited(form, before)}
      error={save.error}
      onClose={onClose}
      onSubmit={() => {
        save.mutate(asChange(form));
      }}
    >
      <QueueWarnings warnings={queue.warnings} />
      <QueueFields form={form} onChange={setForm} />
    </FormDialog>
  );
}
