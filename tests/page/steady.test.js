// What the page keeps in place: searches, scroll positions, layout, and what is typed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { startServer } from "../sdks/node/server.js";
import { assertAccessible, closePage, openPage, PHONE } from "./browser.js";
import { Client, PNG } from "./client.js";
import { browser, row, server, start } from "./setup.js";

for (const [device, viewport] of Object.entries({ desktop: undefined, phone: PHONE })) {
  test(`search, filter and place survive a detail and another view: ${device}`, async () => {
    const [client, page] = await start(`kept-${device}`, "files", viewport && { viewport });
    const files = (name) => ({ life: "30m", files: [{ name, text: "x" }] });
    const names = Array.from({ length: 200 }, (_, number) => `kept-${number}.txt`);
    await client.control("seed", { uploads: [...names, "other.txt"].map(files) });
    await page.getByRole("button", { name: "Waiting 201" }).click();
    await page.getByLabel("Search files").fill("kept-");
    await row(page, "other.txt").waitFor({ state: "detached" });
    const list = page.locator(".rows");
    await list.evaluate((rows) => {
      rows.scrollTop = 6000;
    });
    const item = list.locator("li[aria-posinset='103'] a");
    const name = await item.locator(".name").textContent();
    await item.click();
    await page.locator(".detail h2", { hasText: name }).waitFor();
    const assertKept = async (where) => {
      await page.getByLabel("Search files").waitFor();
      assert.equal(await page.getByLabel("Search files").inputValue(), "kept-", where);
      await page.locator("button[aria-pressed=true]", { hasText: "Waiting" }).waitFor();
      await row(page, name).waitFor();
      assert.equal(await list.evaluate((rows) => rows.scrollTop), 6000, where);
    };
    await page.goBack();
    await assertKept("after the detail");
    await item.click();
    await page.locator(".detail h2", { hasText: name }).waitFor();
    await page.getByRole("link", { name: "Tickets" }).click();
    await page.getByText("No tickets yet").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Close" }).click();
    await assertKept("after another view");
    await closePage(page);
  });
}

test("a switcher of many accounts searches, and a wrong name has a way back", async () => {
  const other = await startServer();
  const client = new Client(other.url, "default");
  for (let number = 0; number < 40; number += 1) {
    await client.control("accounts", { name: `team-${number}` });
  }
  const page = await openPage(browser, `${client.page}files`);
  const field = page.getByRole("combobox", { name: "Account" });
  await page.locator("#accounts option").nth(40).waitFor({ state: "attached" });
  await assertAccessible(page, "many accounts");
  await field.focus();
  assert.equal(await field.inputValue(), "");
  await field.fill("m-17");
  await field.press("Enter");
  await page.waitForURL(/#\/team-17\/files$/);
  await page.getByText("No files yet").waitFor();
  assert.equal(await field.inputValue(), "team-17");

  // Names have no case.
  await page.goto(`${other.url}/_mock/ui/#/TEAM-3/tickets`);
  await page.getByText("No tickets yet").waitFor();
  assert.equal(await field.inputValue(), "team-3");

  const refused = [];
  page.on("response", (response) => response.status() >= 400 && refused.push(response.url()));
  await page.goto(`${other.url}/_mock/ui/#/no%20name!/files`);
  await page.getByRole("heading", { name: "The server does not show account no name!" }).waitFor();
  await page.getByRole("status").getByText("Not connected").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: "Go to account default" }).click();
  await page.getByText("No files yet").waitFor();
  assert.ok(refused.length <= 3, refused.join("\n"));
  await other.stop();
  await closePage(page, { mayFail: /40[04]|net::ERR_/ });
});

test("a call that is refused is not repeated by itself", async () => {
  const page = await openPage(browser, "about:blank");
  await page.clock.install();
  let refused = 0;
  page.on("response", (response) => {
    refused += response.status() >= 400 ? 1 : 0;
  });
  await page.goto(`${server.url}/_mock/ui/#/no%20name!/files`);
  await page.getByRole("heading", { name: "The server does not show account no name!" }).waitFor();
  await page.clock.runFor(60_000);
  assert.equal(refused, 1);
  await closePage(page, { mayFail: /40[04]/ });
});

test("the page reads each list once when it connects", async () => {
  const client = new Client(server.url, "once");
  await client.control("reset");
  await client.upload("a.txt");
  const page = await openPage(browser, "about:blank");
  const read = new Map();
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname.split("/_mock")[1];
    read.set(path, (read.get(path) ?? 0) + 1);
  });
  await page.goto(`${client.page}files`);
  await row(page, "a.txt").waitFor();
  await client.upload("b.txt");
  // The list is read again for the second file alone.
  await row(page, "b.txt").waitFor();
  assert.equal(read.get("/files"), 2);
  for (const path of ["/journal", "/clock", "/settings", "/snapshots"]) {
    assert.equal(read.get(path), 1, path);
  }
  await closePage(page);
});

test("the error of a setting is beside its field, and what was typed stays", async () => {
  const [, page] = await start("setting", "controls");
  const field = page.getByLabel("upload_ttl");
  await field.fill("soon");
  await field.press("Enter");
  const item = page.locator(".settings li", { has: field });
  await item.getByRole("alert").waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.inputValue(), "soon");
  assert.equal(await page.getByRole("alert").count(), 1);
  await field.fill("5m");
  await field.press("Enter");
  await item.getByRole("alert").waitFor({ state: "detached" });
  await closePage(page, { mayFail: /400/ });
});

test("descriptions of settings that could not be read are read after a reconnect", async () => {
  let other = await startServer();
  const { port } = new URL(other.url);
  const page = await openPage(browser, "about:blank");
  let isAway = true;
  await page.route("**/openapi.json", (route) => (isAway ? route.abort() : route.continue()));
  await page.goto(`${other.url}/_mock/ui/#/default/controls`);
  await page.getByLabel("upload_ttl").waitFor();
  isAway = false;
  await other.stop();
  await page.getByRole("status").getByText("Reconnecting").waitFor();
  other = await startServer("--port", port);
  await page.locator("#setting-upload_ttl-about", { hasText: "Lifetime" }).waitFor();
  await other.stop();
  await closePage(page, { mayFail: /net::ERR_/ });
});

test("a question is in sight on a phone, and controls rest while the server is away", async () => {
  let other = await startServer();
  const { port } = new URL(other.url);
  const page = await openPage(browser, `${other.url}/_mock/ui/#/default/controls`, { viewport: PHONE });
  for (const name of ["Load", "Reset"]) {
    await page.getByRole("button", { name, exact: true }).click();
    const question = page.getByRole("group", { name: /^(Replace|Remove)/ });
    const { y, height } = await question.boundingBox();
    const nav = await page.locator(".nav").boundingBox();
    assert.ok(y > 52 && y + height <= nav.y, `${name}: ${y} + ${height}, ${nav.y}`);
    await question.getByRole("button", { name: "Cancel" }).click();
  }
  const buttons = page.locator(".card fieldset button");
  await other.stop();
  await page.getByRole("status").getByText("Reconnecting").waitFor();
  for (const button of await buttons.all()) assert.ok(await button.isDisabled());
  other = await startServer("--port", port);
  await page.getByRole("status").getByText("Live").waitFor();
  assert.ok(await page.getByRole("button", { name: "Advance" }).isEnabled());
  await other.stop();
  await closePage(page, { mayFail: /net::ERR_/ });
});

test("what comes late moves nothing", async () => {
  const [client, page] = await start("still", "files");
  await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
  await client.createTicket("Bad", { body: "No file.", uploads: ["unknown"] });
  await client.upload("broken.png", "this is no image", "image/png");
  const image = await client.reserve();
  await client.put(image, { "Content-Type": "image/gif" });
  // What is there when a part of the page first appears.
  await page.evaluate(() => {
    const first = (globalThis.first = {});
    const looks = {
      comment: () => document.querySelector(".comment") && Boolean(document.querySelector(".detail .callout.bad")),
      facts: () => document.querySelector(".detail .facts") && Boolean(document.querySelector(".detail .callout.warn")),
      settings: () => document.querySelector(".settings li") && Boolean(document.querySelector(".settings .note").textContent),
    };
    const look = () => {
      for (const [name, see] of Object.entries(looks)) first[name] ??= see() ?? undefined;
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
    first.broken = 0;
    const count = ({ target }) => (first.broken += target.localName === "img" ? 1 : 0);
    document.addEventListener("error", count, true);
  });
  await row(page, "broken.png").locator(".thumb svg").waitFor();
  await row(page, image.token).click();
  await page.locator(".detail .facts").waitFor();
  await row(page, "broken.png").click();
  await page.getByText("A browser cannot draw this as an image").waitFor();
  await page.locator(".preview pre", { hasText: "this is no image" }).waitFor();
  await page.getByRole("link", { name: "Tickets" }).click();
  await row(page, "Bad").click();
  await page.locator(".comment").waitFor();
  await page.keyboard.press("4");
  await page.getByLabel("upload_ttl").waitFor();
  const seen = await page.evaluate(() => globalThis.first);
  assert.deepEqual(seen, { broken: 0, facts: true, comment: true, settings: true });
  await closePage(page);
});

test("a wide window has its cards in the middle, and a long query is folded", async () => {
  const [client, page] = await start("wide", "connect", { viewport: { width: 1920, height: 1080 } });
  const cards = await page.locator(".page").boundingBox();
  const main = await page.locator("main").boundingBox();
  const [left, right] = [cards.x - main.x, main.x + main.width - cards.x - cards.width];
  assert.ok(Math.abs(left - right) < 2, `${left}, ${right}`);
  await client.put(await client.reserve());
  await page.getByRole("link", { name: "Requests" }).click();
  await row(page, "PUT").click();
  await page.getByText("8 parameters").click();
  await page.getByText("X-Amz-Expires=3600", { exact: true }).waitFor();
  await closePage(page);
});

test("what the address names and the account lacks is no error", async () => {
  const [client, page] = await start("gone");
  await client.upload("a.txt");
  await page.goto(`${client.page}tickets/99`);
  await page.getByText("Ticket 99 does not exist").waitFor();
  await page.goto(`${client.page}requests/99`);
  await page.getByText("Request 99 is not in the journal").waitFor();
  await page.goto(`${client.page}files/99`);
  await page.getByText("No such file").waitFor();
  await page.getByRole("link", { name: "Close" }).click();
  await row(page, "a.txt").waitFor();
  await closePage(page);
});

test("the first calls of Connect work in a shell", async () => {
  const [client, page] = await start("shell", "connect");
  const card = page.locator(".card", { has: page.getByRole("heading", { name: "First calls" }) });
  await card.locator("pre").nth(1).waitFor();
  const calls = await card.locator("pre").allTextContents();
  const cwd = mkdtempSync(join(tmpdir(), "zendesk-mock-page-"));
  try {
    for (const text of calls) await promisify(execFile)("bash", ["-ec", text], { cwd });
  } finally {
    rmSync(cwd, { recursive: true });
  }
  await page.getByRole("link", { name: /^Files/ }).click();
  await row(page, "hello.txt").getByText("open").waitFor();
  await row(page, "user image").getByText("published").waitFor();
  const { files } = await client.control("files", undefined, "GET");
  assert.deepEqual(files.map(({ size }) => size).sort(), [5, PNG.length]);
  await closePage(page);
});
