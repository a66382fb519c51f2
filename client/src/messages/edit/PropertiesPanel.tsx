import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import type { Dispatch } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { STACKING } from '../../show/stacking.ts';
import { readableSeconds } from '../typed-text.ts';
import type { FormAct } from './draft-form.ts';
import { Fixed, MONO_FIELD, PLAIN_FIELD, RowEnd, Sensitive, useFaultWords } from './fields.tsx';
import { Note, Section } from './parts.tsx';
import { isRaw, PROPERTY_NAMES, propertyChange, propertyFault, type PropertyRow } from './property-rows.ts';

interface PropertiesPanelProps {
  rows: readonly PropertyRow[];
  locked: readonly string[];
  /** Receivers or order look-ups go by these. */
  sensitive: readonly string[];
  onAct: Dispatch<FormAct>;
}

/** The properties that are set, and those that could be. An empty one is not the same as none. */
export function PropertiesPanel({ rows, locked, sensitive, onAct }: PropertiesPanelProps) {
  const text = useText();
  const unset = PROPERTY_NAMES.filter((name) => !locked.includes(name) && !rows.some((row) => row.name === name));
  return (
    <Section
      title={text('tab.properties')}
      actions={
        unset.length > 0 && (
          <TextField
            select
            size="small"
            value=""
            onChange={(event) => {
              const name = unset.find((one) => one === event.target.value);
              if (name) onAct({ do: 'addProperty', name });
            }}
            slotProps={{ select: { native: true }, htmlInput: { 'aria-label': text('edit.addProperty') } }}
          >
            <option value="">{text('edit.addProperty')}</option>
            {unset.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </TextField>
        )
      }
    >
      {rows.length === 0 ? (
        <Note>{text('properties.none')}</Note>
      ) : (
        <Table size="small" sx={STACKING}>
          <TableHead>
            <TableRow>
              <TableCell sx={{ width: '28%' }}>{text('column.name')}</TableCell>
              <TableCell sx={{ width: '66%' }}>{text('column.value')}</TableCell>
              <TableCell />
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <PropertyFields key={row.name} row={row} isSensitive={sensitive.includes(row.name)} onAct={onAct} />
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}

interface PropertyFieldsProps {
  row: PropertyRow;
  isSensitive: boolean;
  onAct: Dispatch<FormAct>;
}

function PropertyFields({ row, isSensitive, onAct }: PropertyFieldsProps) {
  const text = useText();
  const faultWords = useFaultWords();
  const { name } = row;
  const fault = row.isRemoved ? undefined : propertyFault(row);
  return (
    <TableRow>
      <TableCell className="wide">
        <Fixed isRemoved={row.isRemoved}>{name}</Fixed>
        {isSensitive && <Sensitive />}
      </TableCell>
      <TableCell className="wide">
        {row.isRemoved || isRaw(row) ? (
          <>
            {isRaw(row) && `${text('edit.bytesKept')} `}
            <Fixed isRemoved={row.isRemoved}>{row.source?.raw ?? row.text}</Fixed>
          </>
        ) : (
          <TextField
            fullWidth
            multiline
            size="small"
            value={row.text}
            error={fault !== undefined}
            helperText={fault === undefined ? <Reading row={row} /> : faultWords(fault)}
            onChange={(event) => {
              onAct({ do: 'property', name, text: event.target.value });
            }}
            slotProps={{
              htmlInput: { 'aria-label': text('edit.valueOf', { name }), ...PLAIN_FIELD },
              input: MONO_FIELD,
              formHelperText: { component: 'div' },
            }}
          />
        )}
      </TableCell>
      <RowEnd
        change={propertyChange(row)}
        name={name}
        isRemoved={row.isRemoved}
        onRemove={() => {
          onAct({ do: 'removeProperty', name });
        }}
        onPutBack={() => {
          onAct({ do: 'putBackProperty', name });
        }}
      />
    </TableRow>
  );
}

/** What a value means, where it does not say so itself. */
function Reading({ row: { name, text: value, isQuoted } }: { row: PropertyRow }) {
  const text = useText();
  if (isQuoted) return text('edit.quoted');
  if (name === 'deliveryMode' && (value === '1' || value === '2')) {
    return text(value === '2' ? 'properties.persistent' : 'properties.transient');
  }
  if (name === 'timestamp') return readableSeconds(value).trim();
  return name === 'expiration' ? 'ms' : null;
}
