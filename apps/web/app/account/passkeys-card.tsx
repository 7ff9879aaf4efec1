import type { passkey } from "@openclaw-launch/core/passkeys/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { useToast } from "@openclaw-launch/ui/toast";
import { Fingerprint, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { NewPasskey } from "./new-passkey";
import { PasskeyRow } from "./passkey-row";

export type Passkey = (typeof passkey)["_output"];

type PasskeysCardProps = {
  passkeys: readonly Passkey[];
  /** Whether the password is the account's only proof so far: the first passkey changes how it signs in. */
  passwordAlone: boolean;
  onCodes: (codes: readonly string[]) => void;
};

/** What signs in by fingerprint, face or a key, and where it is looked after. */
export function PasskeysCard({ passkeys, passwordAlone, onCodes }: PasskeysCardProps) {
  const toast = useToast();
  const refresh = useRefresh();
  const [adding, setAdding] = useState(false);

  function conclude(name: string, codes: readonly string[] | null) {
    setAdding(false);
    toast({ tone: "ok", text: `The passkey “${name}” signs you in from now on.` });
    if (codes) onCodes(codes);
    else void refresh();
  }

  const isEmpty = passkeys.length === 0;
  const add = !adding && (
    <Button onClick={() => setAdding(true)}>
      <Plus size={16} aria-hidden />
      Add a passkey
    </Button>
  );
  return (
    <Card
      title="Passkeys"
      hint={!isEmpty && "Each signs you in by itself, and after your password as the second step."}
      actions={!isEmpty && add}
    >
      {isEmpty && !adding && <Unknown>{add}</Unknown>}
      {!isEmpty && (
        <ul aria-label="Passkeys" className="grid divide-y divide-line border-t border-line">
          {passkeys.map((one) => (
            <PasskeyRow
              key={one.id}
              passkey={one}
              isLast={passkeys.length === 1}
              onChanged={() => void refresh()}
            />
          ))}
        </ul>
      )}
      {adding && (
        <NewPasskey
          names={passkeys.map(({ name }) => name)}
          passwordAlone={passwordAlone}
          onAdded={conclude}
          onCancel={() => setAdding(false)}
        />
      )}
    </Card>
  );
}

/** For somebody who never heard of them. */
function Unknown({ children }: { children: ReactNode }) {
  return (
    <div className="flex gap-4">
      <Fingerprint size={32} strokeWidth={1.5} aria-hidden className="shrink-0 text-muted max-sm:hidden" />
      <div className="grid justify-items-start gap-4">
        <p className="max-w-prose text-pretty">
          Sign in the way you unlock your phone or computer: with your fingerprint, your face or its PIN.
          There is nothing to remember and nothing to type, and a fake page can’t steal it.
        </p>
        {children}
      </div>
    </div>
  );
}
