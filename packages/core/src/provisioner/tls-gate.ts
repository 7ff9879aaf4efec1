import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { getExtensionData, readTlsClientHello } from "read-tls-client-hello";
import { comparable } from "./allowed-hosts.ts";

type Destination = {
  host: string;
  port: number;
  /** Those that were checked. */
  addresses: readonly LookupAddress[];
  /** The greeting names another host, or is none. */
  onForeign(): void;
};

const greetingMs = 10_000;
/** RFC 6066 */
const serverName = 0;
/** RFC 9849: the name that counts is another one, which only the far end can read. */
const encryptedClientHello = 0xfe0d;

/**
 * Joins tunnels to their destination once the TLS greeting in them names the host that was asked for: behind one address of a
 * content network are many hosts, and the name in the greeting chooses among them.
 */
export function createTlsGate() {
  const destinations = new WeakMap<Socket, Destination>();
  // Speaks no HTTP: it is the form in which the proxy hands tunnels over.
  const tunnels: Server = createServer().removeAllListeners("connection");
  tunnels.on("connection", (socket: Socket) => {
    const destination = destinations.get(socket);
    if (destination) void join(socket, destination);
    else socket.destroy();
  });

  return {
    /** What the proxy hands the tunnel of this socket to. */
    towards(socket: Socket, destination: Destination): Server {
      destinations.set(socket, destination);
      return tunnels;
    },
  };
}

async function join(near: Socket, { host, port, addresses, onForeign }: Destination): Promise<void> {
  near.on("error", () => near.destroy());
  const silence = setTimeout(() => near.destroy(), greetingMs);
  const greeted = await namedHost(near);
  clearTimeout(silence);
  const [address] = addresses;
  if (near.destroyed || greeted !== comparable(host) || !address) {
    if (!near.destroyed) onForeign();
    near.destroy();
    return;
  }
  const far = connect({ host: address.address, port });
  far.on("error", () => near.destroy()).on("close", () => near.destroy());
  near.on("close", () => far.destroy());
  near.pipe(far).pipe(near);
}

/**
 * The one host that the greeting names; null when it is no greeting, names none or several, or may hide another. Browsers send that
 * extension without hiding anything, and nobody can tell; what runs in instances, which is Node, never sends it.
 */
async function namedHost(socket: Socket): Promise<string | null> {
  try {
    const greeting = await readTlsClientHello(socket);
    if (greeting.extensions.some(({ id }) => id === encryptedClientHello)) return null;
    const names = greeting.extensions.filter(({ id }) => id === serverName);
    const name = getExtensionData(greeting, serverName)?.serverName;
    return names.length === 1 && name ? comparable(name) : null;
  } catch {
    return null;
  }
}
