import { defineConfig } from "@playwright/test";

const url = process.env["E2E_ADMIN_URL"];
if (!url) throw new Error("E2E_ADMIN_URL says where the admin app runs; `npm test` sets it.");

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  // Each file makes what it looks at; accounts come and go beside the fleet.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: {
    baseURL: url,
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
