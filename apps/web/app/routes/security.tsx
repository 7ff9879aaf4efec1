import { PublicPage } from "~/components/public-page";
import type { PageHandle } from "~/root";

export const handle: PageHandle = { scripts: false };
export const meta = () => [
  { title: "Security · OpenClaw Launch" },
  { name: "description", content: "What is encrypted, who can read it, and how to report a vulnerability." },
];

export default function Security() {
  return (
    <PublicPage signedIn={false}>
      <article className="mx-auto max-w-2xl px-4 py-12 [&_h2]:mt-10 [&_h2]:mb-2 [&_h2]:text-xl [&_h2]:font-semibold [&_p]:mt-3 [&_p]:leading-relaxed">
        <h1 className="text-3xl font-semibold">Security, in plain words</h1>
        <h2>What we can’t read</h2>
        <p>
          Saved configurations, with your bots’ tokens in them, are encrypted in your browser. Web servers,
          database and backups hold ciphertext. Your password never leaves your device: your browser derives a
          key from it to sign in, and another, which it never sends, to open your vault. If you forget it, a
          link in a mail sets a new one, but what the old one encrypted nobody can open any more.
        </p>
        <h2>What a machine can read</h2>
        <p>
          When you launch an assistant, your browser seals its configuration to the machine that will run it.
          The web server passes it on without being able to open it. Whoever is root on that machine can read
          it while the assistant runs: it has to, or your assistant could not restart while you sleep.
        </p>
        <h2>What keeps assistants apart</h2>
        <p>
          Each assistant lives in a container, a network and a storage of its own, with limits on memory,
          processor and processes. It has no way to the host, to the database or to another assistant. It
          reaches the services it needs by name, and nothing else.
        </p>
        <h2>What you have to trust</h2>
        <p>
          We serve the code that your browser runs. A compromised web server could serve malicious code. That
          is true of every web application; here you know.
        </p>
        <h2 id="report">Report a vulnerability</h2>
        <p>
          Please tell the operator of this installation first, before you tell others, and give them time to
          fix it. Test with accounts of your own; don’t touch other people’s data and don’t stop the service.
          You may publish what you found once it is fixed.
        </p>
      </article>
    </PublicPage>
  );
}
