import type { Page, TestInfo } from "@playwright/test";
import { createFleet, type Fleet } from "./fleet.ts";
import { becomeAdmin, expect, expectAccessible, newAdmin, test } from "./test.ts";

/** With E2E_PICTURES set, for people to look at: light, dark, and on a phone. */
async function takePictures(page: Page, info: TestInfo, name: string): Promise<void> {
  if (!process.env["E2E_PICTURES"]) return;
  for (const [kind, size, colorScheme] of [
    ["light", { width: 1280, height: 900 }, "light"],
    ["dark", { width: 1280, height: 900 }, "dark"],
    ["phone", { width: 360, height: 740 }, "light"],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: info.outputPath(`${name}-${kind}.png`) });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

let fleet: Fleet;
test.beforeAll(async () => {
  fleet = await createFleet();
});
test.afterAll(() => fleet.remove());

test("F1: the overview tells what to look at, and every figure leads there", async ({ page }, info) => {
  await becomeAdmin(page, newAdmin());
  await expect(page).toHaveTitle(/▲ .*1 host silent, 1 failed · Admin/);
  const headline = page.getByRole("status").first();
  await expect(headline).toContainText("1 host silent, 1 failed");
  await expect(headline.getByRole("link", { name: "1 host silent" })).toHaveAttribute("href", "/hosts");
  await expect(headline.getByRole("link", { name: "1 failed" })).toHaveAttribute(
    "href",
    "/instances?status=failed",
  );
  await expect(page.getByRole("table", { name: "Hosts" })).toContainText(fleet.silentHost);
  await expectAccessible(page);
  await takePictures(page, info, "overview");
  await page
    .getByRole("list", { name: "Figures" })
    .getByRole("link", { name: /^Failed/ })
    .click();
  await expect(page).toHaveURL("/instances?status=failed");
  await expect(page).toHaveTitle("Failed · Instances · Admin");
  await expect(page.getByRole("row", { name: new RegExp(fleet.failed) })).toContainText(
    "It came up but gave no first answer.",
  );
  await page.goBack();
  await page
    .getByRole("list", { name: "Figures" })
    .getByRole("link", { name: /Hosts online/ })
    .click();
  // The list of instances on the overview names the host in each of its rows too.
  await expect(page.getByRole("heading", { name: "Hosts", level: 1 })).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(fleet.silentHost) })).toContainText("Silent");
  await expectAccessible(page);
});

test("F1: instances are filtered by state in the address, and a state without any says so", async ({
  page,
}) => {
  await becomeAdmin(page, newAdmin());
  await page.goto("/instances");
  const table = page.getByRole("table", { name: "Instances" });
  await expect(table).toContainText(fleet.ownerEmail);
  await expectAccessible(page);

  await page
    .getByRole("navigation", { name: "State" })
    .getByRole("link", { name: /^Failed/ })
    .click();
  await expect(page).toHaveURL("/instances?status=failed");
  await expect(table.getByText("Running")).toHaveCount(0);
  await page.reload();
  await expect(table.getByRole("rowheader", { name: fleet.failed })).toBeVisible();

  await page
    .getByRole("navigation", { name: "State" })
    .getByRole("link", { name: /^Stopping/ })
    .click();
  await expect(page.getByRole("heading", { name: "No instance is stopping" })).toBeVisible();
  await expectAccessible(page);
});

test("F1: long lists go page by page, and a page has an address of its own", async ({ page }) => {
  await becomeAdmin(page, newAdmin());
  await page.goto("/people");
  await expectAccessible(page);
  const rows = page.getByRole("table", { name: "People" }).getByRole("rowheader");
  await expect(rows).toHaveCount(50);
  // In one moment: new people move everybody on.
  const first = await page.getByRole("link", { name: "Older" }).evaluate((older: HTMLElement) => {
    const people = [...document.querySelectorAll("tbody th")].map(({ textContent }) => textContent);
    older.click();
    return people;
  });
  expect(first).toHaveLength(50);
  await expect(page).toHaveURL(/\/people\?after=/);
  await expect(rows.filter({ hasText: first[0] ?? "" })).toHaveCount(0);
  const second = await rows.allTextContents();
  expect(second.filter((email) => first.includes(email))).toEqual([]);
  await page.reload();
  await expect(rows).toHaveText(second);
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(rows).toHaveCount(50);
});

test("F1: everything is reached by keyboard", async ({ page }) => {
  await becomeAdmin(page, newAdmin());
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("hosts");
  await expect(page.getByRole("option", { name: "Hosts" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/hosts");
  await expect(page.getByRole("heading", { name: "Hosts", level: 1 })).toBeVisible();
});

test("F1: an appearance that was chosen stays", async ({ page }) => {
  const admin = newAdmin();
  await becomeAdmin(page, admin);
  await page.getByRole("button", { name: `Account of ${admin.email}` }).click();
  const dark = page.getByRole("menuitem", { name: "Dark appearance" });
  await expect(dark).toBeVisible();
  await expectAccessible(page);
  await dark.click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("I2: an instance gets another plan by keyboard", async ({ page }, info) => {
  await becomeAdmin(page, newAdmin());
  await page.goto("/instances?status=failed");
  const plan = page.getByRole("button", { name: `Plan of ${fleet.failed}: Lite. Change it` });
  await plan.press("Enter");
  const dialog = page.getByRole("dialog", { name: `Plan of ${fleet.failed}` });
  await page.keyboard.press("ArrowDown", { delay: 1000 }); // the choice follows only while the key is down
  await expect(dialog.getByRole("radio", { name: "Pro" })).toBeChecked();
  await expectAccessible(page);
  await takePictures(page, info, "plan");
  await dialog.getByRole("button", { name: "Change the plan" }).press("Enter");
  await expect(page.getByRole("button", { name: `Plan of ${fleet.failed}: Pro. Change it` })).toBeFocused();
  await page
    .getByRole("row", { name: new RegExp(fleet.failed) })
    .getByRole("link")
    .click();
  await expect(page.getByRole("table", { name: "People" }).getByRole("rowheader")).toHaveText([
    fleet.ownerEmail,
  ]);
});

test.describe("the kill switch", () => {
  test.use({ expectedComplaints: [/status of 40[13] .*(killSwitch\.user|auth\.stepUp)/] });

  test("R5: stops one person by keyboard, for a reason, after a fresh password, until it is released", async ({
    page,
  }, info) => {
    const admin = newAdmin();
    await becomeAdmin(page, admin);
    await fleet.forgetProof(admin.email);
    await page.goto("/people");
    await page.getByRole("searchbox").fill(fleet.idleEmail);
    await page.keyboard.press("Enter");
    const stop = page.getByRole("button", { name: `Stop all… of ${fleet.idleEmail}` });
    await stop.press("Enter");
    await expect(page.getByRole("button", { name: "Stop all" })).toBeDisabled();
    await page.keyboard.press("Escape");
    await expect(stop).toBeFocused();

    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type(fleet.idleEmail);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("Say in a few words why");
    await expectAccessible(page);
    await takePictures(page, info, "stop");
    await page.getByLabel("Reason").fill("Sends spam.");
    await page.keyboard.press("Enter");

    const question = page.getByRole("dialog", { name: "Show that it’s you" });
    await expect(question.getByLabel("Password", { exact: true })).toBeFocused();
    await page.keyboard.type("not this one at all");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("This isn’t your password");
    await expectAccessible(page);
    await page.keyboard.type(admin.password);
    await page.keyboard.press("Enter");

    await expect(page).toHaveURL("/kill-switch");
    const row = page.getByRole("row", { name: new RegExp(fleet.idleEmail) });
    await expect(row).toContainText(/All down.*just now.*operator-.*Sends spam/);
    await expectAccessible(page);
    await takePictures(page, info, "kill-switch");

    await page.goto("/");
    await expect(page).toHaveTitle(/▲ kill switch engaged, /);
    await expect(page.getByRole("alert")).toContainText(`keeps the assistants of ${fleet.idleEmail} down`);
    await expectAccessible(page);
    await takePictures(page, info, "overview-engaged");
    await page.getByRole("link", { name: "See and release" }).click();
    await row.getByRole("button").press("Enter");
    await page.keyboard.type("It was a mistake.");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "No switch is engaged" })).toBeVisible();
    await expectAccessible(page);
    await takePictures(page, info, "kill-switch-empty");
  });

  test("R5: stops everybody once that was typed, says what still stops, and can’t be thrown twice", async ({
    page,
  }, info) => {
    await becomeAdmin(page, newAdmin());
    await page.goto("/kill-switch");
    const stop = page.getByRole("button", { name: "Stop everybody…" });
    await stop.click();
    const dialog = page.getByRole("dialog", { name: "Stop everybody’s assistants?" });
    await dialog.getByLabel("Reason").fill("Something spreads.");
    await expect(dialog.getByRole("button", { name: "Stop all" })).toBeDisabled();
    await dialog.getByLabel("Type “everybody” to confirm").fill("everybody");
    await expectAccessible(page);
    await takePictures(page, info, "stop-everybody");
    await dialog.getByRole("button", { name: "Stop all" }).click();

    const row = page.getByRole("row", { name: /Everybody/ });
    await expect(row).toContainText(/still stopping.*just now.*Something spreads/); // a host of theirs is silent
    await expect(stop).toHaveCount(0);
    await expectAccessible(page);
    await takePictures(page, info, "everybody-stopped");
    await row.getByRole("button", { name: "Release… the switch of everybody" }).click();
    await page.getByRole("dialog").getByLabel("Reason").fill("It is over.");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "No switch is engaged" })).toBeVisible();
    await expect(stop).toBeVisible();
  });
});

test.describe("while something is wrong", () => {
  test.use({ expectedComplaints: [/Failed to load resource/] });

  test("F1: a wall that is not live says so, keeps what it knows, and catches up", async ({ page }) => {
    await becomeAdmin(page, newAdmin());
    await page.route("**/readyz", (route) => route.abort());
    await expect(page.getByText("Not live")).toBeVisible();
    await expect(page.getByRole("table", { name: "Hosts" })).toContainText(fleet.silentHost);
    await expectAccessible(page);
    await page.unroute("**/readyz");
    await expect(page.getByText("Not live")).toBeHidden();
  });

  test("F1: an address that leads nowhere says so and leads on", async ({ page }) => {
    await becomeAdmin(page, newAdmin());
    for (const path of ["/nowhere", "/instances?status=asleep"]) {
      const response = await page.goto(path);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
      await expectAccessible(page);
    }
    const response = await page.goto("/people?after=made-up");
    expect(response?.status()).toBe(400);
    await expect(page.getByText("does not understand")).toBeVisible();
    await page.getByRole("link", { name: "Go to the overview" }).click();
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  });
});
