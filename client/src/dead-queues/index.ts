import { lazy } from 'react';

/** The dead queues that the office watches. */
export const deadQueues = {
  name: 'dead-queues',
  list: lazy(async () => ({ default: (await import('./DeadQueueList.tsx')).DeadQueueList })),
  recordRepresentation: 'name',
};
