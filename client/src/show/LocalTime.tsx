import TextField from '@mui/material/TextField';

interface LocalTimeProps {
  label: string;
  /** As the browser's input has it: local, without a zone. */
  value: string;
  onChange: (value: string) => void;
  /** It is complete: left, or a key confirmed it. */
  onDone?: () => void;
}

/** A moment in the reader's own time. */
export function LocalTime({ label, value, onChange, onDone }: LocalTimeProps) {
  return (
    <TextField
      size="small"
      type="datetime-local"
      label={label}
      value={value}
      onBlur={onDone}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { step: 1 } }}
    />
  );
}
