// `npm test [-- check|unit|container|e2e …]`: everything, or the named stages, from a fresh clone on.
// The last line is "<n> passed, <n> failed".
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildApps, generateClient } from "./setup/apps.ts";
import { ensureChromium } from "./setup/chromium.ts";
import { abortCommands, command } from "./setup/command.ts";
import { layoutOf, readLayout, root } from "./setup/layout.ts";
import { prepareImage } from "./setup/prepare.ts";
import { Progress } from "./setup/progress.ts";
import { type Counts, countPlaywright, countVitest, readCounts, sumCounts } from "./setup/test-counts.ts";
import { withApartBrowser } from "./testing/apart-browser.ts";
import { type TryOut, withProduct } from "./testing/end-to-end.ts";

const stages = ["check", "unit", "container", "e2e"];
/** Of the output of a stage that failed. */
const shownLines = 150;

class TestsFailed extends Error {
  readonly counts: Counts;
  constructor(counts: Counts, output: string) {
    super(output);
    this.counts = counts;
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.includes(name));
if (unknown.length > 0) {
  console.error(`There is no stage "${unknown.join('", "')}". There are: ${stages.join(", ")}.`);
  process.exit(2);
}
const isWanted = (stage: string) => wanted.length === 0 || wanted.includes(stage);

const started = performance.now();
const progress = new Progress();
const layout = layoutOf(join(readLayout().data, "test"));
const results: Counts[] = [];
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    isInterrupted = true;
    abortCommands(); // the stage under way fails and cleans up
  });
}

await rm(layout.logs, { recursive: true, force: true });
await mkdir(layout.logs, { recursive: true });
// Network and disk do most of it, so it runs beside the stages that need the processor.
const image = isWanted("container") || isWanted("e2e") ? prepareImage(layout, progress) : null;
image?.catch(() => {}); // whoever needs it tells

await stage("database client", (report) => generateClient({ logs: layout.logs, report }));
if (isWanted("unit")) await stage("unit and database", (report) => vitest(["unit", "database"], report));
if (image) await stage("image is there", async () => void (await image));
// Containers are mostly waited for, and some against the clock: what only needs the processor takes what they leave.
const [, isBuilt] = await Promise.all([
  isWanted("container") && stage("containers", (report) => vitest(["container"], report)),
  checkBuildAndStart(),
]);
if (isBuilt) await stage("end to end", endToEnd);

const { passed, failed, skipped } = sumCounts(results);
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(`\n${minutes} minutes, ${skipped} skipped. Logs: ${layout.logs}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs it unless the run was interrupted, counts what it counts, and shows why it failed. Returns whether it went well. */
async function stage(
  name: string,
  run: (report: (detail: string) => void) => Promise<Counts | void>,
): Promise<boolean> {
  if (isInterrupted) return false;
  try {
    results.push((await progress.step(name, run)) ?? sumCounts([]));
    return true;
  } catch (error) {
    results.push(error instanceof TestsFailed ? error.counts : { passed: 0, failed: 1, skipped: 0 });
    progress.line(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

/** Returns whether there is something to try from end to end. */
async function checkBuildAndStart(): Promise<boolean> {
  if (isWanted("check")) await stage("check", check);
  const isBuilt =
    isWanted("e2e") &&
    (await stage("web and admin build", (report) => buildApps({ logs: layout.logs, report })));
  if (isBuilt) await stage("start and stop", (report) => vitest(["product"], report));
  return isBuilt;
}

async function check(): Promise<void> {
  const logFile = join(layout.logs, "check.log");
  const args = ["-n", "10", process.execPath, join(root, "scripts", "check.ts")];
  const output = command("nice", args, { cwd: root, logFile });
  if (!(await isSuccess(output)))
    throw new TestsFailed({ passed: 0, failed: 1, skipped: 0 }, await endOf(logFile));
}

function isSuccess(output: Promise<string>): Promise<boolean> {
  return output.then(
    () => true,
    () => false,
  );
}

async function vitest(projects: readonly string[], report: (detail: string) => void): Promise<Counts> {
  const name = projects.join("-");
  const logFile = join(layout.logs, `${name}.log`);
  const json = join(layout.logs, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${json}`];
  const selection = projects.flatMap((project) => ["--project", project]);
  const output = command("vitest", ["run", ...selection, ...reporters], { cwd: root, logFile });
  return await judge(await isSuccess(output), await readCounts(json, countVitest), logFile, report);
}

async function endToEnd(report: (detail: string) => void): Promise<Counts> {
  const chromium = await ensureChromium({ logs: layout.logs, report });
  const apps = ["web", "admin"].filter((app) =>
    existsSync(join(root, "apps", app, "e2e", "playwright.config.ts")),
  );
  const instanceImage = (await image) ?? "";
  return await withProduct({ data: join(layout.data, "e2e"), instanceImage, progress }, async (product) => {
    const counts: Counts[] = [];
    await withApartBrowser({ chromium, ports: product.browserPorts }, async (browser) => {
      for (const app of apps) counts.push(await playwright(app, product, browser, report));
    });
    return sumCounts(counts);
  });
}

async function playwright(
  app: string,
  product: TryOut,
  browser: string,
  report: (detail: string) => void,
): Promise<Counts> {
  const logFile = join(layout.logs, `e2e-${app}.log`);
  const json = join(layout.logs, `e2e-${app}.json`);
  const environment = {
    ...process.env,
    E2E_WEB_URL: product.webUrl,
    E2E_ADMIN_URL: product.adminUrl,
    E2E_DATABASE_URL: product.databaseUrl,
    CHROMIUM_PATH: browser,
    PLAYWRIGHT_JSON_OUTPUT_NAME: json,
  };
  const program = join(root, "apps", app, "node_modules", ".bin", "playwright");
  const args = ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"];
  const output = command(program, args, {
    cwd: join(root, "apps", app),
    environment,
    logFile,
    onLine: (line) => report(line.trim()),
  });
  return await judge(await isSuccess(output), await readCounts(json, countPlaywright), logFile, report);
}

/** A runner also fails for what is no test's fault, such as a rejection that nobody handled: that counts as one more failure. */
async function judge(
  succeeded: boolean,
  counts: Counts,
  logFile: string,
  report: (detail: string) => void,
): Promise<Counts> {
  const failed = Math.max(counts.failed, succeeded ? 0 : 1);
  if (failed > 0) throw new TestsFailed({ ...counts, failed }, await endOf(logFile));
  report(`${counts.passed} passed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`);
  return counts;
}

async function endOf(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n");
  return [...lines.slice(-shownLines), `The whole output: ${logFile}`].join("\n");
}
