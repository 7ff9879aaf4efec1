import { createHash } from "node:crypto";

/** Eight addresses: the network, the gateway on the host, the container, three spare ones, and the broadcast. */
const prefixLength = 29;
const size = 2 ** (32 - prefixLength);

export type Subnet = { cidr: string; gateway: string; address: string };
type Range = { first: number; last: number };

/**
 * A subnet of `pool` (CIDR) that overlaps none of those taken. The same seed gets the same one again as long as it is free, so that
 * two engines that choose at the same moment hardly ever choose the same. Throws when the pool is used up.
 */
export function freeSubnet(pool: string, taken: readonly string[], seed: string): Subnet {
  const { first, last } = rangeOf(pool);
  const count = Math.floor((last - first + 1) / size);
  const occupied = taken.filter((cidr) => cidr.includes(".")).map(rangeOf);
  const start = count === 0 ? 0 : createHash("sha256").update(seed).digest().readUInt32BE() % count;

  for (let step = 0; step < count; step++) {
    const network = first + ((start + step) % count) * size;
    const candidate = { first: network, last: network + size - 1 };
    if (occupied.some((range) => range.first <= candidate.last && candidate.first <= range.last)) continue;
    return {
      cidr: `${textOf(network)}/${prefixLength}`,
      gateway: textOf(network + 1),
      address: textOf(network + 2),
    };
  }
  throw new Error(`No subnet is free in ${pool}.`);
}

/** The container's address in the subnet of this gateway. */
export const addressBeside = (gateway: string) => textOf(numberOf(gateway) + 1);

function rangeOf(cidr: string): Range {
  const [address = "", length = "32"] = cidr.split("/");
  const block = 2 ** (32 - Number(length));
  const first = Math.floor(numberOf(address) / block) * block;
  return { first, last: first + block - 1 };
}

const numberOf = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const textOf = (address: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
