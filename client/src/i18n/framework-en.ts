import type { TranslationMessages } from 'ra-core';
import english from 'ra-language-english';

/** react-admin's own English texts, with our words where theirs are not calm or not exact. */
export const frameworkEn: TranslationMessages = {
  ra: {
    ...english.ra,
    action: { ...english.ra.action, select_columns: 'Columns', search_columns: 'Find a column' },
    page: { ...english.ra.page, error: 'This screen stopped working' },
    message: {
      ...english.ra.message,
      error: 'The console could not show this. Messages and operations are not touched by it.',
      auth_error: 'The session could not be checked.',
      authentication_error: 'The session could not be checked. Sign in again.',
    },
    auth: { ...english.ra.auth, sign_in_error: 'Sign-in failed', logout: 'Sign out' },
    notification: {
      ...english.ra.notification,
      http_error: 'The office cannot be reached.',
      data_provider_error: 'The office gave an answer that the console does not know.',
      logged_out: 'Your session has ended. Sign in again.',
      not_authorized: 'Your role does not allow this.',
    },
  },
};
