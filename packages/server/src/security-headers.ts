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

/** On every answer, errors and files included. Leaves the nonce in `response.locals.nonce`. `https`: people reach this server by TLS only. */
export function securityHeaders(options: { https: boolean }): RequestHandler {
  return (_request, response, next) => {
    const nonce = randomBytes(16).toString("base64");
    response.locals["nonce"] = nonce;
    response.set({
      "content-security-policy": contentSecurityPolicy(nonce),
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "permissions-policy": features.map((feature) => `${feature}=()`).join(", "),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      ...(options.https && { "strict-transport-security": "max-age=63072000; includeSubDomains; preload" }),
    });
    next();
  };
}
