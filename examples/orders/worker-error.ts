/**
 * What the interceptor does with a message whose worker failed:
 * - `retry`: through a delay queue while the retry budget lasts, then the dead queue. The cause may pass by itself.
 * - `dead`: straight to the dead queue, with the reason in the headers. Trying again would change nothing.
 * - `reject`: given back to the broker, which dead-letters it; the message then says that it was rejected, not why.
 * - `requeue`: put back at once. The queue's own delivery limit ends that.
 */
export type Treatment = 'retry' | 'dead' | 'reject' | 'requeue';

/** A failure that a worker expects. `type` is the name that ends up in `x-failure-type`. */
export class WorkerError extends Error {
  readonly treatment: Treatment;

  constructor(type: string, treatment: Treatment, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = type;
    this.treatment = treatment;
    // Again, now that the name is set: the stack begins with it.
    Error.captureStackTrace(this, WorkerError);
  }
}

/** A failure that nobody expected may pass by itself. */
export function treatmentOf(error: Error): Treatment {
  return error instanceof WorkerError ? error.treatment : 'retry';
}
