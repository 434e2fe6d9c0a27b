// Refused requests, in the lists of files, tickets and requests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../sdks/node/server.js";
import { closePage, openPage } from "./browser.js";
import { Client } from "./client.js";
import { browser, row, start } from "./setup.js";

test("refused tickets are found by subject and by token", async () => {
  const [client, page] = await start("found", "tickets");
  const create = (subject, token) => client.createTicket(subject, { body: "A file.", uploads: [token] });
  const names = ["amber", "blue", "coral", "denim", "ebony"];
  for (const name of names) await create(`Printer ${name}`, `token-${name}`);
  await client.createTicket("Accepted", { body: "No file." });
  const search = page.getByLabel("Search tickets");
  const lines = page.locator(".refused .line");
  await page.getByText("5 ticket requests refused").waitFor();
  await search.fill("printer blue");
  await lines.filter({ hasText: "Printer blue" }).waitFor();
  assert.equal(await lines.count(), 1);
  await search.fill("token-denim");
  await lines.filter({ hasText: "Printer denim" }).waitFor();
  await search.fill("accepted");
  await lines.first().waitFor({ state: "detached" });
  await search.fill("printer");
  await page.getByRole("link", { name: "Show all 5" }).click();
  await row(page, "Printer amber").waitFor();
  assert.equal(await page.getByLabel("Search requests").inputValue(), "printer");
  assert.equal(await page.locator(".row.request .subject").count(), 5);
  await page.getByLabel("Search requests").fill("token-coral");
  await row(page, "Printer coral").waitFor();
  assert.equal(await page.locator(".row.request").count(), 1);
  await page.getByLabel("Search requests").fill("");
  await page.getByRole("button", { name: /^Tickets/ }).click();
  await row(page, "Accepted").waitFor();
  await closePage(page);
});

test("a PUT to a URL whose path was changed marks its image", async () => {
  const [client, page] = await start("moved");
  const [first, second] = [await client.reserve(), await client.reserve()];
  const change = (reserved, path) => client.put({ ...reserved, url: reserved.url.replace(`${reserved.token}?`, `${path}?`) });
  assert.equal((await change(first, `${first.token}.png`)).status, 403);
  assert.equal((await change(second, second.token.slice(1))).status, 403);
  for (const reserved of [first, second]) {
    await row(page, reserved.token).getByText("refused", { exact: true }).waitFor();
    await row(page, reserved.token).click();
    const callout = page.locator(".detail .callout.bad");
    await callout.getByText("its last part has to be the token").waitFor();
    await callout.getByText(reserved.token, { exact: true }).waitFor();
  }
  await closePage(page);
});

test("a PUT after a reset is shown among the files, with what to do", async () => {
  const [client, page] = await start("after-reset");
  const reserved = await client.reserve();
  await client.control("reset");
  assert.equal((await client.put(reserved)).status, 403);
  await page.getByText("What was refused").waitFor();
  // An image that came later hides none of it.
  await client.reserve();
  const folded = page.locator(".refused", { hasText: "1 refused request made no file" });
  await folded.locator("summary").click();
  await folded.locator(".line").click();
  await page.getByText("Ask for a new URL after the reset").waitFor();
  assert.doesNotMatch(await page.locator(".detail").textContent(), /ends with its token/);
  await closePage(page);
});

test("a publication that was refused marks its image until a PUT is repeated", async () => {
  const [client, page] = await start("unpublished");
  const reserved = await client.reserve();
  await client.put(reserved, { "Content-Type": "image/gif" });
  await client.publish(reserved);
  const image = row(page, reserved.token);
  await image.getByText("publication refused: reserved as image/png but stored as image/gif").waitFor();
  await image.getByText("refused", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Refused 1" }).waitFor();
  await client.put(reserved);
  await page.getByRole("button", { name: "Refused 0" }).waitFor();
  await image.getByText("user image").waitFor();
  await closePage(page);
});

test("a URL that was encoded twice is named, whatever part of it", async () => {
  const [client, page] = await start("twice");
  const parts = ["%2F", "%3B"];
  for (const part of parts) {
    const reserved = await client.reserve();
    const url = reserved.url.replaceAll(part, part.replace("%", "%25"));
    assert.ok((await client.put({ ...reserved, url })).status >= 400);
    await row(page, reserved.token).click();
    const callout = page.locator(".detail .callout.bad");
    await callout.getByText("The URL was encoded twice").waitFor();
    await page.locator(".detail h2", { hasText: reserved.token }).waitFor();
  }
  await closePage(page);
});

test("an empty account names the others, those with refusals alone too", async () => {
  const other = await startServer();
  const [busy, refused] = [new Client(other.url, "busy"), new Client(other.url, "only-refusals")];
  await busy.createTicket("One", { body: "No file." });
  await refused.send("POST", "/api/v2/uploads?filename=a.txt", "x");
  const page = await openPage(browser, new Client(other.url, "default").page + "files");
  for (const view of ["files", "requests", "tickets"]) {
    await page.goto(new Client(other.url, "default").page + view);
    await page.getByRole("link", { name: /^busy 1 ticket, 1 request/ }).waitFor();
    await page.getByRole("link", { name: /^only-refusals 1 request/ }).waitFor();
  }
  await page.getByRole("link", { name: /^busy/ }).click();
  await row(page, "One").waitFor();
  await other.stop();
  await closePage(page, { mayFail: /net::ERR_/ });
});
