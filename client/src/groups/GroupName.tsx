import Box from '@mui/material/Box';

import type { GroupView } from '../../../server/contract/groups.ts';
import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import { useText, type Text } from '../i18n/use-text.ts';

type Named = Pick<GroupRow, 'errorType' | 'normalisedMessage'>;

/** The name of a group in one line of text. */
export function groupName({ errorType, normalisedMessage }: Named, text: Text): string {
  const parts = [errorType, normalisedMessage].filter((part) => part !== null);
  return parts.length === 0 ? text('groups.noError') : parts.join(': ');
}

/** What fails: the error type strong, its message after it. */
export function GroupName({ group }: { group: Named }) {
  const text = useText();
  if (group.errorType === null && group.normalisedMessage === null) {
    return (
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {text('groups.noError')}
      </Box>
    );
  }
  return (
    <>
      {group.errorType !== null && <strong>{shortType(group.errorType)}</strong>} {group.normalisedMessage}
    </>
  );
}

/** Without the package it is in: `com.example.notice.TemplateError` is read as `TemplateError`. */
function shortType(errorType: string): string {
  return /[^.\\/:]+$/.exec(errorType)?.[0] ?? errorType;
}

/** The name of a row in its view. */
export function rowName(row: GroupRow, view: GroupView, text: Text): string {
  return view === 'queue' ? (row.queues[0] ?? text('way.unknownQueue')) : groupName(row, text);
}
