import type { DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { useSay } from '../show/use-say.ts';
import { ConfirmDialog } from '../show/ConfirmDialog.tsx';
import { ActFault } from '../show/ActFault.tsx';
import { useDeadQueueAct } from './use-dead-queue-act.ts';

/** Asks before a dead queue is removed from the office; the queue itself and what is kept of it stay. */
export function RemoveDeadQueue({ queue, onClose }: { queue: DeadQueue; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const remove = useDeadQueueAct(
    (id: string) => office.removeDeadQueue(id),
    () => {
      say.done('deadQueues.removed', { name: queue.name });
      onClose();
    },
  );
  return (
    <ConfirmDialog
      title={text('deadQueues.removeTitle', { name: queue.name })}
      text={text('deadQueues.removeText')}
      confirm={text('common.remove')}
      cancel={text('common.cancel')}
      isBusy={remove.isPending}
      onConfirm={() => {
        remove.mutate(queue.id);
      }}
      onClose={onClose}
    >
      {remove.error && <ActFault error={remove.error} />}
    </ConfirmDialog>
  );
}
