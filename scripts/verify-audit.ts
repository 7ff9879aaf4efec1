// `npm run verify-audit`: computes the chain of the audit log anew. Exits with 1 when an event was changed or is missing.
import { verifyLog } from "../packages/core/src/audit/verify-log.ts";
import { withSystem } from "./setup/open-system.ts";

const { events, head, broken } = await withSystem((sys) => verifyLog(sys));
if (broken) {
  console.error(
    `The audit log is broken at event ${broken.position} (${broken.problem}); the ${events} before it hold. See docs/runbooks/audit-log-broken.md.`,
  );
  process.exitCode = 1;
} else {
  console.log(
    `The audit log holds: ${events} events. Its end, to keep outside this machine:\n\n  ${events} ${head}\n`,
  );
}
