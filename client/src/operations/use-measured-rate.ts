import { useState } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { addSample, measuredRate, type RateSample } from './measured-rate.ts';
import { doneCount } from './operation-queries.ts';

/**
 * Items a second, as the answers and events of the last seconds tell; undefined while it does not run.
 *
 * @param updatedAt when this state of the operation came in, in milliseconds.
 */
export function useMeasuredRate(operation: Operation, updatedAt: number): number | undefined {
  const [samples, setSamples] = useState<RateSample[]>([]);
  const isRunning = operation.status === 'running';
  if (!isRunning && samples.length > 0) setSamples([]);
  if (isRunning && samples.at(-1)?.at !== updatedAt) {
    setSamples(addSample(samples, { at: updatedAt, done: doneCount(operation) }));
  }
  return isRunning ? measuredRate(samples) : undefined;
}
