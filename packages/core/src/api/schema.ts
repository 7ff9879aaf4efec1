import { z } from "zod";

/** What people write, as the database can hold it: neither NUL nor half a character. */
export const text = z
  .string()
  .refine(
    (written) => written.isWellFormed() && !written.includes("\0"),
    "has characters that can't be kept",
  );
