// The image in which assistants run: a given one, or built here from docker/openclaw.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { command, succeeds } from "./command.ts";
import { contentHash } from "./content-hash.ts";
import { canInstallPackages, installPackages } from "./debian.ts";
import { root } from "./layout.ts";

const publicBase = "node:24-bookworm-slim";
const localBase = "openclaw-launch/base:24.21.0";
const npmOfLocalBase = "npm@11.6.2";
/** A registry that can't be reached often just doesn't answer. */
const registryAnswerMs = 20_000;

type Options = { logs: string; report: (detail: string) => void };

/** Makes sure that the image is on the engine and returns its reference. `wanted`: an image that need not be built. */
export async function ensureInstanceImage(wanted: string | undefined, options: Options): Promise<string> {
  if (wanted) {
    if (!(await hasImage(wanted))) {
      options.report(`pulling ${wanted}`);
      await command("docker", ["pull", wanted], { logFile: join(options.logs, "image.log") });
    }
    return wanted;
  }
  const folder = join(root, "docker", "openclaw");
  const version = /^ARG OPENCLAW_VERSION=(\S+)$/m.exec(
    await readFile(join(folder, "Dockerfile"), "utf8"),
  )?.[1];
  const image = `openclaw-launch/openclaw:${version}`;
  const content = await contentHash(folder);
  if ((await labelOf(image, "org.openclaw-launch.content")) !== content)
    await build(image, content, folder, options);
  return image;
}

async function build(image: string, content: string, folder: string, options: Options): Promise<void> {
  const base = await ensureBase(options);
  const context = await mkdtemp(join(tmpdir(), "launch-image-"));
  try {
    await cp(folder, context, { recursive: true });
    await writeFile(join(context, "build-ca.pem"), await trustedCertificates());
    await command(
      "docker",
      [
        ...["build", "--network", "host", "--tag", image],
        ...["--label", "org.openclaw-launch=openclaw", "--label", `org.openclaw-launch.content=${content}`],
        ...[
          "--build-arg",
          `BASE_IMAGE=${base}`,
          "--build-arg",
          `NPM_REGISTRY=${await npmSetting("registry")}`,
        ],
        ...proxyVariables().flatMap((name) => ["--build-arg", name]),
        context,
      ],
      {
        environment: {
          ...process.env,
          DOCKER_BUILDKIT: (await succeeds("docker", ["buildx", "version"])) ? "1" : "0",
        },
        logFile: join(options.logs, "image.log"),
        onLine: (line) => {
          const step = /^Step (\d+)\/(\d+) :|^#\d+ \[.*?(\d+)\/(\d+)\]/.exec(line);
          if (step)
            options.report(
              `building it (about three minutes), step ${step[1] ?? step[3]} of ${step[2] ?? step[4]}`,
            );
        },
      },
    );
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  // The image that had the name before; the engine keeps it while a container needs it.
  await succeeds("docker", ["image", "prune", "--force", "--filter", "label=org.openclaw-launch=openclaw"]);
}

/** Debian with Node: from a registry, or, when none answers, made of the packages that this machine can reach. */
async function ensureBase(options: Options): Promise<string> {
  if (await hasImage(publicBase)) return publicBase;
  if (await hasImage(localBase)) return localBase;
  options.report(`pulling ${publicBase}`);
  const pull = command("docker", ["pull", publicBase], {
    logFile: join(options.logs, "base.log"),
    firstLineMs: registryAnswerMs,
  });
  const problem = await pull.then(
    () => null,
    (error: Error) => error,
  );
  if (problem === null) return publicBase;
  if (!(await canInstallPackages())) throw problem;
  options.report("no registry answers: making the base here");
  await makeBase(options);
  return localBase;
}

async function makeBase({ logs, report }: Options): Promise<void> {
  const logFile = join(logs, "base.log");
  if (!(await succeeds("debootstrap", ["--version"]))) {
    await installPackages(["debootstrap", "xz-utils"], { logFile: join(logs, "install-debootstrap.log") });
  }
  const folder = await mkdtemp(join(tmpdir(), "launch-npm-"));
  try {
    const archive = await command("npm", ["pack", "--silent", npmOfLocalBase], { cwd: folder, logFile });
    await mkdir(join(folder, "npm"));
    await command("tar", ["-xzf", archive.split("\n").at(-1) ?? "", "-C", "npm", "--strip-components=1"], {
      cwd: folder,
      logFile,
    });
    const node = join(root, "node_modules", `node-linux-${process.arch}`);
    await command(join(root, "docker", "base", "make-base.sh"), [localBase, node, join(folder, "npm")], {
      logFile,
      onLine: (line) => line.startsWith("make-base: ") && report(line.slice("make-base: ".length)),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hasImage(image: string): Promise<boolean> {
  return await succeeds("docker", ["image", "inspect", image]);
}

async function labelOf(image: string, label: string): Promise<string | null> {
  const format = `{{index .Config.Labels "${label}"}}`;
  return await command("docker", ["image", "inspect", "--format", format, image]).catch(() => null);
}

/** What this machine trusts: the build talks to the same registry, perhaps through the same inspecting proxy. */
async function trustedCertificates(): Promise<string> {
  const file = await npmSetting("cafile");
  const own = file ? [await readFile(file, "utf8")] : [];
  return [...getCACertificates("default"), ...own].join("\n");
}

async function npmSetting(name: string): Promise<string> {
  const value = (await command("npm", ["config", "get", name])).split("\n").at(-1)?.trim() ?? "";
  return value === "null" || value === "undefined" ? "" : value;
}

function proxyVariables(): string[] {
  return ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"].filter(
    (name) => process.env[name],
  );
}
