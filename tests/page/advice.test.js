// What the page advises after a refusal.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage } from "./browser.js";
import { Client, PNG } from "./client.js";
import { row, server, start } from "./setup.js";

const FORM = '--X1\r\nContent-Disposition: form-data; name="file"\r\n\r\n…\r\n--X1--';

test("a size that was not announced is no reason to make an image smaller", async () => {
  const [client, page] = await start("size");
  await client.control("settings", { bucket_size_check: "declared" }, "PATCH");
  const large = await client.reserve("image/png", 43);
  assert.equal((await client.put(large, {}, Buffer.alloc(1702, PNG))).status, 400);
  await row(page, large.token).click();
  const callout = page.locator(".detail .callout.bad");
  const advice = /file_size announced 43 bytes, and the PUT brought 1,702: announce the bytes that you send, "file_size": 1702/;
  await callout.getByText(advice).waitFor();
  assert.doesNotMatch(await page.locator(".detail").textContent(), /max_image_size under|not what was promised/);
  await callout.getByRole("link").first().click();
  await page.getByText("Why it was refused").waitFor();
  await callout.getByText(advice).waitFor();
  await callout.getByRole("link", { name: "Controls" }).click();
  await page.locator("#setting-bucket_size_check:focus").waitFor();

  // A form explains the size: it comes first, and no other advice contradicts it.
  const framed = await client.reserve("image/png", 10);
  assert.equal((await client.put(framed, {}, FORM)).status, 400);
  for (const view of [`files/${framed.token}`, "requests/4"]) {
    await page.goto(client.page + view);
    await page.locator(".detail .callout", { hasText: "The PUT sent a form" }).waitFor();
    const boxes = await page.locator(".detail .callout").allTextContents();
    assert.match(boxes[0], /The PUT sent a form/, view);
    assert.match(boxes[1], /\d+ bytes; 10 were declared|the bucket takes 10/, view);
    assert.doesNotMatch(boxes.join(), /What to change|announce the bytes|Hint/, view);
  }

  await client.control("settings", { bucket_size_check: "max", max_image_size: 100 }, "PATCH");
  const over = await client.reserve("image/png", 90);
  await client.put(over, {}, Buffer.alloc(101));
  await page.goto(`${client.page}files/${over.token}`);
  await callout.getByText("Make the image smaller before it is sent").waitFor();
  await closePage(page);
});

test("bytes of another type are named as the cause where the bytes count", async () => {
  const [client, page] = await start("sniffed", "requests");
  await client.control("settings", { image_type_check: "sniff" }, "PATCH");
  const reserved = await client.reserve("image/png", 30);
  const jpeg = Buffer.concat([Buffer.from("ffd8ffe000104a46494600", "hex"), Buffer.alloc(40)]);
  await client.put(reserved, {}, jpeg);
  assert.equal((await client.publish(reserved)).status, 400);
  await row(page, "reserved as").click();
  await page.getByText("The bytes are image/jpeg, and image_type_check is sniff").waitFor();
  await page.getByText("Convert the file to image/png, or announce image/jpeg").waitFor();
  await closePage(page);
});

test("a refused token of another account, or with a slip, is recognized", async () => {
  const [client, page] = await start("foreign", "tickets");
  const other = new Client(server.url, "foreign-other");
  await other.control("reset");
  const foreign = await other.upload("theirs.txt");
  const own = await client.upload("ours.txt");
  const slip = own.token.slice(0, -2) + own.token.slice(-1);
  const tokens = [foreign.token, slip];
  const texts = ["is a token of account foreign-other", "differs by one character from the token of ours.txt"];
  for (const [place, token] of tokens.entries()) {
    await client.createTicket(`Ticket ${place}`, { body: "It lacks a file.", uploads: [token] });
    const line = page.locator(".refused .line", { hasText: `Ticket ${place}` });
    await line.click();
    await page.locator(".detail .callout.bad").getByText(texts[place]).waitFor();
    await page.getByRole("link", { name: "Tickets" }).first().click();
  }
  for (let number = 3; number <= 6; number += 1) {
    await client.createTicket(`Ticket ${number}`, { body: "No file.", uploads: [slip] });
  }
  await page.getByText("6 ticket requests refused").waitFor();
  assert.equal(await page.getByText("No ticket matches").count(), 0);
  await page.getByRole("link", { name: "Show all 6" }).click();
  await page.locator("button[aria-pressed=true]", { hasText: "Refused tickets6" }).waitFor();
  assert.equal(await page.locator(".row.request").count(), 6);
  await closePage(page);
});

test("what to change depends on why a token brought no file", async () => {
  const [client, page] = await start("causes", "tickets");
  await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
  const [used, gone] = [await client.upload("used.txt"), await client.upload("gone.txt")];
  await client.deleteUpload(gone);
  const create = (subject, token) => client.createTicket(subject, { body: "One file.", uploads: [token] });
  await create("First", used.token);
  await create("Used", used.token);
  await create("Deleted", gone.token);
  await create("Unknown", "nonsense");
  const callout = page.locator(".detail .callout.bad");
  await row(page, "Used").click();
  await callout.getByText("Upload the file again for each ticket or comment").waitFor();
  await row(page, "Deleted").click();
  await callout.getByText("Delete an upload only if no ticket will name its token").waitFor();
  await row(page, "Unknown").click();
  await callout.getByText("is no token that account causes knows").waitFor();
  assert.doesNotMatch(await callout.textContent(), /What to change/);
  await closePage(page);
});

test("a question has its focus on Cancel, and Escape or another action ends it", async () => {
  const [client, page] = await start("asked", "controls");
  const ask = page.getByRole("button", { name: "Reset", exact: true });
  const question = page.getByRole("group", { name: "Remove everything in asked?" });
  await ask.click();
  await question.locator("button:focus", { hasText: "Cancel" }).waitFor();
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  await page.locator("button.danger:focus", { hasText: "Reset" }).waitFor();
  await ask.click();
  await page.getByRole("button", { name: "+ 1 hour" }).click();
  await question.waitFor({ state: "detached" });
  await client.control("seed", { uploads: [{ files: [{ name: "seeded.txt", text: "x" }] }] });
  await page.getByRole("link", { name: /^Files/ }).click();
  await row(page, "seeded.txt").getByText("does not expire").click();
  await page.locator(".timeline").getByText("does not expire").waitFor();
  await closePage(page);
});
