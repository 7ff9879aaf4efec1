// Runs in a container that stands for somebody's machine, and tells what set-up finds and does there.
// The machine's user and file system are real; its commands are stand-ins that write down how they were called.
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { ensureChromium } from "../setup/chromium.ts";
import { ensureEngine } from "../setup/docker.ts";
import { ensureInstanceImage } from "../setup/instance-image.ts";

export type Machine = {
  /** Commands that it has. */
  commands: (keyof typeof programs)[];
  /** What its commands go by, such as "an engine runs". */
  facts: Fact[];
  /** Whether something listens at /var/run/docker.sock. */
  hasEngineSocket: boolean;
  hasSystemd: boolean;
  /** Whether set-up runs as root, or as somebody who has no right to anything. */
  isRoot: boolean;
  /** Content of /etc/os-release; that of the image when it is null. */
  release: string | null;
};

export type Attempt = keyof typeof attempts;
/** What set-up found or complained of, and the commands that changed something. */
export type Told = { outcome: string; calls: string[] };

type Fact = "an engine runs" | "the engine breaks" | "no headless shell" | "no registry" | `image ${string}`;

const folder = "/machine";
const commands = join(folder, "bin");
const packages = join(folder, "packages");
const facts = join(folder, "facts");
const callsFile = join(folder, "calls");

const fileOf = (fact: Fact) => join(facts, fact.replaceAll("/", "%"));
const is = (fact: Fact) => `[ -e "${fileOf(fact)}" ]`;
const becomes = (fact: Fact) => `touch "${fileOf(fact)}"`;
/** Of the image whose name is a word of the shell. */
const imageFile = (word: string) => `"${facts}/image $(echo ${word} | tr / %)"`;
const tell = (words: string) => `echo "${words}" >> ${callsFile}`;
const provides = (...names: string[]) =>
  `cp ${names.map((name) => join(packages, name)).join(" ")} ${commands}`;

const programs = {
  docker: `
    case "$1 $2" in
      "--version ") exit 0 ;;
      "version --format") ${is("an engine runs")} && echo 27.5.1 && exit 0; echo "Cannot connect" >&2; exit 1 ;;
      "image inspect")
        [ "$3" = --format ] && { cat ${imageFile("$5")} 2>/dev/null; exit; }
        [ -e ${imageFile("$3")} ]; exit ;;
      "context inspect") echo "\${DOCKER_HOST:-unix:///var/run/docker.sock}" ;;
      "image prune" | "buildx version") exit 0 ;;
      "pull "*) ${tell("docker $*")}; ${is("no registry")} && { echo "no route to host" >&2; exit 1; }; touch ${imageFile("$2")} ;;
      "import "*) cat > /dev/null; for image; do :; done; ${tell("docker import $image")} ;;
      "build "*)
        for word; do case "$word" in BASE_IMAGE=*) base=$word ;; org.openclaw-launch.content=*) content=\${word#*=} ;; esac; done
        [ -s "$word/Dockerfile" ] && [ -s "$word/build-ca.pem" ] || exit 1
        ${tell("docker build --tag $5 $base")}
        echo "$content" > ${imageFile("$5")} ;;
    esac`,
  dockerd: `
    [ "$1" = --version ] && exit 0
    ${is("the engine breaks")} && { echo "no space left on device" >&2; exit 1; }
    [ "$(cut -d" " -f5 /proc/$$/stat)" = $$ ] && group="a group of its own" || group="our group"
    ${tell("dockerd in $group")}
    ${becomes("an engine runs")}
    exec sleep 600`,
  systemctl: `
    ${tell("systemctl $*")}
    ${becomes("an engine runs")}`,
  dpkg: tell("dpkg $*"),
  "apt-cache": `[ "$2" = docker-buildx ] && echo "Candidate: (none)" || echo "Candidate: 1.0"`,
  "apt-get": `
    ${tell("apt-get $* [$DEBIAN_FRONTEND]")}
    [ "$1" = install ] || exit 0
    for package; do
      case "$package" in
        docker.io) ${provides("docker", "dockerd")} ;;
        debootstrap) ${provides("debootstrap")} ;;
        chromium) ${provides("chromium")} ;;
        chromium-headless-shell) ${is("no headless shell")} && exit 100; ${provides("chromium-headless-shell")} ;;
      esac
    done`,
  chromium: "exit 0",
  "chromium-headless-shell": "exit 0",
  debootstrap: `
    [ "$1" = --version ] && exit 0
    ${tell("debootstrap $3")}
    mkdir -p "$4/usr/local/bin"`,
  chroot: "exit 0",
  npm: `
    [ "$1" = config ] && { echo undefined; exit; }
    mkdir -p package/bin && touch package/bin/npm-cli.js && tar -czf npm.tgz package && echo npm.tgz`,
};

const attempts = { engine: ensureEngine, chromium: ensureChromium, image: ensureInstanceImage };

const [made, machine] = JSON.parse(process.argv[2] ?? "") as [Attempt[], Machine];
await furnish(machine);
let outcome = "";
try {
  for (const attempt of made) outcome = await make(attempt);
} catch (error) {
  outcome = error instanceof Error ? error.message : String(error);
}
const calls = await readFile(callsFile, "utf8").catch(() => "");
const told: Told = { outcome, calls: calls.split("\n").filter((line) => line !== "") };
console.log(JSON.stringify(told));

function make(name: Attempt): Promise<string> {
  const options = { logs: join(folder, "new", "logs"), report() {} };
  return name === "image" ? attempts.image(process.env["INSTANCE_IMAGE"], options) : attempts[name](options);
}

async function furnish(machine: Machine): Promise<void> {
  for (const path of [commands, packages, facts]) await mkdir(path, { recursive: true });
  for (const [name, source] of Object.entries(programs)) {
    await writeFile(join(packages, name), `#!/bin/sh\n${source}\n`);
    await chmod(join(packages, name), 0o755);
  }
  for (const name of machine.commands) await copyFile(join(packages, name), join(commands, name));
  for (const fact of machine.facts) await writeFile(fileOf(fact), "");
  if (machine.release !== null) await writeFile("/etc/os-release", machine.release);
  if (machine.hasSystemd) await mkdir("/run/systemd/system", { recursive: true });
  if (machine.hasEngineSocket)
    await new Promise<void>((resolve) => createServer().unref().listen("/var/run/docker.sock", resolve));
  if (!machine.isRoot) becomeSomebody();
  process.env["PATH"] = `${commands}:${process.env["PATH"]}`;
}

function becomeSomebody(): void {
  process.setgroups?.([]);
  process.setgid?.(1000);
  process.setuid?.(1000);
}
