// Lists by keyboard and on narrow screens, and what is in them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage, PHONE } from "./browser.js";
import { row, start } from "./setup.js";

test("a long list is one stop of the Tab key, and keys keep the focus on a row", async () => {
  const [client, page] = await start("roving");
  const uploads = Array.from({ length: 300 }, (_, number) => ({
    files: [{ name: `file-${number}.txt`, text: "x" }],
  }));
  await client.control("seed", { uploads });
  await page.getByRole("button", { name: "All 300" }).waitFor();
  assert.equal(await page.locator(".rows a[tabindex='0']").count(), 1);
  const focused = page.locator(".rows li:has(a:focus)");
  const place = async (wanted) => {
    await page.locator(`.rows li[aria-posinset='${wanted}'] a:focus`).waitFor();
    const [item, list] = [await focused.boundingBox(), await page.locator(".rows").boundingBox()];
    assert.ok(item.y >= list.y && item.y + item.height <= list.y + list.height, `row ${wanted}`);
  };
  await page.locator(".rows a[tabindex='0']").focus();
  await place(1);
  for (const [key, wanted] of [["End", 300], ["ArrowUp", 299], ["Home", 1], ["ArrowDown", 2]]) {
    await page.keyboard.press(key);
    await place(wanted);
  }
  await page.keyboard.press("PageDown");
  const after = Number(await focused.getAttribute("aria-posinset"));
  assert.ok(after > 5, `row ${after}`);
  await page.keyboard.press("PageUp");
  await place(2);
  await page.keyboard.press("Tab");
  assert.equal(await focused.count(), 0);
  await page.keyboard.press("Shift+Tab");
  await place(2);
  await closePage(page);
});

test("characters that reorder a name are shown", async () => {
  const [client, page] = await start("bidi");
  await client.upload("invoice\u202efdp.exe");
  await row(page, "invoiceU+202Efdp.exe").click();
  await page.locator(".detail h2", { hasText: "invoiceU+202Efdp.exe" }).waitFor();
  await page.getByRole("link", { name: /^Requests/ }).click();
  await row(page, "invoiceU+202Efdp.exe").waitFor();
  await closePage(page);
});

test("filters and reasons fit on a phone, and the difference comes first", async () => {
  const [client, page] = await start("narrow", "requests", { viewport: PHONE });
  await client.put(await client.reserve(), { "Content-Disposition": "inline" });
  const reason = row(page, "PUT").locator(".two .sub");
  assert.match(await reason.textContent(), /^header content-disposition: received inline instead of “attachment/);
  assert.doesNotMatch(await reason.textContent(), /\\"/);
  const { height } = await reason.boundingBox();
  assert.ok(height > 30 && height < 38, `${height}`);
  const chips = await page.locator(".bar .chips button").all();
  for (const chip of chips) {
    const { x, width } = await chip.boundingBox();
    assert.ok(x >= 0 && x + width <= PHONE.width, await chip.textContent());
  }
  await closePage(page);
});

test("the header says how far the clock is from the real time", async () => {
  const [client, page] = await start("shifted");
  await page.locator(".clock time").waitFor();
  assert.equal(await page.locator(".shift").count(), 0);
  await client.control("clock/advance", { by: "61m" });
  await page.locator(".shift", { hasText: /^\+1 h 1 m$/ }).waitFor();
  await client.control("clock/advance", { by: "3d" });
  await page.locator(".shift", { hasText: /^\d{4}-\d\d-\d\d$/ }).waitFor();
  await closePage(page);
});

test("a ticket moves nothing while its comments load", async () => {
  const [client, page] = await start("shift-free", "tickets", { viewport: PHONE });
  const body = Array.from({ length: 20 }, (_, line) => `Line ${line}`).join("\n");
  const { json } = await client.createTicket("Long", { body });
  await client.changeTicket(json.ticket.id, { comment: { body } });
  await row(page, "Long").waitFor();
  await page.evaluate(() => {
    globalThis.shifted = 0;
    const add = (list) => list.getEntries().forEach(({ value }) => (globalThis.shifted += value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: false });
  });
  await row(page, "Long").evaluate((link) => link.click());
  await page.locator(".comment").nth(1).waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const shifted = await page.evaluate(() => globalThis.shifted);
  assert.ok(shifted < 0.02, `${shifted}`);
  await closePage(page);
});

test("bytes as numbers keep their lines on a narrow screen", async () => {
  const [client, page] = await start("dump", "files", { viewport: { width: 320, height: 700 } });
  const { token } = await client.upload("a.bin", Buffer.alloc(64, 65), "application/octet-stream");
  await page.goto(`${client.page}files/${token}`);
  const dump = page.locator(".preview pre.dump");
  await dump.waitFor();
  const lines = await dump.evaluate((pre) => {
    const { paddingTop, paddingBottom, lineHeight } = getComputedStyle(pre);
    const height = pre.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
    return height / (parseFloat(lineHeight) || 1);
  });
  assert.equal(await dump.evaluate((pre) => getComputedStyle(pre).whiteSpace), "pre");
  assert.ok(lines < 9.5, `${lines}`);
  await closePage(page);
});
