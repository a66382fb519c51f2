import { useCallback } from 'react';

import { FIELD_ERRORS, type FieldError } from '../../../server/contract/errors.ts';
import { OfficeError } from '../api/office-error.ts';
import { useText } from '../i18n/use-text.ts';

export interface FaultText {
  /** What happened, in the reader's language. */
  what: string;
  /** More of it as the office says it (English), and the fields that it did not take. */
  detail?: string;
  /** To find it in the office's log. */
  request?: string;
}

/** Turns whatever was thrown into sentences. */
export function useFaultText(): (error: unknown) => FaultText {
  const text = useText();
  return useCallback(
    (error) => {
      if (!(error instanceof OfficeError)) return { what: text('fault.screenTitle') };
      const fault: FaultText = { what: text(`errors.${error.code}`, { ...saidBy(error), status: error.status }) };
      const fields = Object.entries(error.fields).map(
        ([field, code]) => `${field}: ${isFieldError(code) ? text(`fieldErrors.${code}`) : code}`,
      );
      const detail = [error.detail, ...fields].filter((part) => part !== undefined).join(' · ');
      if (error.code === 'session.wrongCredentials') return fault;
      if (detail !== '') fault.detail = detail;
      if (error.requestId !== undefined) fault.request = text('fault.request', { id: error.requestId });
      return fault;
    },
    [text],
  );
}

/** What the office says belongs to the text. `count` would choose a plural. */
function saidBy({ params }: OfficeError): Record<string, string | number> {
  const said: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params)) {
    if (name !== 'count' && (typeof value === 'string' || typeof value === 'number')) said[name] = value;
  }
  return said;
}

function isFieldError(code: string): code is FieldError {
  return (FIELD_ERRORS as readonly string[]).includes(code);
}
