/**
 * Every error code with its HTTP status and English title. Codes are stable; the client translates them by
 * `errors.<code>`. `detail` in a response may say more; the code is what programs go by.
 */
export const ERRORS = {
  'request.malformed': { status: 400, title: 'The request is not well-formed.' },
  'request.notFound': { status: 404, title: 'There is nothing at this address.' },
  'request.tooLarge': { status: 413, title: 'The request is too large.' },
  'request.crossOrigin': { status: 403, title: 'The request comes from another site.' },
  'request.tooMany': { status: 429, title: 'Too many requests. Wait a moment.' },
  'session.missing': { status: 401, title: 'Sign in first.' },
  'session.wrongCredentials': { status: 401, title: 'Username or password is wrong.' },
  'access.denied': { status: 403, title: 'Your role does not allow this.' },
  'page.tooDeep': { status: 422, title: 'That page is too deep. Go on with the cursor, or narrow the filters.' },
  'cursor.invalid': { status: 400, title: 'The cursor is not one of this list.' },
  'message.notFound': { status: 404, title: 'There is no such message.' },
  'message.contentsPurged': {
    status: 410,
    title: 'The contents of this message were removed after their retention term.',
  },
  'draft.notFound': { status: 404, title: 'There is no draft of this message.' },
  'draft.changed': { status: 409, title: 'Somebody else has saved or sent this draft meanwhile.' },
  'draft.outdated': {
    status: 409,
    title: 'The message has failed again since: this is a draft of its earlier contents.',
  },
  'draft.wrongStatus': { status: 409, title: 'A message in this state is not edited.' },
  'draft.nothingChanged': { status: 422, title: 'Nothing is changed: this is the message as it failed.' },
  'draft.locked': { status: 422, title: 'Some of these parts cannot be edited.' },
  'draft.notSendable': { status: 422, title: 'RabbitMQ would not take the message like this.' },
  'draft.bodyTooLarge': { status: 422, title: 'The body is too large to be edited here.' },
  'edit.notFound': { status: 404, title: 'There is no such edit of this message.' },
  'operation.notFound': { status: 404, title: 'There is no such operation.' },
  'operation.nothingSelected': { status: 422, title: 'No message was selected.' },
  'operation.messagesMissing': { status: 422, title: 'Some of the selected messages do not exist.' },
  'operation.reasonRequired': { status: 422, title: 'A reason is required for this.' },
  'operation.ended': { status: 409, title: 'The operation has ended.' },
  'operation.idempotencyConflict': { status: 409, title: 'This idempotency key was used with another request.' },
  'operation.selectionDrifted': { status: 409, title: 'The selection changed since it was shown.' },
  'operation.notPaced': { status: 422, title: 'Only a resend has a pace.' },
  'deadQueue.notFound': { status: 404, title: 'There is no such dead queue.' },
  'deadQueue.exists': { status: 409, title: 'This dead queue is watched already.' },
  'group.notFound': { status: 404, title: 'There is no such group.' },
  'group.changed': { status: 409, title: 'Somebody else has changed this group meanwhile.' },
  'group.merged': { status: 409, title: 'This group was merged into another one.' },
  'group.mergedIntoItself': { status: 422, title: 'A group cannot be merged into itself.' },
  'group.notItsFingerprint': { status: 409, title: 'Some of these failures do not belong to this group any more.' },
  'group.nothingLeft': { status: 422, title: 'A group cannot be split off whole: something has to stay.' },
  'group.snoozeTime': { status: 422, title: 'A group is snoozed until a time within the next year.' },
  'group.assigneeUnknown': { status: 422, title: 'There is no such user.' },
  'reject.notFound': { status: 404, title: 'No such message waits to be registered.' },
  'reject.importRunning': { status: 429, title: 'Another file is being imported. Wait until it is done.' },
  'statistics.tooManyBuckets': { status: 422, title: 'These are too many buckets. Take a shorter range, or days.' },
  'order.notFound': { status: 404, title: 'No message carries this order ID.' },
  'order.tooManyMessages': { status: 422, title: 'Too many messages carry this order ID for one table.' },
  'savedView.notFound': { status: 404, title: 'There is no such view.' },
  'savedView.exists': { status: 409, title: 'A view of this name exists already.' },
  'savedView.changed': { status: 409, title: 'Somebody else changed this view.' },
  'savedView.tooMany': { status: 422, title: 'That is one view too many.' },
  'filter.masked': {
    status: 403,
    title: 'This filter asks for what masking hides. Only who may reveal it may filter by it.',
  },
  'reveal.needed': { status: 428, title: 'Reveal this first, with a reason.' },
  'reveal.reasonMissing': { status: 428, title: 'Unmasked data needs a reason, in the header X-Reveal-Reason.' },
  'masking.ruleNotFound': { status: 404, title: 'There is no such masking rule.' },
  'masking.ruleExists': { status: 409, title: 'A masking rule of this name exists already.' },
  'masking.ruleChanged': { status: 409, title: 'Somebody else has changed this masking rule meanwhile.' },
  'masking.ruleInvalid': { status: 422, title: 'No masking rule can be like this.' },
  'masking.tooManyRules': { status: 422, title: 'That is one masking rule too many.' },
  'database.away': { status: 503, title: 'The database is away.' },
  'database.busy': { status: 503, title: 'The database is busy with another change of the same. Try again.' },
  'broker.away': { status: 503, title: 'RabbitMQ is away.' },
  'server.fault': { status: 500, title: 'The office made a mistake. It is in the log under the request id.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Codes of single fields in `errors` of a 400 answer. */
export const FIELD_ERRORS = ['field.unknown', 'field.missing', 'field.invalid'] as const;
export type FieldError = (typeof FIELD_ERRORS)[number];

/**
 * Why one item of an operation did not end `confirmed`, and why a message cannot be resent (`resendable.code`).
 * The client translates them by `items.<code>`.
 */
export const ITEM_ERRORS = [
  'item.changed',
  'item.wrongStatus',
  'item.possibleDuplicate',
  'item.noDraft',
  'item.draftOutdated',
  'item.originUnknown',
  'item.contentsPurged',
  'item.noRoute',
  'item.exchangeMissing',
  'item.exchangeInternal',
  'item.queueMissing',
  'item.accessRefused',
  'item.tooLarge',
  'item.headersTooLarge',
  'item.notExact',
  'item.preconditionFailed',
  'item.nacked',
  'item.nackedByOneOfSeveral',
  'item.noConfirm',
  'item.connectionLost',
  'item.brokerAway',
  'item.operationEnded',
  'item.processDied',
  'item.restored',
  'item.fault',
] as const;
export type ItemError = (typeof ITEM_ERRORS)[number];
