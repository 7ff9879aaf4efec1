import { isUnanswered } from "@openclaw-launch/sdk/errors";
import { useToast } from "@openclaw-launch/ui/toast";
import { useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

let ending: Promise<void> | null = null;

/** Ends the session and leads to the sign-in page; says so when that fails. */
export function useSignOut(): { signOut: () => Promise<void>; leaving: boolean } {
  const toast = useToast();
  const [leaving, setLeaving] = useState(false);

  async function signOut() {
    setLeaving(true);
    try {
      ending = launch.signOut();
      await ending;
      // A browser may bring the page back as it stood.
      window.addEventListener("pageshow", leadToSignIn);
      leadToSignIn();
    } catch (error) {
      const state = isUnanswered(error) ? "You may still be signed in." : "You are still signed in.";
      toast({ tone: "bad", text: `${state} ${textOfError(error)}` });
      setLeaving(false);
    }
  }

  return { signOut, leaving };
}

const leadToSignIn = () => window.location.assign("/sign-in");

/** For a session that was ended elsewhere: nothing on this page is the reader's any more. Signing in leads back to it. */
export async function leaveSignedOut(): Promise<void> {
  // Signing out here ends the page's streams as well, and leads on by itself.
  const here = await ending?.then(
    () => true,
    () => false,
  );
  if (here) return;
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?to=${encodeURIComponent(pathname + search)}`);
}
