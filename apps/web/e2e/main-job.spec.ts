import type { Page, Request } from "@playwright/test";
import { expect, signUp, test } from "./test.ts";

test("B1: from sign-up in three steps to a real answer, then stopped and deleted", async ({
  page,
  account,
}) => {
  const loading = openRequests(page, isScript);
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (isScript(request)) scripts.push(request.url());
  });
  await signUp(page, account);
  await expect(page.getByRole("heading", { name: "Launch your first assistant" })).toBeVisible();
  await page.getByRole("link", { name: "Start", exact: true }).click();

  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("radio", { name: /Everyday helper/ }).check();
  // The next pages' code is loaded ahead, and asks for more as it comes, until none follows for a while.
  const newScripts = () => scripts.splice(0).length + loading.size;
  await expect.poll(newScripts, { intervals: [500] }).toBe(0);
  await page.getByRole("button", { name: "Launch" }).click();

  await page.waitForURL(/\/assistants\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("list", { name: "Launching Ada" })).toBeVisible();
  expect(scripts, "code that was not there when the assistant’s network came").toEqual([]);
  await expect(page).toHaveTitle(/● Starting · Ada/);

  const conversation = page.getByRole("log", { name: "Conversation with Ada" });
  await expect(conversation.getByRole("article", { name: "Ada" }).first()).toBeVisible({ timeout: 180_000 });
  await expect(page).toHaveTitle(/● Running · Ada/);

  const answers = await conversation.getByRole("article", { name: "Ada" }).count();
  await page.getByRole("textbox", { name: "Message to Ada" }).fill("What is two and two?");
  await page.keyboard.press("Enter");
  await expect(conversation.getByText("What is two and two?")).toBeVisible();
  await expect(conversation.getByRole("article", { name: "Ada" })).toHaveCount(answers + 1, {
    timeout: 60_000,
  });

  await page.reload();
  await expect(conversation.getByText("What is two and two?", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Logs" }).click();
  const lines = page.getByRole("region", { name: "Log of Ada" }).getByRole("listitem");
  await expect(lines.first()).toBeVisible();
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("no such words");
  await expect(page.getByText(/None of the \d+ lines fits/)).toBeVisible();
  await expect(page).toHaveURL(/\?find=no\+such\+words$/);
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("");
  await expect(lines.first()).toBeVisible();

  const streams = openRequests(page, isStream);
  const ada = page.url().replace(/\/logs.*/, "");
  for (const [part, heading] of [
    ["overview", "Resources"],
    ["devices", "Control page"],
    ["backups", "Backups"],
    ["settings", "Settings are encrypted"],
  ] as const) {
    await page.goto(`${ada}/${part}`);
    await expect(page.getByRole("heading", { name: heading }).first(), part).toBeVisible();
    await expect.poll(() => streams.size, `${part}: live streams of the page`).toBe(1);
  }

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page).toHaveTitle(/● Stopped · Ada/, { timeout: 60_000 });

  await page.getByRole("button", { name: "More for Ada" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Ada?" });
  await expect(dialog.getByRole("button", { name: "Delete for ever" })).toBeDisabled();
  await dialog.getByLabel("Type “Ada” to confirm").fill("Ada");
  await dialog.getByRole("button", { name: "Delete for ever" }).click();
  await page.waitForURL("**/assistants", { timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "Launch your first assistant" })).toBeVisible();
});

const isScript = (request: Request) => request.resourceType() === "script";
const isStream = (request: Request) => !!request.headers()["accept"]?.includes("text/event-stream");

/** What the page asks for from now on, while it comes. */
function openRequests(page: Page, isMeant: (request: Request) => boolean): ReadonlySet<Request> {
  const open = new Set<Request>();
  page.on("request", (request) => {
    if (isMeant(request)) open.add(request);
  });
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  return open;
}
