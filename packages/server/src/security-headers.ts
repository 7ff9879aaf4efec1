import { randomBytes } from "node:crypto";
import type { RequestHandler } from "express";

/**
 * What a page may load and do. Inline scripts and styles carry the nonce of their answer; Argon2 needs WebAssembly;
 * Radix positions with style attributes, which can't carry a nonce.
 */
export function contentSecurityPolicy(nonce: string): string {
  const directives = {
    "default-src": "'none'",
    "script-src": `'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'`,
    "style-src": `'self' 'nonce-${nonce}'`,
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

const features = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "usb",
];

export const newNonce = () => randomBytes(16).toString("base64");

/** `https`: people reach this server by TLS only. */
export function headersOf(nonce: string, { https }: { https: boolean }): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy(nonce),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": features.map((feature) => `${feature}=()`).join(", "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(https && { "strict-transport-security": "max-age=63072000; includeSubDomains; preload" }),
  };
}

/** On every answer, errors and files included. Leaves the nonce in `response.locals.nonce`. */
export function securityHeaders(options: { https: boolean }): RequestHandler {
  return (_request, response, next) => {
    const nonce = newNonce();
    response.locals["nonce"] = nonce;
    response.set(headersOf(nonce, options));
    next();
  };
}
