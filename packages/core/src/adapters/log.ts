import { type DestinationStream, type Logger, pino } from "pino";

/** Fields that hold a secret wherever they stand, down to three levels. */
const secretFields = [
  "authKey",
  "authorization",
  "botToken",
  "cookie",
  "deviceKey",
  "envelope",
  "gatewayToken",
  "key",
  "password",
  "passwordHash",
  "privateKey",
  "sealed",
  "secret",
  "set-cookie",
  "token",
  "wrappedKey",
];

const redactedPaths = secretFields.flatMap((field) =>
  ["", "*.", "*.*."].map((above) => `${above}["${field}"]`.replace(".[", "[")),
);

/** One JSON object a line, on standard output unless told otherwise. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redactedPaths, censor: "[redacted]" },
  };
  return destination ? pino(options, destination) : pino(options);
}
