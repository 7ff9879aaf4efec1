import type { WebConfig } from "@openclaw-launch/core/config";
import type { System } from "@openclaw-launch/core/system";
import { Router } from "express";

const validDays = 90;

/** RFC 9116. */
export function securityTxt(sys: System, { WEB_URL }: WebConfig): Router {
  return Router().get("/.well-known/security.txt", (_request, response) => {
    const expires = new Date(sys.clock.now().getTime() + validDays * 86_400_000);
    const fields = [
      `Contact: ${WEB_URL}/security#report`,
      `Expires: ${expires.toISOString()}`,
      `Canonical: ${WEB_URL}/.well-known/security.txt`,
      `Policy: ${WEB_URL}/security`,
      "Preferred-Languages: en",
    ];
    response.type("text/plain").send(`${fields.join("\n")}\n`);
  });
}
