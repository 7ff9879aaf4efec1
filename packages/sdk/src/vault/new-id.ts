import { type Bytes, randomBytes } from "./bytes.ts";

/** A random UUIDv4: the ids of users, assistants, configurations and commands are made by the client. */
export const newId = (): string => idOf(randomBytes(16));

/** 16 bytes in the form of a UUIDv4. */
export function idOf(bytes: Bytes): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
