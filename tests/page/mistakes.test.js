// Mistakes of clients that look alike: the page names the one that was made.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage } from "./browser.js";
import { Client, PNG } from "./client.js";
import { row, server, start } from "./setup.js";

const AUTHORIZATION = `Basic ${Buffer.from("a@example.com/token:x").toString("base64")}`;
const send = (client, method, path, body) => client.send(method, path, body, { authorization: AUTHORIZATION });
const tickets = (page) => page.getByRole("link", { name: "Tickets" }).first().click();

test("a comment beside its ticket is put inside, refused or not", async () => {
  const [client, page] = await start("beside", "tickets");
  const { token } = await client.upload("one.txt");
  const comment = { body: "see", uploads: [token] };
  const right = /Put comment inside ticket: \{"ticket": \{"comment": \{"body": …, "uploads": \[…\]\}\}\}/;
  const { status } = await send(client, "POST", "/api/v2/tickets", { ticket: { subject: "Bare" }, comment });
  assert.equal(status, 422);
  await page.locator(".refused .line", { hasText: "Bare" }).click();
  const detail = page.locator(".detail");
  await detail.locator(".callout.bad", { hasText: "What to change" }).getByText(right).waitFor();
  await detail.locator(".callout", { hasText: "`comment` stands beside `ticket`" }).waitFor();
  const ticket = { subject: "Described", description: "d" };
  assert.equal((await send(client, "POST", "/api/v2/tickets", { ticket, comment })).status, 201);
  assert.equal((await send(client, "PUT", "/api/v2/tickets/1", { ticket: {}, comment })).status, 200);
  await tickets(page);
  await row(page, "Described").click();
  await detail.getByText("Why it has no files").waitFor();
  assert.equal(await detail.locator(".callout").getByText("`comment` stands beside `ticket`").count(), 2);
  assert.doesNotMatch(await detail.textContent(), /comment\.uploads is ignored/);
  await closePage(page);
});

test("the URL of a PUT is shown as it was sent", async () => {
  const [client, page] = await start("bytes", "requests");
  const reserved = await client.reserve();
  const url = reserved.url.replaceAll("%", "%25");
  assert.ok((await client.put({ ...reserved, url })).status >= 400);
  // The journal leaves the signature out.
  const query = url.slice(url.indexOf("?")).replace(/(?<=X-Amz-Signature=)[^&]+/, "…");
  await page.locator(".row.request .path", { hasText: query }).waitFor();
  await row(page, query).click();
  await page.locator(".detail summary", { hasText: /parameters/ }).click();
  const shown = await page.locator(".detail details .stack code").allTextContents();
  assert.equal(`?${shown.join("&")}`, query);
  await page.getByText("The URL was encoded twice").waitFor();
  await closePage(page);
});

test("a POST or PATCH to a ticket is among its requests, with the right method", async () => {
  const [client, page] = await start("method", "tickets");
  await client.createTicket("Printer", { body: "No file." });
  const { token } = await client.upload("one.txt");
  const body = { ticket: { comment: { body: "A file.", uploads: [token] } } };
  for (const [place, [method, path]] of [["POST", "/1"], ["PATCH", "/1.json"], ["POST", "/1/comments"]].entries()) {
    assert.equal((await send(client, method, `/api/v2/tickets${path}`, body)).status, 404);
    await tickets(page);
    await page.getByText(`${place + 1} ticket request${place ? "s" : ""} refused`).waitFor();
    await row(page, "Printer").click();
    const box = page.locator(".detail .callout.bad", { hasText: "A change of this ticket was refused" });
    await box.getByText("Use PUT to change a ticket: PUT /api/v2/tickets/1").waitFor();
    await page.locator(".detail .lines .method", { hasText: method }).first().waitFor();
    const text = await page.locator(".detail").textContent();
    assert.doesNotMatch(text, /No request of this ticket names|A PUT of bytes/);
    assert.match(text, /A change that names one was refused/);
  }
  await page.locator(".detail .lines .line", { hasText: "PATCH" }).click();
  await page.locator(".detail .callout.bad").getByText("Use PUT to change a ticket").waitFor();
  await closePage(page);
});

test("a publication names the token that was meant", async () => {
  const [client, page] = await start("published", "requests");
  const other = new Client(server.url, "published-other");
  await other.control("reset");
  const foreign = await other.reserve();
  const upload = await client.upload("report.txt");
  const reserved = await client.reserve();
  await client.put(reserved);
  const last = reserved.token.slice(-1);
  const texts = [
    [upload.token, /is the token of the upload report\.txt\. A publication takes upload\.token/],
    [foreign.token, /is a token of account published-other/],
    [reserved.token.slice(0, -1) + (last === "A" ? "B" : "A"), /differs by one character from the token of/],
    [`${reserved.token} `, /has a space after it, unlike the token of/],
    ["nonsense", /is no token that account published knows/],
  ];
  // By the status alone: the path of a PUT can have the same digits.
  const refused = page.locator(".row.request:has(.status.bad)");
  for (const [place, [token, expected]] of texts.entries()) {
    const { status } = await client.publish({ token });
    assert.ok(status >= 400, token);
    // Not the row that was the first one before.
    await refused.nth(place).waitFor();
    await refused.first().click();
    await page.locator(".detail .callout.bad").getByText(expected).waitFor();
    await page.getByRole("link", { name: "Requests" }).first().click();
  }
  assert.equal(await row(page, "never issued").filter({ hasText: upload.token }).count(), 0);
  await closePage(page);
});

test("a publication before the PUT marks its image", async () => {
  const [client, page] = await start("early");
  const reserved = await client.reserve();
  assert.ok((await client.publish(reserved)).status >= 400);
  await row(page, reserved.token).getByText("refused", { exact: true }).waitFor();
  await row(page, reserved.token).click();
  await page.locator(".detail .callout.bad").getByText("Its publication was refused").waitFor();
  await page.getByText("Send the bytes by PUT to upload.url before you publish").waitFor();
  await client.put(reserved);
  await row(page, reserved.token).getByText("refused", { exact: true }).waitFor({ state: "detached" });
  await closePage(page);
});

test("a token with a space, and one in other letters, are recognized", async () => {
  const [client, page] = await start("slips", "tickets");
  const { token } = await client.upload("one.txt");
  const swapped = [...token].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join("");
  for (const [place, [text, expected]] of [
    [` ${token}`, "has a space before it, unlike the token of one.txt"],
    [`${token}\n`, "has a space after it, unlike the token of one.txt"],
    [swapped, "has other capital letters than the token of one.txt"],
  ].entries()) {
    await client.control("settings", { bad_token_on_ticket: "reject" }, "PATCH");
    await client.createTicket(`Refused ${place}`, { body: "A file.", uploads: [text] });
    await page.locator(".refused .line", { hasText: `Refused ${place}` }).click();
    await page.locator(".detail .callout.bad").getByText(expected).waitFor();
    await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
    await client.createTicket(`Ignored ${place}`, { body: "A file.", uploads: [text] });
    await tickets(page);
    await row(page, `Ignored ${place}`).click();
    await page.locator(".detail .callout.bad").getByText(expected).waitFor();
  }
  await closePage(page);
});

test("after an upload token has expired, the file is uploaded again", async () => {
  const [client, page] = await start("late", "tickets");
  const { token } = await client.upload("one.txt");
  await client.control("clock/advance", { by: "61m" });
  const advice = page.locator(".detail .callout.bad");
  await client.createTicket("Refused", { body: "A file.", uploads: [token] });
  await page.locator(".refused .line").click();
  await advice.getByText(/^Upload the file again and send the new token/).waitFor();
  assert.doesNotMatch(await page.locator(".detail").textContent(), /image_ttl/);
  await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
  await client.createTicket("Ignored", { body: "A file.", uploads: [token] });
  await tickets(page);
  await row(page, "Ignored").click();
  await advice.getByText(/^Upload the file again and send the new token/).waitFor();
  await closePage(page);
});

test("files without a text are advised a text, or the setting", async () => {
  const [client, page] = await start("silent", "tickets");
  const { token } = await client.upload("one.txt");
  await client.createTicket("Silent", { uploads: [token] });
  await page.locator(".refused .line", { hasText: "Silent" }).click();
  const advice = page.locator(".detail .callout.bad");
  await advice.getByText(/Add a text as ticket\.comment\.body/).waitFor();
  await advice.getByRole("link", { name: "Controls" }).click();
  await page.locator("#setting-attachment_only_comment:focus").waitFor();
  await closePage(page);
});

test("a text of the announced size is no image, and another size is announced", async () => {
  const [client, page] = await start("untrue");
  const html = "<html><body>Log in first</body></html>";
  const framed = await client.reserve("image/gif", html.length);
  assert.equal((await client.put(framed, {}, html)).status, 200);
  await row(page, framed.token).click();
  const warning = page.locator(".detail .callout.warn");
  await warning.getByText("The bytes are a text, and image/gif was promised").waitFor();
  const short = await client.reserve("image/png", PNG.length + 5);
  assert.equal((await client.put(short)).status, 200);
  await row(page, short.token).click();
  await warning.getByText(`Announce the bytes that you send, "file_size": ${PNG.length}`).waitFor();
  await closePage(page);
});

test("a quoted text that has quotes is told from them", async () => {
  const [client, page] = await start("quotes");
  const reserved = await client.reserve();
  const { "Content-Disposition": _, ...headers } = reserved.headers;
  assert.equal((await client.put({ ...reserved, headers })).status, 403);
  await row(page, reserved.token).click();
  await page.locator(".detail .callout.bad").getByText(/signed “attachment; filename="[^"]+"”, received nothing/).waitFor();
  await closePage(page);
});
