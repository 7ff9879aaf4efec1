import { expect, test } from "vitest";
import { abortCommands, abortCommandsUntil, CommandFailed, command, succeeds } from "./command.ts";

test("returns the output, and hands over each line", async () => {
  const lines: string[] = [];
  expect(await command("sh", ["-c", "echo one; echo two"], { onLine: (line) => lines.push(line) })).toBe(
    "one\ntwo",
  );
  expect(lines).toEqual(["one", "two"]);
});

test("a failure tells the command, its exit code and its last lines", async () => {
  const failure = command("sh", ["-c", "echo out of ink >&2; exit 7"]);
  await expect(failure).rejects.toThrow(/^sh -c .* failed \(exit 7\)\.\n {2}out of ink/);
});

test("a program that is missing is a failure like any other", async () => {
  await expect(command("no-such-program", [])).rejects.toThrow(CommandFailed);
  expect(await succeeds("no-such-program", [])).toBe(false);
});

test("a program whose output can't be kept is ended, and says why", async () => {
  const running = command("sh", ["-c", "echo one; sleep 60"], { logFile: "/dev/full" });
  await expect(running).rejects.toThrow(/ENOSPC/);
});

test("a program that says nothing in time is ended, with its children", async () => {
  await expect(command("sh", ["-c", "sleep 60 & sleep 60"], { firstLineMs: 100 })).rejects.toThrow(
    "exit SIGKILL",
  );
});

test("an interruption ends what runs", async () => {
  const running = command("sh", ["-c", "echo ready; sleep 60"], { onLine: () => abortCommands() });
  await expect(running).rejects.toThrow("exit SIGTERM");
});

test("an interruption ends what begins after it too, until all is over", async () => {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const aborting = abortCommandsUntil(over);
  await expect(command("sh", ["-c", "sleep 60"])).rejects.toThrow("exit SIGTERM");
  resolve();
  await aborting;
  expect(await command("sh", ["-c", "sleep 0.3; echo done"])).toBe("done");
});
