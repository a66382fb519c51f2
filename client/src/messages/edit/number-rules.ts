import type { TypedValue } from '../../../../server/contract/wire.ts';

/** What the whole numbers of AMQP hold. */
export const INTEGERS = {
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int16: [-32_768n, 32_767n],
  uint16: [0n, 65_535n],
  int32: [-2_147_483_648n, 2_147_483_647n],
  uint32: [0n, 4_294_967_295n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  timestamp: [0n, 2n ** 64n - 1n],
} as const;
export type IntegerType = keyof typeof INTEGERS;

export function isInteger(type: string): type is IntegerType {
  return Object.hasOwn(INTEGERS, type);
}

/** A whole number as it is written, or undefined where it is none or does not fit its type. `-0` and `007` are not one. */
export function wholeNumber(text: string, type: IntegerType): bigint | undefined {
  if (!/^(?:0|-?[1-9]\d{0,19})$/.test(text)) return undefined;
  const [least, most] = INTEGERS[type];
  const value = BigInt(text);
  return value >= least && value <= most ? value : undefined;
}

/** Whole bytes in base64, with its padding. */
export function isBase64(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(value);
}

/** Whether a value is one of its type, as the contract writes it, and RabbitMQ takes it. Not for what is nested. */
export function isFitting(type: TypedValue['type'], value: unknown): boolean {
  switch (type) {
    case 'int64':
    case 'timestamp':
      return typeof value === 'string' && wholeNumber(value, type) !== undefined;
    case 'float':
    case 'double':
      return value === '-0' || (typeof value === 'number' && Number.isFinite(value));
    case 'decimal':
      return isDecimal(value);
    case 'string':
      return typeof value === 'string' || isRawBytes(value);
    case 'bytes':
      return isBase64(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'void':
      return value === null;
    case 'table':
    case 'array':
    case 'unparsed':
      return false;
    default:
      return typeof value === 'number' && wholeNumber(String(value), type) !== undefined;
  }
}

function isRawBytes(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    isBase64((value as Record<string, unknown>)['base64'])
  );
}

function isDecimal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { places, digits } = value as Record<string, unknown>;
  return (
    typeof places === 'number' &&
    typeof digits === 'number' &&
    wholeNumber(String(places), 'uint8') !== undefined &&
    wholeNumber(String(digits), 'int32') !== undefined
  );
}
