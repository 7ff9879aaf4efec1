import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { CopyButton } from "@openclaw-launch/ui/copy-button";
import { DownloadButton } from "@openclaw-launch/ui/download-button";
import { Printer } from "lucide-react";

type RecoveryCodesProps = { email: string; codes: readonly string[]; onKept: () => void };

/** The only time that they are shown. */
export function RecoveryCodes({ email, codes, onKept }: RecoveryCodesProps) {
  return (
    <Card
      title="Keep these recovery codes"
      hint="If your phone or your key is lost, one of them completes your sign-in instead. Each works once. We can’t show them again."
    >
      <div data-print>
        <p className="hidden print:block">Recovery codes of {email} for OpenClaw Launch. Each works once.</p>
        <ol
          aria-label="Recovery codes"
          className="grid gap-x-8 gap-y-1.5 rounded-md bg-sunken p-4 font-mono text-[15px] sm:grid-cols-2"
        >
          {codes.map((code, index) => (
            <li key={code} className="flex gap-3 whitespace-nowrap">
              <span aria-hidden className="w-5 text-right text-muted select-none">
                {index + 1}
              </span>
              {code}
            </li>
          ))}
        </ol>
      </div>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <CopyButton labelled label="Copy" text={codes.join("\n")} />
        <DownloadButton
          label="Download"
          fileName="openclaw-launch-recovery-codes.txt"
          type="text/plain"
          content={() => fileOf(email, codes)}
        />
        <Button onClick={() => window.print()}>
          <Printer size={16} aria-hidden />
          Print
        </Button>
        <Button look="primary" className="max-sm:w-full sm:ml-auto" onClick={onKept}>
          I have kept them
        </Button>
      </div>
      <p className="mt-3 text-muted">
        Good places: your password manager, or paper at home. Not on the device that they stand in for.
      </p>
    </Card>
  );
}

function fileOf(email: string, codes: readonly string[]): string {
  const heading = `Recovery codes of ${email} for OpenClaw Launch (${window.location.origin})\nEach works once.\n`;
  return `${heading}\n${codes.join("\n")}\n`;
}
