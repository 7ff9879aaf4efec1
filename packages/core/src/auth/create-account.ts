import type { z } from "zod";
import { DomainError } from "../errors.ts";
import { Prisma, type User, type UserRole } from "../generated/prisma/client.ts";
import type { System, Transaction } from "../system.ts";
import { passwordSlot } from "../vault/queries.ts";
import type { registerInput } from "./schema.ts";

export type NewAccount = Omit<z.infer<typeof registerInput>, "authKey"> & {
  passwordHash: string;
  role: UserRole;
};

/** The account with its first way into the vault. Throws what `isTaken` recognises. */
export async function createAccount(tx: Transaction, sys: System, account: NewAccount): Promise<User> {
  const { userId: id, email, role, passwordHash, kdf, slot } = account;
  const createdAt = sys.clock.now();
  return tx.user.create({
    data: {
      id,
      email,
      role,
      passwordHash,
      kdf,
      createdAt,
      slots: { create: passwordSlot(slot, createdAt) },
    },
  });
}

/** The address, the user id or the slot id belongs to somebody already. */
export const isTaken = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** For what makes a slot alone: nothing else of it can belong to somebody. */
export function refuseTakenSlot(error: unknown): never {
  throw isTaken(error) ? new DomainError("input.invalid", { field: "slot" }) : error;
}
