import type { z } from "zod";
import type { User } from "../generated/prisma/client.ts";
import type { me } from "./schema.ts";

export type Me = z.infer<typeof me>;

export function meView({ id, email, role, createdAt }: User): Me {
  return { id, email, role, createdAt };
}
