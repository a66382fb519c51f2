import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import { useText } from '../i18n/use-text.ts';
import { useFilterWords } from '../messages/filters/use-filter-words.ts';
import { detailWords } from './detail-words.ts';

/** The facts that an event carries, in words. */
export function AuditDetails({ event: { kind, details } }: { event: AuditEvent }) {
  const tools = { text: useText(), locale: useLocale(), filters: useFilterWords() };
  return (
    <Box component="span" sx={{ color: 'text.primary' }}>
      {detailWords(kind, details, tools).join(' · ')}
    </Box>
  );
}
