import type { HeaderTable, TypedValue } from '../contract/wire.ts';

/**
 * Headers as plain JSON, for reading: types are lost and of names that occur twice the first is shown. The exact ones
 * stand beside them as `headersTyped`.
 */
export function readableHeaders(headers: HeaderTable): Record<string, unknown> {
  // No prototype: `__proto__` is a name like any other here.
  const readable = Object.create(null) as Record<string, unknown>;
  for (const { name, ...value } of headers) {
    if (!Object.hasOwn(readable, name)) readable[name] = readableValue(value);
  }
  return readable;
}

function readableValue(value: TypedValue): unknown {
  switch (value.type) {
    case 'table':
      return readableHeaders(value.value);
    case 'array':
      return value.value.map(readableValue);
    case 'decimal':
      return `${value.value.digits}e-${value.value.places}`;
    default:
      return value.value;
  }
}
