import { evaluateIn, type Probe } from "./probe.ts";

/** What the kernel would let an assistant do, beyond its own files and processes. */
export async function kernelProbes(inside: string): Promise<Probe[]> {
  const status = await evaluateIn<Record<string, string>>(
    inside,
    `Object.fromEntries(require("fs").readFileSync("/proc/self/status", "utf8").trim().split("\\n").map((line) => line.split(/:\\s*/)))`,
  );
  const facts = { CapEff: "0000000000000000", CapBnd: "0000000000000000", NoNewPrivs: "1", Seccomp: "2" };
  const probes: Probe[] = Object.entries(facts).map(([name, expected]) => ({
    name,
    expected,
    seen: status[name] ?? "missing",
  }));
  probes.push({ name: "user", expected: "1000", seen: status["Uid"]?.split("\t")[0] ?? "missing" });

  const attempts: Record<string, readonly [string, ...string[]]> = {
    "mount a file system": ["mount", "-t", "tmpfs", "none", "/mnt"],
    "mount over one’s own folder": ["mount", "--bind", "/etc", "/home/node/.openclaw"],
    "make a user namespace": ["unshare", "--user", "true"],
    "make a network namespace": ["unshare", "--net", "true"],
    "enter the first process’s namespaces": ["nsenter", "--target", "1", "--mount", "true"],
    "make a device": ["mknod", "/tmp/disk", "b", "8", "0"],
    "give a file away": ["chown", "0:0", "/home/node/.openclaw/openclaw.json"],
    "change the host’s name": ["hostname", "other"],
    "write into the image": ["touch", "/usr/local/bin/canary"],
    "write to the kernel’s settings": ["sh", "-c", "echo 1 > /proc/sys/kernel/core_pattern"],
    "run a program from /tmp": ["sh", "-c", "cp /bin/true /tmp/true && /tmp/true"],
    "read the kernel’s memory": ["sh", "-c", "head -c 1 /proc/kcore"],
    "see the engine’s socket": ["sh", "-c", "ls /var/run/docker.sock /run/docker.sock"],
    "become root": ["sh", "-c", "su -c true || sudo true"],
  };
  for (const [name, [program, ...args]] of Object.entries(attempts)) {
    const seen = await evaluateIn<string>(
      inside,
      `(() => {
        const { status, error } = require("child_process").spawnSync(${JSON.stringify(program)}, ${JSON.stringify(args)}, { stdio: "ignore", timeout: 10000 });
        return !error && status === 0 ? "done" : "denied";
      })()`,
    );
    probes.push({ name, expected: "denied", seen });
  }
  const control = await evaluateIn<string>(
    inside,
    `require("child_process").spawnSync("touch", ["/home/node/.openclaw/tmp-canary"]).status === 0 ? "done" : "denied"`,
  );
  probes.push({ name: "control: write into one’s own folder", expected: "done", seen: control });
  return probes;
}
