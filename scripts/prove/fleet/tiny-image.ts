import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../setup/command.ts";

/** A few megabytes of memory each, so that hundreds fit: Perl comes with every Debian. */
const program = `
use IO::Socket::INET;
$SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalPort => 18789, Listen => 64, ReuseAddr => 1) or die;
while (1) {
  my $client = $server->accept or next;
  my $asked = <$client>;
  while (my $line = <$client>) { last if $line =~ /^\\r?$/ }
  my $body = '{"ok":true,"ready":true}';
  print $client "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n$body";
  close $client;
}
`;

const dockerfile = (base: string) =>
  `FROM ${base}\nLABEL org.openclaw-launch=test\nCOPY program.pl /program.pl\nCMD ["perl", "/program.pl"]\n`;

/** Builds it on the base that assistants run on; returns its name. */
export async function buildTinyImage(): Promise<string> {
  const base = await command("docker", [
    "images",
    "--quiet",
    "--filter",
    "label=org.openclaw-launch=openclaw",
  ]);
  const [id] = base.split("\n");
  if (!id) throw new Error("The instance image isn't built: npm start or npm test builds it.");
  const folder = await mkdtemp(join(tmpdir(), "launch-tiny-"));
  const name = "openclaw-launch/tiny:latest";
  try {
    await writeFile(join(folder, "program.pl"), program, { mode: 0o644 });
    await writeFile(join(folder, "Dockerfile"), dockerfile(id));
    await command("docker", ["build", "--quiet", "--tag", name, folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return name;
}
