import { PrismaPg } from "@prisma/adapter-pg";
import type { Config } from "../config.ts";
import { PrismaClient } from "../generated/prisma/client.ts";
import type { Database } from "../system.ts";

/** Connects on first use. Messages of its errors name no values: they may end up in the log. */
export function openDatabase(config: Pick<Config, "DATABASE_URL" | "DATABASE_POOL_SIZE">): Database {
  const adapter = new PrismaPg({
    connectionString: config.DATABASE_URL,
    max: config.DATABASE_POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  return new PrismaClient({
    adapter,
    errorFormat: "minimal",
    transactionOptions: { maxWait: 10_000, timeout: 15_000 },
  });
}
