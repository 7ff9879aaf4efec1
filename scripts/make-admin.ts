// `npm run make-admin -- you@example.org`: prints a link that makes its holder an admin, once, within the hour.
import { email } from "../packages/core/src/auth/schema.ts";
import { inviteAdmin } from "../packages/core/src/users/invite-admin.ts";
import { withSystem } from "./setup/open-system.ts";

const address = email.safeParse(process.argv[2]);
if (!address.success) {
  console.error("Name the e-mail address: npm run make-admin -- you@example.org");
  process.exit(1);
}

await withSystem(async (sys, config) => {
  const { token, expiresAt } = await inviteAdmin(sys, { kind: "operator" }, { email: address.data });
  // The token stands behind "#": browsers keep that part to themselves, so it is in no server's log.
  console.log(`Open this link to become an admin as ${address.data}. It works once, until ${expiresAt.toLocaleTimeString()}:

  ${config.ADMIN_URL}/invitation#${token}
`);
});
