// The stories that the page has to answer: why an image was refused, and why a ticket has no file.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage } from "./browser.js";
import { Client, PNG } from "./client.js";
import { row, server, start } from "./setup.js";

test("the page says why a PUT was refused, and what to change", async () => {
  const [client, page] = await start("refused");
  const reserved = await client.reserve();
  assert.equal((await client.put(reserved, { "Content-Disposition": "inline" })).status, 403);
  await row(page, reserved.token).click();
  const callout = page.locator(".callout.bad");
  await callout.getByText("The PUT to its upload URL was refused").waitFor();
  await callout.getByText("header content-disposition: signed").waitFor();
  await callout.getByText("What to change").waitFor();
  await callout.getByRole("link").first().click();
  await page.getByText("Why it was refused").waitFor();
  await page.getByText("that upload.headers has for it").waitFor();
  await closePage(page);
});

test("the page says why a ticket has no file", async () => {
  const [client, page] = await start("no-file", "tickets");
  const upload = await client.upload("invoice.pdf");
  await client.control("clock/advance", { by: "61m" });
  await client.createTicket("Invoice", { body: "Attached.", uploads: [upload.token] });
  const refused = page.locator(".callout", { hasText: "1 ticket request refused" });
  await refused.getByText("expired at").waitFor();
  await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
  await client.createTicket("Invoice", { body: "Attached.", uploads: [upload.token] });
  await row(page, "Invoice").click();
  await page.getByText("Why it has no files").waitFor();
  await page.getByText("which had expired at").waitFor();
  await client.createTicket("Nothing", { body: "No file at all." });
  await row(page, "Nothing").click();
  await page.getByText("No request of this ticket names an upload token in ticket.comment.uploads").waitFor();
  await closePage(page);
});

test("a ticket without a file says what its request did wrong", async () => {
  const [client, page] = await start("hints", "tickets");
  const upload = await client.upload("once.txt");
  await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
  await client.createTicket("First", { body: "It has it.", uploads: [upload.token] });
  await client.createTicket("Second", { body: "Again.", uploads: [upload.token] });
  await row(page, "Second").click();
  const callout = page.locator(".detail .callout");
  await callout.getByText("a token works once").waitFor();
  await callout.getByRole("link", { name: "ticket #1" }).waitFor();

  const other = new Client(server.url, "hints-other");
  await other.control("reset");
  const foreign = await other.upload("foreign.txt");
  await client.createTicket("Third", { body: "Elsewhere.", uploads: [foreign.token] });
  await row(page, "Third").click();
  await callout.getByText("hints-other").waitFor();

  await client.createTicket("Fourth", { body: "Misplaced.", attachments: [upload.token] });
  await row(page, "Fourth").click();
  await callout.getByText("ticket.comment.attachments is ignored").waitFor();
  await page.getByRole("link", { name: "Requests" }).click();
  await page.getByRole("button", { name: /^Hints/ }).click();
  await row(page, "ticket.comment.attachments is ignored").waitFor();
  await closePage(page);
});

test("the refusal of the PUT is shown before that of the publication", async () => {
  const [client, page] = await start("first-refusal");
  const reserved = await client.reserve();
  await client.put(reserved, { "Content-Disposition": "inline" });
  assert.ok((await client.publish(reserved)).status >= 400);
  await row(page, reserved.token).click();
  const callout = page.locator(".detail .callout.bad");
  await callout.getByText("header content-disposition: signed").waitFor();
  await closePage(page);
});

test("the list marks an image whose PUT was refused, until a PUT succeeds", async () => {
  const [client, page] = await start("marked");
  const [refused, other] = [await client.reserve(), await client.reserve()];
  await client.put(refused, { "Content-Disposition": "inline" });
  const mark = row(page, refused.token).getByText("refused", { exact: true });
  await mark.waitFor();
  await row(page, refused.token).getByText("PUT refused: header content-disposition").waitFor();
  assert.equal(await row(page, other.token).getByText("refused", { exact: true }).count(), 0);
  await page.getByRole("button", { name: "Refused 1" }).click();
  await row(page, other.token).waitFor({ state: "detached" });
  await client.put(refused);
  await page.getByText("No file matches").waitFor();
  await page.getByRole("button", { name: /^All/ }).click();
  await row(page, refused.token).getByText("stored").waitFor();
  assert.equal(await mark.count(), 0);
  await closePage(page);
});

test("each token that brought no file is named, with the reason", async () => {
  const [client, page] = await start("lacking", "tickets");
  const other = new Client(server.url, "lacking-other");
  await other.control("reset");
  await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
  const late = await client.upload("late.txt");
  await client.control("clock/advance", { by: "61m" });
  const [good, used, gone] = [
    await client.upload("good.txt"),
    await client.upload("used.txt"),
    await client.upload("gone.txt"),
  ];
  const foreign = await other.upload("foreign.txt");
  await client.createTicket("First", { body: "It has it.", uploads: [used.token] });
  await client.deleteUpload(gone);
  const uploads = [good, late, used, gone, foreign].map(({ token }) => token);
  uploads.push("nonsense", String(good.attachment.id));
  await client.createTicket("Second", { body: "One of seven.", uploads });
  await row(page, "Second").click();
  const callout = page.locator(".detail .callout.bad");
  await callout.getByText("Why 6 files are missing").waitFor();
  const reasons = await callout.locator("p").allTextContents();
  const expected = [
    /names late\.txt, which had expired at .*, before the ticket was sent/,
    /names used\.txt, which ticket #1 attached at .*; a token works once/,
    /names gone\.txt, which was deleted at/,
    /a token of account lacking-other/,
    /names nonsense, which is no token that account lacking knows/,
    /which is the id of the file good\.txt/,
  ];
  expected.forEach((pattern, place) => assert.match(reasons[place], pattern));
  await closePage(page);
});

test("an account without files shows which uploads were refused", async () => {
  const [client, page] = await start("no-files");
  await client.send("POST", "/api/v2/uploads?filename=a.txt", "x");
  const callout = page.locator(".callout", { hasText: "What was refused" });
  await callout.getByText("no credentials").waitFor();
  await callout.getByRole("link").click();
  await page.getByText("What to change").waitFor();
  await closePage(page);
});

test("a ticket shows the changes of it that were refused", async () => {
  const [client, page] = await start("changes", "tickets");
  const late = await client.upload("late.txt");
  await client.control("clock/advance", { by: "61m" });
  const { json } = await client.createTicket("Later", { body: "The file follows." });
  await row(page, "Later").click();
  await page.getByText("No request of this ticket names an upload token in ticket.comment.uploads").waitFor();
  const comment = { body: "Here it is.", uploads: [late.token] };
  assert.equal((await client.changeTicket(json.ticket.id, { comment })).status, 422);
  const callout = page.locator(".callout", { hasText: "A change of this ticket was refused" });
  await callout.getByText("expired at").waitFor();
  await callout.getByText("What to change").waitFor();
  await page.getByText("A change that names one was refused, as shown above").waitFor();
  await closePage(page);
});

test("an image warns of a PUT that brought something else than was promised", async () => {
  const [client, page] = await start("promised");
  const other = await client.reserve("image/gif", 5000);
  await client.put(other, { "Content-Type": "image/jpeg" });
  await row(page, other.token).click();
  const callout = page.locator(".callout.warn");
  const has = (text) => callout.getByText(text).waitFor();
  await has("the Content-Type image/jpeg, and image/gif was promised");
  await has("The bytes are those of image/png, and image/gif was promised");
  await has("The PUT brought 70 bytes, and 5,000 bytes were promised by file_size");

  const framed = await client.reserve();
  const head = '--X1\r\nContent-Disposition: form-data; name="file"\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), PNG, Buffer.from("\r\n--X1--\r\n")]);
  await client.put(framed, {}, body);
  await row(page, framed.token).click();
  await has("The PUT sent a form, not the bytes of the image");
  await page.locator(".preview pre", { hasText: "2d 2d 58 31" }).waitFor();
  await callout.getByRole("link", { name: "Look at the PUT" }).click();
  await page.locator(".detail h2", { hasText: framed.token }).waitFor();
  await has("The PUT sent a form, not the bytes of the image");
  await page.goBack();

  const good = await client.reserve();
  await client.put(good);
  await row(page, good.token).click();
  await page.locator(".preview img").waitFor();
  assert.equal(await callout.count(), 0);
  await closePage(page);
});
