/** Where a message lies that is not registered: in the table of rejects, or in the journal's files. */
export const REJECT_PLACES = ['rejects', 'journal'] as const;

/**
 * What became of one message that was to be registered.
 *
 * | value | means |
 * |---|---|
 * | `registered` | it is a failed message now |
 * | `already` | it was registered before, or is on record: nothing was added |
 * | `rejected` | it could not be stored as a failed message and was put into the rejects: it waits there |
 * | `refused` | it could not be stored; it is where it was |
 * | `missing` | there is no such message to be registered |
 */
export const REGISTRATION_OUTCOMES = ['registered', 'already', 'rejected', 'refused', 'missing'] as const;
export type RegistrationOutcome = (typeof REGISTRATION_OUTCOMES)[number];

/**
 * What is wrong with a line of a file that is imported; the client's translation keys (`lines.<code>`), each with a
 * sentence in English for scripts.
 */
export const LINE_ERRORS = {
  'line.notJson': 'The line is no JSON. A line that was cut off by the end of a process looks like this.',
  'line.tooLong': 'The line is longer than any that the office writes.',
  'line.unknown': 'The line is neither a message, nor a part of a body, nor a note of the journal.',
  'line.wrongField': 'A field of the message is missing or not as it has to be.',
  'line.partStray': 'The line is a part of a body whose message does not come right before it.',
  'line.partMissing': 'Parts of the body of this message are missing. Such a message was never taken out of RabbitMQ.',
  'line.bodyTooLarge': 'The body is larger than any that RabbitMQ carries.',
  'line.deadQueueMissing': 'The office knows no such dead queue. Add it under Dead queues, and import the file again.',
  'line.refused': 'The database did not take the message.',
  'line.keyMissing': 'The message is encrypted with a key that is not in CONTENT_KEYS.',
  'line.damaged': 'The message was encrypted and has been changed or damaged since.',
} as const;
export type LineError = keyof typeof LINE_ERRORS;
