// Environment → zod → typed settings. The only reader of `process.env` here.
import { z } from "zod";

const key = z.string().min(32, "must be at least 32 random characters").optional();

const port = z.coerce.number().int().min(1).max(65_535);

const environment = z
  .object({
    SIM_HOST: z.string().min(1).default("127.0.0.1"),
    /** Of what instances reach too. */
    SIM_PORT: port.default(3100),
    /** Of the mails. */
    SIM_MAIL_PORT: port.default(3101),
    /** File that keeps OpenRouter's keys and their usage over a restart; without it everything is forgotten. */
    SIM_DATA: z.string().min(1).optional(),
    /** OpenRouter is stood in for when this is set. */
    SIM_MANAGEMENT_KEY: key,
    /** Resend is stood in for when this is set. */
    SIM_RESEND_KEY: key,
  })
  .refine(({ SIM_MANAGEMENT_KEY, SIM_RESEND_KEY }) => SIM_MANAGEMENT_KEY ?? SIM_RESEND_KEY, {
    path: ["SIM_MANAGEMENT_KEY"],
    message: "is missing, and so is SIM_RESEND_KEY: there is nothing to stand in for",
  });

export type SimConfig = z.infer<typeof environment>;

/** Throws when a variable is missing or wrong; the message holds names, never values. */
export function readSimConfig(variables: NodeJS.ProcessEnv = process.env): SimConfig {
  const result = environment.safeParse(variables);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment is not usable:\n${problems.join("\n")}`);
}
