/** TensorBoard's event files: TFRecords, each a protobuf message `Event`. */
import { maskedCrc32c } from "./crc32c.js";

/** A number at a step, in seconds since 1970. */
export interface ScalarEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Base 128, the lowest seven bits first. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
};

const fixed = (size: 4 | 8, write: (view: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
};

/** A field's key: its number and how it is stored (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes). */
const key = (field: number, wire: 0 | 1 | 2 | 5): Uint8Array => varint(field * 8 + wire);

const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  joined([key(field, 2), varint(bytes.length), bytes]);
const textField = (field: number, text: string): Uint8Array => bytesField(field, new TextEncoder().encode(text));
const doubleField = (field: number, value: number): Uint8Array =>
  joined([key(field, 1), fixed(8, (view) => view.setFloat64(0, value, true))]);
const floatField = (field: number, value: number): Uint8Array =>
  joined([key(field, 5), fixed(4, (view) => view.setFloat32(0, value, true))]);

/** event.proto: wall_time 1, step 2, file_version 3, summary 5; summary.proto: value 1 with tag 1, simple_value 2. */
const eventMessage = ({ wallTime, step, scalars }: ScalarEvent): Uint8Array => {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, joined([textField(1, tag), floatField(2, value)])),
  );
  return joined([
    doubleField(1, wallTime),
    ...(step === 0 ? [] : [key(2, 0), varint(step)]),
    bytesField(5, joined(values)),
  ]);
};

/** Length, its check, the data, their check. */
const record = (data: Uint8Array): Uint8Array => {
  const length = fixed(8, (view) => view.setBigUint64(0, BigInt(data.length), true));
  const check = (bytes: Uint8Array): Uint8Array => fixed(4, (view) => view.setUint32(0, maskedCrc32c(bytes), true));
  return joined([length, check(length), data, check(data)]);
};

/** What an event file begins with. */
export const eventFileHeader = (wallTime: number): Uint8Array =>
  record(joined([doubleField(1, wallTime), textField(3, "brain.Event:2")]));

/** One record, to be appended to an event file. */
export const scalarRecord = (event: ScalarEvent): Uint8Array => record(eventMessage(event));
