// What the page says of a token that no ticket can have.

import assert from "node:assert/strict";
import { test } from "node:test";

import { closePage } from "./browser.js";
import { Client } from "./client.js";
import { row, server, start } from "./setup.js";

test("each kind of wrong token is recognized, refused or ignored", async () => {
  const [client, page] = await start("wrong", "tickets");
  const other = new Client(server.url, "wrong-other");
  await other.control("reset");
  const foreign = await other.upload("theirs.txt");
  const [one, two] = [await client.upload("one.txt"), await client.upload("two.txt")];
  const image = await client.reserve();
  const slip = one.token.slice(0, 5) + (one.token[5] === "A" ? "B" : "A") + one.token.slice(6);
  const texts = [
    [slip, /differs by one character from the token of one\.txt/],
    [one.token.slice(0, 20), /is only a part of the token of one\.txt/],
    [`${one.token}&x=1`, /is longer than the token of one\.txt/],
    [`${one.token},${two.token}`, /has 2 tokens in one text.*"uploads": \["TOKEN", "TOKEN"\]/],
    [one.attachment.content_url, /is the content_url of the file one\.txt/],
    [String(one.attachment.id), /is the id of the file one\.txt/],
    [foreign.token, /is a token of account wrong-other/],
    [image.token, /is the token of a user image, which has no place in/],
    ["nonsense", /is no token that account wrong knows/],
  ];
  const detail = page.locator(".detail .callout.bad");
  for (const [place, [text, expected]] of texts.entries()) {
    await client.control("settings", { bad_token_on_ticket: "reject" }, "PATCH");
    // One of several: the page says which.
    const uploads = [two.token, text];
    const { status } = await client.createTicket(`Refused ${place}`, { body: "A file.", uploads });
    assert.equal(status, 422, text);
    await page.locator(".refused .line", { hasText: `Refused ${place}` }).click();
    await detail.getByText(expected).waitFor();
    assert.ok((await detail.textContent()).includes(text), text);
    await client.control("settings", { bad_token_on_ticket: "ignore" }, "PATCH");
    await client.createTicket(`Ignored ${place}`, { body: "A file.", uploads: [text] });
    await page.getByRole("link", { name: "Tickets" }).first().click();
    await row(page, `Ignored ${place}`).click();
    await detail.getByText(expected).waitFor();
  }
  await closePage(page);
});

test("a list of something else than texts is named", async () => {
  const [client, page] = await start("listed", "tickets");
  const { token, attachment } = await client.upload("one.txt");
  const advice = page.locator(".detail .callout.bad");
  for (const [place, [uploads, expected]] of [
    [[{ token }], /An item of the list is the token itself, not an object around it/],
    [[attachment.id], /is a number, the id of the file one\.txt/],
    [7, /Send the tokens as a list of texts/],
  ].entries()) {
    const { status } = await client.createTicket(`List ${place}`, { body: "A file.", uploads });
    assert.equal(status, 400);
    await page.locator(".refused .line", { hasText: `List ${place}` }).click();
    await advice.getByText(expected).waitFor();
    await page.getByRole("link", { name: "Tickets" }).first().click();
  }
  await closePage(page);
});

test("a ticket that a request made is advised the property of a request", async () => {
  const [client, page] = await start("requested", "tickets");
  await client.createRequest("By request", { body: "No file." });
  await row(page, "By request").click();
  await page.getByText("names an upload token in request.comment.uploads, where it belongs").waitFor();
  await closePage(page);
});

test("a body without its ticket is not said to have tokens in the wrong place", async () => {
  const [client, page] = await start("unwrapped", "tickets");
  const { token } = await client.upload("one.txt");
  const body = { comment: { body: "Here it is.", uploads: [token] } };
  const authorization = `Basic ${Buffer.from("a@example.com/token:x").toString("base64")}`;
  await client.send("POST", "/api/v2/tickets", body, { authorization });
  await page.locator(".refused .line").click();
  await page.locator(".detail .callout", { hasText: "the body has no `ticket`" }).waitFor();
  assert.doesNotMatch(await page.locator(".detail").textContent(), /is ignored/);
  await closePage(page);
});
