import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type LimitName, limitCatalogue } from "../limits/rules.ts";
import { accessMatrix } from "../testing/access-matrix.ts";
import { allProcedures, routers } from "../testing/procedures.ts";

type Definition = {
  type: string;
  inputs: unknown[];
  output?: unknown;
  meta?: { audience?: string; limit?: string };
};

test("every procedure stands in the access matrix, and nothing else does", () => {
  for (const router of Object.keys(routers) as (keyof typeof routers)[]) {
    const paths = allProcedures.filter((listed) => listed.router === router).map(({ path }) => path);
    expect(paths.sort()).toEqual(Object.keys(accessMatrix[router]).sort());
    expect(paths.length).toBeGreaterThan(4);
  }
});

test("A7: everything that changes something has a rate limit, except ending one's own session", () => {
  const unlimited = allProcedures.filter(({ router, procedure }) => {
    const { type, meta } = procedure._def as unknown as Definition;
    return router !== "internal" && type === "mutation" && !meta?.limit;
  });
  expect(unlimited.map(({ router, path }) => `${router} ${path}`)).toEqual([
    "app auth.logout",
    "admin auth.logout",
  ]);
});

test("A7: what anybody may change without an account is limited by network", () => {
  const open = allProcedures.flatMap(({ router, path, procedure }) => {
    const { type, meta } = procedure._def as unknown as Definition;
    const isOpen =
      router === "app" && type === "mutation" && ["public", "half"].includes(meta?.audience ?? "");
    return isOpen ? [{ path, limit: meta?.limit as LimitName | undefined }] : [];
  });
  expect(open.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["auth.login", "auth.register", "auth.verifyTotp", "auth.password.requestReset"]),
  );
  const otherwise = open.filter(({ limit }) => !limit || limitCatalogue[limit].per !== "network");
  expect(otherwise.map(({ path }) => path)).toEqual(["auth.logout"]);
});

describe.each(allProcedures)("$router $path", ({ router, path, procedure }) => {
  const { inputs, output, meta } = procedure._def as unknown as Definition;

  test("V1: refuses an unknown field", () => {
    const [input] = inputs;
    expect(inputs).toHaveLength(1);
    if (!(input instanceof z.ZodObject)) throw new Error("the input is not an object");
    const { error } = input.safeParse({ "unknown field": 1 });
    expect(error?.issues).toContainEqual(expect.objectContaining({ code: "unrecognized_keys" }));
  });

  test("says what it returns, and to whom", () => {
    expect(output).toBeInstanceOf(z.ZodType);
    expect(meta?.audience).toBe(accessMatrix[router][path]?.audience);
  });
});
