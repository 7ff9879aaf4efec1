// Where things are and on which ports they listen; both can be changed by environment variables.
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

export type Ports = {
  web: number;
  admin: number;
  edge: number;
  internal: number;
  sim: number;
  mail: number;
  egress: number;
};

/** Variable that moves each port. */
export const portVariables: Record<keyof Ports, string> = {
  web: "WEB_PORT",
  admin: "ADMIN_PORT",
  edge: "EDGE_PORT",
  internal: "INTERNAL_PORT",
  sim: "SIM_PORT",
  mail: "SIM_MAIL_PORT",
  egress: "EGRESS_PORT",
};

const defaultPorts: Ports = {
  web: 3000,
  admin: 3001,
  edge: 3002,
  internal: 3003,
  sim: 3100,
  mail: 3101,
  egress: 3128,
};

export type Layout = {
  data: string;
  logs: string;
  postgres: string;
  worker: string;
  sim: string;
  runFile: string;
};

/** Everything that an installation keeps lies below its data folder. */
export function layoutOf(data: string): Layout {
  return {
    data,
    logs: join(data, "logs"),
    postgres: join(data, "postgres"),
    worker: join(data, "worker"),
    sim: join(data, "sim"),
    runFile: join(data, "run.json"),
  };
}

export function readLayout(environment = process.env): Layout {
  return layoutOf(resolve(root, environment["LAUNCH_DATA"] || ".data"));
}

/** Throws when a variable is no port. */
export function readPorts(environment = process.env): Ports {
  const entries = Object.entries(portVariables).map(([name, variable]) => {
    const value = environment[variable];
    if (!value) return [name, defaultPorts[name as keyof Ports]];
    const port = Number(value);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`${variable} must be a port, 1 to 65535, but is "${value}".`);
    return [name, port];
  });
  return Object.fromEntries(entries);
}
