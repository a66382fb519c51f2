import { cutToBytes, MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES } from './bounded-text.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerText } from './header-reading.ts';

const EXCEPTION = 'cap-exception';

/**
 * DotNetCore.CAP, which keeps its failures in a database of its own and requeues what failed: a message dies only by the
 * queue's own limits, and the reason is the broker's. `cap-exception` (`TypeName-->Message`) is of CAP's storage; a
 * message that bears it is one that CAP takes for failed already, so it goes on a resend.
 */
export const cap: Dialect = {
  name: 'cap',
  detect: ({ headers }) => ['cap-msg-id', 'cap-msg-name'].every((name) => findHeader(headers, name) !== null),
  read: ({ headers }, { brokerReason, brokerTime }) => {
    const exception = headerText(headers, EXCEPTION, MAX_ERROR_MESSAGE_BYTES);
    if (exception === null) return { reason: brokerReason, occurredAt: brokerTime };
    const arrow = exception.indexOf('-->');
    const [type, message] = arrow === -1 ? ['', exception] : [exception.slice(0, arrow), exception.slice(arrow + 3)];
    return {
      reason: 'error',
      errorType: type.trim() === '' ? null : cutToBytes(type.trim(), MAX_ERROR_TYPE_BYTES),
      errorMessage: message.trim() === '' ? null : message,
      stripHeaders: [EXCEPTION],
    };
  },
};
