import type { ColumnType, LakeTable, Row } from './lake-tables.js';

const LABELS = { NULLABLE: 1, REQUIRED: 2, REPEATED: 3 } as const;
/** TYPE_INT64 and TYPE_STRING of descriptors. */
const TYPES = { INT64: 3, TIMESTAMP: 3, STRING: 9 } as const;
const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** Most bytes of a field besides its text: its tag, and ten of a number. */
const MOST_OVERHEAD = 13;

/** A `DescriptorProto` of a table's rows: the fields are its columns, numbered in order. */
export function rowDescriptor({ name, columns }: LakeTable): Readonly<Record<string, unknown>> {
  return {
    name,
    field: columns.map((column, at) => ({ name: column.name, number: at + 1, label: LABELS[column.mode], type: TYPES[column.type] })),
  };
}

/** A row by that descriptor, in the wire format of Protocol Buffers; a TIMESTAMP is microseconds there. */
export function encodeRow({ columns }: LakeTable, values: Row): Buffer {
  const bytes = Buffer.allocUnsafe(columns.reduce((sum, { name }) => sum + mostBytesOf(values[name]), 0));
  let end = 0;
  for (const [at, { name, type }] of columns.entries()) {
    const value = values[name];
    if (value === null || value === undefined) continue;
    if (typeof value === 'number') {
      end = writeVarint(bytes, (at + 1) * 8 + VARINT, end);
      end = writeNumber(bytes, value, type, end);
      continue;
    }
    for (const text of typeof value === 'string' ? [value] : value) {
      end = writeVarint(bytes, (at + 1) * 8 + LENGTH_DELIMITED, end);
      end = writeVarint(bytes, Buffer.byteLength(text), end);
      end += bytes.write(text, end);
    }
  }
  return bytes.subarray(0, end);
}

function mostBytesOf(value: Row[string] | undefined): number {
  if (typeof value === 'string') return MOST_OVERHEAD + Buffer.byteLength(value);
  if (Array.isArray(value)) return (value as readonly string[]).reduce((sum, text) => sum + MOST_OVERHEAD + Buffer.byteLength(text), 0);
  return MOST_OVERHEAD;
}

/** What is negative is in two's complement of 64 bits. */
function writeNumber(bytes: Buffer, value: number, type: ColumnType, at: number): number {
  const scale = type === 'TIMESTAMP' ? 1_000 : 1;
  if (value >= 0 && Number.isSafeInteger(value * scale)) return writeVarint(bytes, value * scale, at);
  let rest = BigInt.asUintN(64, BigInt(value) * BigInt(scale));
  let end = at;
  for (; rest > 0x7fn; rest >>= 7n) end = bytes.writeUInt8(Number(rest & 0x7fn) + 0x80, end);
  return bytes.writeUInt8(Number(rest), end);
}

/** Seven bits a byte, lowest first; for safe integers from 0 on. Answers where it ends. */
function writeVarint(bytes: Buffer, value: number, at: number): number {
  let rest = value;
  let end = at;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) end = bytes.writeUInt8((rest % 0x80) + 0x80, end);
  return bytes.writeUInt8(rest, end);
}
