import Alert from '@mui/material/Alert';
import { useDeferredValue } from 'react';

import { office, type RemovedCount, type RetentionPreview as Preview, type RetentionTerms } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';

interface RetentionPreviewProps {
  preview: Preview | undefined;
  isCounting: boolean;
  error: unknown;
}

/** What new retention terms would remove; nothing is asked where they stay as they are. */
export function useRetentionPreview(terms: RetentionTerms | undefined): RetentionPreviewProps {
  const now = JSON.stringify(terms ?? null);
  const asked = useDeferredValue(now);
  const { data, error, isFetching } = useOfficeQuery(
    ['settings', 'retention', asked],
    (signal) => office.retentionPreview(JSON.parse(asked) as RetentionTerms, signal),
    { enabled: asked !== 'null' },
  );
  const isAsked = terms !== undefined;
  return {
    preview: isAsked && asked === now ? data : undefined,
    isCounting: isAsked && (isFetching || asked !== now),
    error: isAsked && asked === now ? error : null,
  };
}

/** How many messages would lose their contents, and how many records would go. */
export function RetentionPreview({ preview, isCounting, error }: RetentionPreviewProps) {
  const text = useText();
  if (isCounting || (preview === undefined && error === null)) {
    return <div role="status">{isCounting && text('settings.previewCounting')}</div>;
  }
  if (preview === undefined) {
    return (
      <Alert severity="warning" variant="outlined" sx={{ mt: 1 }}>
        {text('settings.previewFailed')}
      </Alert>
    );
  }
  const lines = [
    removed(preview.contents) > 0 &&
      text(preview.contents.count === null ? 'settings.previewContentsMore' : 'settings.previewContents', {
        count: removed(preview.contents),
      }),
    removed(preview.records) > 0 &&
      text(preview.records.count === null ? 'settings.previewRecordsMore' : 'settings.previewRecords', {
        count: removed(preview.records),
      }),
  ].filter((line) => line !== false);
  return (
    <Alert severity={lines.length > 0 ? 'warning' : 'info'} variant="outlined" role="status" sx={{ mt: 1 }}>
      <strong>{text('settings.previewTitle')}</strong>
      <div>{lines.length > 0 ? lines.join(' · ') : text('settings.previewNone')}</div>
      {lines.length > 0 && <div>{text('settings.previewHint')}</div>}
    </Alert>
  );
}

function removed({ count, countAtLeast }: RemovedCount): number {
  return count ?? countAtLeast;
}
