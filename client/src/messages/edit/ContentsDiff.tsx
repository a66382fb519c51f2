import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useMemo, useState } from 'react';

import type { EditableContents } from '../../../../server/contract/schemas/drafts.ts';
import { useText } from '../../i18n/use-text.ts';
import { jsonFault } from '../body/json-fault.ts';
import { formatJson } from '../body/json-text.ts';
import { BodyDiff } from './BodyDiff.tsx';
import { headerChanges, isReordered, propertyChanges } from './changes.ts';
import { ChangeTable, headerValue, propertyText } from './ChangeTable.tsx';
import { Note, Section } from './parts.tsx';
import { isSame } from './same.ts';

interface ContentsDiffProps {
  before: EditableContents;
  after: EditableContents;
  beforeLabel: string;
  afterLabel: string;
  sensitive: { headers: readonly string[]; properties: readonly string[] };
}

/** What is different between two contents of a message, part by part, with nothing rounded and nothing left out. */
export function ContentsDiff({ before, after, beforeLabel, afterLabel, sensitive }: ContentsDiffProps) {
  const text = useText();
  const headers = headerChanges(before.headersTyped, after.headersTyped);
  const properties = propertyChanges(before.properties, after.properties);
  const reordered = isReordered(before.headersTyped, after.headersTyped);
  const labels = { beforeLabel, afterLabel };
  return (
    <>
      <BodyPart before={before} after={after} {...labels} />
      <Section title={text('tab.headers')}>
        {headers.length === 0 ? (
          <Note>{text(reordered ? 'edit.reordered' : 'edit.unchanged')}</Note>
        ) : (
          <ChangeTable
            label={text('tab.headers')}
            changes={headers}
            sensitive={sensitive.headers}
            show={headerValue}
            {...labels}
          />
        )}
      </Section>
      <Section title={text('tab.properties')}>
        {properties.length === 0 ? (
          <Note>{text('edit.unchanged')}</Note>
        ) : (
          <ChangeTable
            label={text('tab.properties')}
            changes={properties}
            sensitive={sensitive.properties}
            show={propertyText}
            {...labels}
          />
        )}
      </Section>
    </>
  );
}

/** Undefined where it is not text, or too large to be at hand. */
function textOf(body: EditableContents['body']): string | undefined {
  return body?.encoding === 'utf8' ? body.text : undefined;
}

type BodyPartProps = Omit<ContentsDiffProps, 'sensitive'>;

function BodyPart({ before, after, beforeLabel, afterLabel }: BodyPartProps) {
  const text = useText();
  const [isLaidOut, setLaidOut] = useState(false);
  const one = textOf(before.body);
  const other = textOf(after.body);
  const isJson = useMemo(
    () => [one, other].every((body) => body !== undefined && jsonFault(body) === undefined),
    [one, other],
  );
  const shown = (body: string) =>
    isLaidOut && isJson
      ? (formatJson(body)
          ?.map((part) => part.text)
          .join('') ?? body)
      : body;
  const isUnchanged = isSame(before.body, after.body);
  return (
    <Section
      title={text('tab.body')}
      actions={
        isJson &&
        !isUnchanged && (
          <FormControlLabel
            label={text('edit.diffLaidOut')}
            slotProps={{ typography: { variant: 'body2' } }}
            sx={{ mr: 0 }}
            control={
              <Checkbox
                checked={isLaidOut}
                onChange={(_event, on) => {
                  setLaidOut(on);
                }}
              />
            }
          />
        )
      }
    >
      {isUnchanged && <Note>{text(before.body === null ? 'edit.bodyStays' : 'edit.unchanged')}</Note>}
      {!isUnchanged && (one === undefined || other === undefined) && <Note>{text('edit.bodyNoDiff')}</Note>}
      {!isUnchanged && one !== undefined && other !== undefined && (
        <BodyDiff before={shown(one)} after={shown(other)} beforeLabel={beforeLabel} afterLabel={afterLabel} />
      )}
    </Section>
  );
}
