import type { RawBytes, TypedValue } from '../../../server/contract/wire.ts';

/** What a header's value reads as. Bytes have no text. */
export type Reading = { kind: 'text'; text: string } | { kind: 'bytes'; base64: string; length: number };

/** A typed value as text: nested tables and arrays laid out, every number with all its digits. */
export function readTyped(value: TypedValue): Reading {
  if (value.type === 'bytes') return bytes(value.value);
  if (value.type === 'string' && typeof value.value !== 'string') return bytes(value.value.base64);
  return { kind: 'text', text: lines(value, '') };
}

function bytes(base64: string): Reading {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return { kind: 'bytes', base64, length: (base64.length / 4) * 3 - padding };
}

function lines(value: TypedValue, indent: string): string {
  switch (value.type) {
    case 'table':
      if (value.value.length === 0) return '{}';
      return `{\n${value.value.map((field) => `${indent}  ${field.name}${typeNote(field)}: ${lines(field, `${indent}  `)}`).join('\n')}\n${indent}}`;
    case 'array':
      if (value.value.length === 0) return '[]';
      return `[\n${value.value.map((entry) => `${indent}  ${lines(entry, `${indent}  `)}`).join('\n')}\n${indent}]`;
    case 'timestamp':
      return `${value.value}${readableSeconds(value.value)}`;
    case 'decimal':
      return decimal(value.value);
    case 'string':
      return typeof value.value === 'string' ? value.value : rawText(value.value);
    case 'void':
      return 'null';
    default:
      return String(value.value);
  }
}

/** Nested values say their type where their text does not. */
function typeNote({ type }: TypedValue): string {
  return type === 'string' || type === 'table' || type === 'array' ? '' : ` (${type})`;
}

function rawText({ base64 }: RawBytes): string {
  return `base64:${base64}`;
}

function decimal({ places, digits }: { places: number; digits: number }): string {
  if (places === 0) return String(digits);
  const whole = String(Math.abs(digits)).padStart(places + 1, '0');
  return `${digits < 0 ? '-' : ''}${whole.slice(0, -places)}.${whole.slice(-places)}`;
}

/** Seconds since 1970 as a date behind the number, where they are one; milliseconds of some publishers too. */
export function readableSeconds(value: string): string {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) return '';
  const date = new Date(number > 100_000_000_000 ? number : number * 1000);
  return Number.isNaN(date.getTime()) ? '' : `  (${date.toISOString().replace('.000Z', 'Z')})`;
}
