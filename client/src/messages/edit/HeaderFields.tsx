import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import { memo, type Dispatch } from 'react';

import { useText } from '../../i18n/use-text.ts';
import type { FormAct } from './draft-form.ts';
import { changeOf, isHeaderFault, isSendable, readRow, type HeaderRow } from './header-rows.ts';
import { Fixed, KeptValue, MONO_FIELD, PLAIN_FIELD, RowEnd, Sensitive, useFaultWords, Wrong } from './fields.tsx';
import { EDITABLE_TYPES, roundedTo } from './value-text.ts';

interface HeaderFieldsProps {
  row: HeaderRow;
  /** Which one it is, for those without a name. */
  number: number;
  locked: ReadonlySet<string>;
  isSensitive: boolean;
  onAct: Dispatch<FormAct>;
}

/** One header as fields. A removed one stays to be seen until the message is sent, and can be put back. */
export const HeaderFields = memo(function HeaderFields({ row, number, locked, isSensitive, onAct }: HeaderFieldsProps) {
  const text = useText();
  const faultWords = useFaultWords();
  const { key, type } = row;
  const read = readRow(row, locked);
  const fault = isHeaderFault(read) && !row.isRemoved ? read : undefined;
  const isNameFault = fault !== undefined && ['name', 'longName', 'lockedName'].includes(fault.code);
  const called = row.name === '' ? text('edit.headerNumber', { n: String(number) }) : row.name;
  const rounded = type === null ? undefined : roundedTo(type, row.text);
  const isFixed = row.isRemoved || type === null;
  return (
    <TableRow>
      <TableCell className="wide">
        {isFixed ? (
          <Fixed isRemoved={row.isRemoved}>{row.name === '' ? '""' : row.name}</Fixed>
        ) : (
          <TextField
            fullWidth
            multiline
            size="small"
            value={row.name}
            error={isNameFault}
            helperText={isNameFault ? faultWords(fault) : undefined}
            onChange={(event) => {
              onAct({ do: 'header', key, change: { name: event.target.value } });
            }}
            slotProps={{
              htmlInput: { 'aria-label': text('edit.nameOf', { name: called }), ...PLAIN_FIELD },
              input: MONO_FIELD,
            }}
          />
        )}
        {isSensitive && <Sensitive />}
      </TableCell>
      <TableCell>
        {isFixed ? (
          (row.source?.type ?? type)
        ) : (
          <TextField
            select
            size="small"
            value={type}
            sx={{ minWidth: 116 }}
            onChange={(event) => {
              const chosen = EDITABLE_TYPES.find((one) => one === event.target.value);
              if (chosen) onAct({ do: 'header', key, change: { type: chosen, ...startingText(chosen, row.text) } });
            }}
            slotProps={{
              select: { native: true },
              htmlInput: { 'aria-label': text('edit.typeOf', { name: called }) },
            }}
          >
            {EDITABLE_TYPES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </TextField>
        )}
      </TableCell>
      <TableCell className="wide">
        {isFixed || type === 'void' ? (
          <KeptValue header={row.source} isRemoved={row.isRemoved} />
        ) : type === 'boolean' ? (
          <TextField
            select
            size="small"
            value={row.text}
            onChange={(event) => {
              onAct({ do: 'header', key, change: { text: event.target.value } });
            }}
            slotProps={{
              select: { native: true },
              htmlInput: { 'aria-label': text('edit.valueOf', { name: called }) },
            }}
          >
            <option value="true">true</option>
            <option value="false">false</option>
          </TextField>
        ) : (
          <TextField
            fullWidth
            multiline
            maxRows={12}
            size="small"
            value={row.text}
            error={fault !== undefined && !isNameFault}
            helperText={
              fault !== undefined && !isNameFault
                ? faultWords(fault)
                : row.isQuoted
                  ? text('edit.quoted')
                  : rounded !== undefined
                    ? text('edit.rounded', { value: rounded })
                    : undefined
            }
            onChange={(event) => {
              onAct({ do: 'header', key, change: { text: event.target.value } });
            }}
            slotProps={{
              htmlInput: { 'aria-label': text('edit.valueOf', { name: called }), ...PLAIN_FIELD },
              input: MONO_FIELD,
            }}
          />
        )}
        {!row.isRemoved && !isHeaderFault(read) && !isSendable(read) && <Wrong>{text('edit.notSendable')}</Wrong>}
      </TableCell>
      <RowEnd
        change={changeOf(row, read)}
        name={called}
        isRemoved={row.isRemoved}
        onRemove={() => {
          onAct({ do: 'removeHeader', key });
        }}
        onPutBack={() => {
          onAct({ do: 'putBackHeader', key });
        }}
      />
    </TableRow>
  );
});

/** A type with a few values begins with one of them. */
function startingText(type: string, text: string): { text?: string } {
  if (type === 'boolean' && text !== 'false') return { text: 'true' };
  if ((type === 'table' || type === 'array') && text.trim() === '') return { text: '[]' };
  return {};
}
