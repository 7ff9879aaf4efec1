import { command } from "../../setup/command.ts";

/** One thing that an assistant tries. */
export type Probe = { name: string; expected: string; seen: string };

export const holds = ({ expected, seen }: Probe): boolean => seen === expected;

/** What the expression, a promise or a value, comes to in a Node.js of its own inside of the container. Rejects when it is killed. */
export async function evaluateIn<T>(container: string, expression: string): Promise<T> {
  const source = `Promise.resolve(${expression}).then((value) => { console.log(JSON.stringify(value)); process.exit(0); });`;
  const output = await command("docker", ["exec", container, "node", "-e", source]);
  return JSON.parse(output.split("\n").at(-1) ?? "null") as T;
}

/** `answered` when somebody accepts the connection, else `nothing`. */
export const connectFrom = (container: string, host: string, port: number): Promise<string> =>
  evaluateIn(
    container,
    `new Promise((resolve) => {
      const socket = require("net").connect({ host: ${JSON.stringify(host)}, port: ${port} });
      socket.once("connect", () => resolve("answered")).once("error", () => resolve("nothing"));
      setTimeout(resolve, 1500, "nothing");
    })`,
  );
