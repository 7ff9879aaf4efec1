import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/e2e/**", "**/build/**", "**/.data/**"];
// A busy machine may take its time; what has come ends the waiting at once.
const patient = { poll: { timeout: 15_000 } };
const setupFiles = ["scripts/testing/fail-on-console-error.ts"];
const testsEndingIn = (suffix: string) =>
  ["packages", "apps", "scripts"].map((folder) => `${folder}/**/*${suffix}`);

export default defineConfig({
  test: {
    // All of the machine: left alone, half of two cores stays idle.
    maxWorkers: "100%",
    // Unit and database tests share what they import with the files before them: that is half of their time.
    projects: [
      {
        test: {
          name: "unit",
          isolate: false,
          include: [...testsEndingIn(".test.ts"), ...testsEndingIn(".test.tsx")],
          exclude: [...exclude, "**/*.{db,container,product}.test.ts"],
          setupFiles,
          expect: patient,
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "database",
          isolate: false,
          include: testsEndingIn(".db.test.ts"),
          exclude,
          setupFiles,
          expect: patient,
          globalSetup: "scripts/testing/start-database.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "container",
          include: testsEndingIn(".container.test.ts"),
          exclude,
          setupFiles,
          expect: patient,
          globalSetup: "scripts/testing/start-database.ts",
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        // The whole product by its own commands, already built.
        test: {
          name: "product",
          include: testsEndingIn(".product.test.ts"),
          exclude,
          setupFiles,
          expect: patient,
          testTimeout: 240_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
