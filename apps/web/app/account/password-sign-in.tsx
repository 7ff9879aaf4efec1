import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { Button } from "@openclaw-launch/ui/button";
import { Dialog } from "@openclaw-launch/ui/dialog";
import { type ReactNode, useState } from "react";
import { launch } from "~/launch.client";

type Credentials = { email: string; password: string };

/**
 * `signIn` is that of the client, but asks the person first when the server says that the account was moved here from an older
 * service: what then proves the password is easier to guess, so the server's word alone is not enough. Show `question` on the page.
 */
export function usePasswordSignIn(): {
  signIn: (credentials: Credentials) => Promise<void>;
  question: ReactNode;
} {
  const [answer, setAnswer] = useState<((moved: boolean) => void) | null>(null);

  async function isMoved(): Promise<boolean> {
    const moved = await new Promise<boolean>((resolve) => setAnswer(() => resolve));
    setAnswer(null);
    return moved;
  }

  async function signIn(credentials: Credentials): Promise<void> {
    try {
      await launch.signIn(credentials);
    } catch (error) {
      if (toLaunchError(error).code !== "account.imported" || !(await isMoved())) throw error;
      await launch.signIn({ ...credentials, imported: true });
    }
  }

  return { signIn, question: <MoveQuestion open={answer !== null} onAnswer={(moved) => answer?.(moved)} /> };
}

type MoveQuestionProps = { open: boolean; onAnswer: (moved: boolean) => void };

function MoveQuestion({ open, onAnswer }: MoveQuestionProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onAnswer(false)}
      title="Was your account moved here?"
      description="It seems to come from an older service. Signing in with the password that you had there completes the move, and protects that password better from then on. If you had no account at an older service, say no and tell the operator."
    >
      <div className="flex flex-col-reverse gap-2 md:flex-row md:justify-end">
        <Button onClick={() => onAnswer(false)}>No</Button>
        <Button look="primary" onClick={() => onAnswer(true)}>
          Yes, sign in
        </Button>
      </div>
    </Dialog>
  );
}
