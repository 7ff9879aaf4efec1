import { useRouteLoaderData } from "@remix-run/react";
import type { loader as rootLoader } from "~/root";

/** Where mails are while none is really sent. */
export function MailboxNote() {
  const mailboxUrl = useRouteLoaderData<typeof rootLoader>("root")?.mailboxUrl;
  if (!mailboxUrl) return null;
  return (
    <p className="rounded-md bg-sunken p-3 text-[0.9em] text-muted">
      <strong className="font-medium text-text">Practice mode:</strong> no mail leaves this machine. It is
      kept in the{" "}
      <a
        href={mailboxUrl}
        target="_blank"
        rel="noreferrer"
        className="text-text underline underline-offset-4"
      >
        development mailbox
      </a>{" "}
      until its operator adds a Resend key.
    </p>
  );
}
