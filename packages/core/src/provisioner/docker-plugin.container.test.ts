// What the image does before OpenClaw starts: Discord's plugin in the state folder is the one that came with the image.
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { expect, test } from "vitest";

const image = "openclaw-launch/openclaw:2026.9.6";
const docker = new Docker({ socketPath: "/var/run/docker.sock" });

/** Runs inside, as the instance's user, and tells what it found. */
const program = `
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { DatabaseSync } = require("node:sqlite");
const state = process.env.OPENCLAW_STATE_DIR;
const seed = "/opt/openclaw-seed";
const [project] = fs.readdirSync(seed + "/npm/projects");
const own = state + "/npm/projects/" + project;
const [lock, stale] = [own + "/package-lock.json", own + "/stale.js"];

const configure = (channels) => fs.writeFileSync(state + "/openclaw.json", JSON.stringify({ channels }));
const prepare = () => execFileSync("openclaw-launch-plugins");
const row = (folder) => {
  const database = new DatabaseSync(folder + "/state/openclaw.sqlite");
  const found = database.prepare("SELECT value_json FROM config_machine_state WHERE state_key = 'plugins.installedIndex'").get();
  database.close();
  return found && found.value_json;
};
const look = () => ({
  plugin: fs.existsSync(lock) && fs.readFileSync(lock).equals(fs.readFileSync(seed + "/npm/projects/" + project + "/package-lock.json")),
  stale: [stale, own + "/junk"].some((file) => fs.existsSync(file)),
  partial: fs.existsSync(own + ".partial"),
  known: fs.existsSync(state + "/state/openclaw.sqlite") && row(state) === row(seed),
  mine: fs.existsSync(own) && fs.statSync(own).uid === process.getuid(),
});
const tell = {};

configure({ telegram: {} });
prepare();
tell.withoutDiscord = look();
configure({ discord: {} });
prepare();
tell.first = look();
const made = fs.statSync(own).ctimeMs;
prepare();
tell.copiedAgain = fs.statSync(own).ctimeMs !== made;

// Of an older image, and of a copy that was broken off.
fs.writeFileSync(lock, "an older one");
fs.writeFileSync(stale, "");
fs.mkdirSync(own + ".partial");
fs.writeFileSync(own + ".partial/junk", "");
const database = new DatabaseSync(state + "/state/openclaw.sqlite");
database.exec("UPDATE config_machine_state SET value_json = '\\"older\\"' WHERE state_key = 'plugins.installedIndex'");
database.exec("CREATE TABLE remembered (what TEXT)");
database.close();
prepare();
tell.refreshed = look();
const after = new DatabaseSync(state + "/state/openclaw.sqlite");
tell.remembered = after.prepare("SELECT count(*) AS found FROM sqlite_master WHERE name = 'remembered'").get().found;
console.log(JSON.stringify(tell));
`;

async function runInside(): Promise<unknown> {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: ["node", "--no-warnings", "--eval", program],
    Cmd: [],
    HostConfig: { NetworkMode: "none" },
  });
  try {
    const output = await container.attach({ stream: true, stdout: true, stderr: true });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    container.modem.demuxStream(output, stdout, stderr);
    output.once("end", () => {
      stdout.end();
      stderr.end();
    });
    await container.start();
    const [told, complaints] = await Promise.all([text(stdout), text(stderr)]);
    expect(complaints).toBe("");
    return JSON.parse(told);
  } finally {
    await container.remove({ force: true });
  }
}

test("B3: Discord's plugin is laid when it is used, once, and anew after an upgrade", async () => {
  const current = { plugin: true, stale: false, partial: false, known: true, mine: true };
  expect(await runInside()).toEqual({
    withoutDiscord: { plugin: false, stale: false, partial: false, known: false, mine: false },
    first: current,
    copiedAgain: false,
    refreshed: current,
    remembered: 1,
  });
});
