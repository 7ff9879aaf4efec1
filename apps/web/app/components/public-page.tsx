import { BrandMark } from "@openclaw-launch/ui/brand";
import { Button } from "@openclaw-launch/ui/button";
import type { ReactNode } from "react";

/** Frame of the pages that everybody may read. They need no script. `signedIn` is left out where nobody has looked. */
export function PublicPage({ signedIn, children }: { signedIn?: boolean; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="mx-auto flex w-full max-w-6xl items-center justify-between gap-4 px-4 py-4 md:px-8">
        <a href="/" className="inline-flex items-center gap-2.5 rounded-md font-semibold">
          <BrandMark size={28} />
          OpenClaw Launch
        </a>
        {signedIn !== undefined && (
          <nav aria-label="Account" className="flex items-center gap-2">
            {signedIn ? (
              <Button asChild>
                <a href="/assistants">Your assistants</a>
              </Button>
            ) : (
              <Button look="quiet" asChild>
                <a href="/sign-in">Sign in</a>
              </Button>
            )}
          </nav>
        )}
      </header>
      <main className="grow">{children}</main>
      <footer className="border-t border-line">
        <nav
          aria-label="Footer"
          className="mx-auto flex max-w-6xl flex-wrap gap-x-6 gap-y-2 px-4 py-6 text-sm text-muted md:px-8"
        >
          <a href="/security" className="hover:text-text">
            Security
          </a>
          <a href="/security#report" className="hover:text-text">
            Report a vulnerability
          </a>
          <a href="/.well-known/security.txt" className="hover:text-text">
            security.txt
          </a>
        </nav>
      </footer>
    </div>
  );
}
