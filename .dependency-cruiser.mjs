// Which part may know which. See docs/architecture.md.
const core = "^packages/core/src";
const test = "\\.test\\.tsx?$|/testing/|-contract\\.ts$|-test-image\\.ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "only-routers-know-trpc",
      severity: "error",
      from: { path: core, pathNot: `${core}/(api/|[^/]+/router\\.ts$)|${test}` },
      to: { path: "node_modules/@trpc/" },
    },
    {
      name: "only-the-docker-engine-knows-dockerode",
      severity: "error",
      from: { pathNot: `${core}/provisioner/docker[^/]*\\.ts$|node_modules` },
      to: { path: "node_modules/dockerode/" },
    },
    {
      name: "only-codes-of-apps-know-oslo",
      severity: "error",
      from: { pathNot: `${core}/auth/totp\\.ts$|node_modules` },
      to: { path: "node_modules/oslo/" },
    },
    {
      name: "public-apps-hold-no-engine",
      severity: "error",
      from: { path: "^apps/(web|admin)/|^packages/server/" },
      to: {
        path: "node_modules/dockerode/|^packages/core/src/provisioner/(docker|egress|firewall)",
        reachable: true,
      },
    },
    {
      name: "core-knows-no-client",
      severity: "error",
      from: { path: core, pathNot: test },
      to: { path: "^packages/(sdk|sim|ui|server)/" },
    },
    {
      name: "client-knows-types-of-core-only",
      severity: "error",
      from: { path: "^packages/sdk/src", pathNot: test },
      to: { path: core, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "schemas-are-browser-safe",
      severity: "error",
      from: { path: `${core}/([^/]+/schema|auth/own-path)\\.ts$` },
      to: { pathNot: "node_modules/zod/|/schema\\.ts$|/errors\\.ts$" },
    },
    {
      name: "jobs-know-no-handlers",
      severity: "error",
      from: { path: `${core}/jobs/(catalogue|enqueue)\\.ts$` },
      to: { pathNot: `node_modules/zod/|/schema\\.ts$|${core}/(jobs/catalogue|system)\\.ts$` },
    },
    {
      name: "production-knows-no-tests",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: `${test}|/e2e/` },
      to: { path: `${core}/testing/` },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/(build|generated|\\.data)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "scripts/tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js"],
    },
  },
};
