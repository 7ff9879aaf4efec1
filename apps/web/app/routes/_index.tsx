import { Button } from "@openclaw-launch/ui/button";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Box, EyeOff, OctagonX, Wallet } from "lucide-react";
import { isSignedIn } from "~/api.server";
import { PublicPage } from "~/components/public-page";
import { ThreeSteps } from "~/components/three-steps";
import type { PageHandle } from "~/root";

export const handle: PageHandle = { scripts: false };
export const meta = () => [
  { title: "OpenClaw Launch: a personal AI assistant of your own" },
  {
    name: "description",
    content:
      "A personal AI assistant that runs in a container of its own, answers in your browser, on Telegram and on Discord, and is yours to stop at any moment.",
  },
];

export const loader = async (args: LoaderFunctionArgs) => ({ signedIn: await isSignedIn(args) });

const promises = [
  {
    icon: EyeOff,
    title: "Encrypted before it leaves you",
    text: "Settings and bot tokens are encrypted in your browser. Our servers, database and backups hold ciphertext; your password never leaves your device.",
  },
  {
    icon: Box,
    title: "A container of its own",
    text: "Your assistant shares no network, storage or memory with anybody else’s, and reaches only the services it needs.",
  },
  {
    icon: Wallet,
    title: "No surprise bills",
    text: "Its model key has a fixed monthly allowance that the provider itself enforces. When it is used up, it says so and waits.",
  },
  {
    icon: OctagonX,
    title: "Yours to stop",
    text: "One red button ends it within a second. Delete it, and container, network, storage and key are gone.",
  },
];

export default function Landing() {
  const { signedIn } = useLoaderData<typeof loader>();
  return (
    <PublicPage signedIn={signedIn}>
      <section className="mx-auto grid max-w-6xl justify-items-center gap-6 px-4 pt-14 pb-12 text-center md:px-8 md:pt-20">
        <h1 className="max-w-3xl text-4xl leading-tight font-semibold tracking-tight text-balance md:text-5xl">
          A personal AI assistant, running for you alone, in about a minute.
        </h1>
        <p className="max-w-2xl text-lg text-pretty text-muted">
          OpenClaw Launch gives you an OpenClaw assistant in a container of its own. Talk to it in your
          browser, on Telegram or on Discord; stop it whenever you like.
        </p>
        <Button look="primary" size="large" asChild>
          <a href={signedIn ? "/assistants" : "/sign-up"}>
            {signedIn ? "Open your dashboard" : "Create your assistant"}
          </a>
        </Button>
        <picture className="mt-6 w-full overflow-hidden rounded-lg border border-line shadow-raised">
          <source srcSet="/dashboard-dark.webp" media="(prefers-color-scheme: dark)" />
          <img
            src="/dashboard-light.webp"
            alt="The dashboard: an assistant named Ada is running and answers a question in the chat."
            width={1280}
            height={800}
            className="block h-auto w-full"
          />
        </picture>
      </section>
      <section aria-labelledby="steps" className="mx-auto grid max-w-6xl gap-6 px-4 py-12 md:px-8">
        <h2 id="steps" className="text-2xl font-semibold">
          Three steps to its first words
        </h2>
        <ThreeSteps />
      </section>
      <section aria-labelledby="promises" className="mx-auto grid max-w-6xl gap-6 px-4 py-12 md:px-8">
        <div className="flex flex-wrap items-baseline justify-between gap-3">
          <h2 id="promises" className="text-2xl font-semibold">
            What we promise
          </h2>
          <a href="/security" className="underline underline-offset-4">
            How each of them is kept
          </a>
        </div>
        <ul className="grid gap-x-10 gap-y-8 sm:grid-cols-2">
          {promises.map(({ icon: Icon, title, text }) => (
            <li key={title} className="flex gap-4">
              <Icon size={22} aria-hidden className="mt-1 shrink-0 text-muted" />
              <div>
                <h3 className="font-semibold">{title}</h3>
                <p className="mt-1 text-pretty text-muted">{text}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
    </PublicPage>
  );
}
