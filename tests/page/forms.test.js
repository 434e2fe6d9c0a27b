// What the page advises about a PUT that brought a form, or another type than was announced.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage } from "./browser.js";
import { PNG } from "./client.js";
import { row, start } from "./setup.js";

const FORM = '--X1\r\nContent-Disposition: form-data; name="file"\r\n\r\n…\r\n--X1--';
const OF_FORM = { "Content-Type": "multipart/form-data; boundary=X1" };
const OF_CURL = { "Content-Type": "application/x-www-form-urlencoded" };
/** The start of a JPEG. */
const JPEG = Buffer.concat([Buffer.from("ffd8ffe000104a46494600", "hex"), Buffer.alloc(40)]);

const numberOf = async (client, path) => {
  const { entries } = await client.control("journal", undefined, "GET");
  return entries.findLast((entry) => entry.path.includes(path)).number;
};

test("a form in the place of an image is the only advice, wherever the refusal is shown", async () => {
  const [client, page] = await start("framed");
  const reserved = await client.reserve();
  assert.equal((await client.put(reserved, OF_FORM, FORM)).status, 200);
  assert.equal((await client.publish(reserved)).status, 400);
  await row(page, reserved.token).getByText("refused", { exact: true }).waitFor();
  const publication = await numberOf(client, "/user_images");
  for (const view of [`files/${reserved.token}`, `requests/${publication}`]) {
    await page.goto(client.page + view);
    await page.locator(".detail .callout.warn", { hasText: "The PUT sent a form" }).waitFor();
    const boxes = await page.locator(".detail .callout").allTextContents();
    assert.match(boxes[0], /The PUT sent a form/, view);
    assert.match(boxes[1], /stored as multipart\/form-data/, view);
    assert.doesNotMatch(boxes.join(), /What to change|Announce|bytes were promised/, view);
  }
  await client.control("settings", { max_image_size: 100 }, "PATCH");
  const large = await client.reserve();
  assert.equal((await client.put(large, OF_FORM, FORM + "x".repeat(100))).status, 400);
  await page.goto(`${client.page}files/${large.token}`);
  await page.locator(".detail .callout", { hasText: "The PUT sent a form" }).waitFor();
  await page.locator(".detail .callout.bad", { hasText: "the bucket takes 100" }).waitFor();
  assert.doesNotMatch(await page.locator(".detail").textContent(), /What to change|max_image_size under/);
  await closePage(page);
});

test("a type that cannot be announced is not advised", async () => {
  const [client, page] = await start("typed");
  const reserved = await client.reserve();
  await client.put(reserved, OF_CURL);
  await row(page, reserved.token).click();
  const detail = page.locator(".detail");
  await detail.locator(".callout.warn", { hasText: "curl sends application/x-www-form-urlencoded by itself" }).waitFor();
  assert.doesNotMatch(await detail.textContent(), /promise the one that is sent/);
  assert.equal((await client.publish(reserved)).status, 400);
  const refusal = detail.locator(".callout.bad", { hasText: "Its publication was refused" });
  await refusal.getByText("-H 'Content-Type: image/png'").waitFor();
  assert.doesNotMatch(await detail.textContent(), /Announce the type|not what was promised/);
  await closePage(page);
});

test("the advice about a type is said once, and follows what the bytes are", async () => {
  const [client, page] = await start("bytes");
  const detail = page.locator(".detail");
  const refuse = async (check, headers, body, expected) => {
    await client.control("settings", { image_type_check: check }, "PATCH");
    const reserved = await client.reserve("image/gif", body.length);
    await client.put(reserved, headers, body);
    assert.equal((await client.publish(reserved)).status, 400);
    await page.goto(`${client.page}files/${reserved.token}`);
    await detail.locator(".callout.bad").getByText(expected).waitFor();
    assert.equal(await detail.locator(".callout.warn").count(), 0);
  };
  const png = { "Content-Type": "image/png" };
  await refuse("sniff", png, Buffer.from("hello"), /of no known type.*Convert the file to image\/gif\./);
  await refuse("sniff", png, JPEG, /The bytes are image\/jpeg.*or announce image\/jpeg/);
  await refuse("declared", png, PNG, /The bytes are image\/png\. Announce image\/png as content_type/);
  // Without a refusal the PUT is warned of. Where bytes count, its type says nothing.
  await client.control("settings", { image_type_check: "sniff" }, "PATCH");
  const right = await client.reserve();
  await client.put(right, { "Content-Type": "image/gif" });
  await page.goto(`${client.page}files/${right.token}`);
  await page.locator(".detail h2", { hasText: right.token }).waitFor();
  await detail.locator(".preview img").waitFor();
  // The page may read the setting after the file.
  await detail.locator(".callout").first().waitFor({ state: "detached" });
  await closePage(page);
});
