import { defineConfig } from "@playwright/test";

const url = process.env["E2E_WEB_URL"];
if (!url) throw new Error("E2E_WEB_URL says where the dashboard runs; `npm test` sets it.");

export default defineConfig({
  testDir: ".",
  // In the order of their names, but the longest first: what begins last ends alone.
  projects: [
    { name: "longest", testMatch: "settings.spec.ts" },
    { name: "rest", testIgnore: "settings.spec.ts" },
  ],
  outputDir: "../test-results",
  // Each has an account of its own, and mostly waits.
  workers: 2,
  timeout: 480_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: {
    baseURL: url,
    // Where an assistant boots, a test says so itself.
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
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
