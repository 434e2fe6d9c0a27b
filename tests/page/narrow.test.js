// Nothing is cut off without a cue, beside a detail and on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage, PHONE } from "./browser.js";
import { start } from "./setup.js";

/** The elements that have more than they show. */
const cutOff = (page, selector) =>
  page.locator(selector).evaluateAll((found) =>
    found
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
      .map((one) => `${one.className || one.localName}: ${one.textContent.slice(0, 40)}`),
  );

const refuse = async (client, times) => {
  for (let number = 1; number <= times; number += 1) {
    await client.createTicket(`Refused ${number}`, { body: "A file.", uploads: ["unknown", "x"] });
  }
};

for (const width of [1280, 1440, 1920]) {
  test(`filters fit beside a detail, and the list stays: ${width}`, async () => {
    const [client, page] = await start(`fits-${width}`, "requests", { viewport: { width, height: 800 } });
    await client.upload("a.txt");
    await client.createTicket("Accepted", { body: "No file." });
    await refuse(client, 12);
    for (const view of ["files", "requests", "tickets"]) {
      await page.goto(client.page + view);
      const first = page.locator(".row").first();
      await first.waitFor();
      const top = (await first.boundingBox()).y;
      await first.click();
      await page.locator(".detail .pad").waitFor();
      assert.equal((await first.boundingBox()).y, top, view);
      assert.deepEqual(await cutOff(page, ".bar .chips"), [], view);
    }
    await closePage(page);
  });
}

test("commands, refusals and their link are whole on a phone", async () => {
  const [client, page] = await start("whole", "connect", { viewport: PHONE });
  await page.locator(".code pre").first().waitFor();
  assert.deepEqual(await cutOff(page, ".code pre"), []);
  await refuse(client, 5);
  await page.getByRole("link", { name: "Tickets" }).click();
  await page.getByRole("link", { name: "Show all 5" }).waitFor();
  const { y, height } = await page.getByRole("link", { name: "Show all 5" }).boundingBox();
  assert.ok(y + height < PHONE.height / 2, `${y}`);
  assert.deepEqual(await cutOff(page, ".refused"), []);
  await closePage(page);
});

test("a button that copies is beside its text", async () => {
  const [client, page] = await start("beside", "files", { viewport: { width: 340, height: 800 } });
  const { token } = await client.upload("a.txt");
  await page.goto(`${client.page}files/${token}`);
  const fact = page.locator(".facts .copied").last();
  const [text, button] = [await fact.locator("code").boundingBox(), await fact.locator("button").boundingBox()];
  assert.ok(button.x >= text.x + text.width - 1 && button.y < text.y + 20, `${button.x}, ${button.y}`);
  await closePage(page);
});

test("a fault says how often it has triggered, of how often it may", async () => {
  const [client, page] = await start("times", "controls");
  await client.control("faults", { operation: "upload", status: 503, times: 3 });
  await client.tryUpload("a.txt");
  await page.getByText("triggered 1 of 3 times").waitFor();
  await client.control("faults", { operation: "upload", status: 429, nth: 2 });
  await page.getByText("triggered 0 times").waitFor();
  await closePage(page);
});
