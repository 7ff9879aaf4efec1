import type { WebSystem } from "@openclaw-launch/core/api/context";
import type { RequestHandler } from "express";

const validDays = 90;

/** RFC 9116. */
export function securityTxt(sys: WebSystem): RequestHandler {
  return (_request, response) => {
    const expires = new Date(sys.clock.now().getTime() + validDays * 86_400_000);
    const { WEB_URL } = sys.config;
    response.type("text/plain").send(
      [
        `Contact: ${WEB_URL}/security#report`,
        `Expires: ${expires.toISOString()}`,
        `Canonical: ${WEB_URL}/.well-known/security.txt`,
        `Policy: ${WEB_URL}/security`,
        "Preferred-Languages: en",
        "",
      ].join("\n"),
    );
  };
}
