// The page in a browser, beside a client whose requests it shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../sdks/node/server.js";
import {
  assertAccessible,
  assertFits,
  closePage,
  DESKTOP,
  openPage,
  PHONE,
  shoot,
} from "./browser.js";
import { Client, PNG } from "./client.js";
import { browser, row, server, start } from "./setup.js";

test("an upload appears without a reload, and so does its ticket", async () => {
  const [client, page] = await start("live");
  await page.getByText("No files yet").waitFor();
  const upload = await client.upload("first.txt");
  await row(page, "first.txt").getByText("open").waitFor();
  await client.createTicket("Hello", { body: "See the file.", uploads: [upload.token] });
  await row(page, "first.txt").getByText("attached").waitFor();
  await page.getByRole("link", { name: "Tickets" }).click();
  await row(page, "Hello").click();
  await page.frameLocator("iframe.comment-text").getByText("See the file.").waitFor();
  await page.getByRole("link", { name: "first.txt" }).click();
  await page.getByText("attached to ticket 1").waitFor();
  await closePage(page);
});

test("the time that is left counts down, and an expired file says what was missing", async () => {
  const [client, page] = await start("expiry");
  await client.upload("late.txt");
  const left = row(page, "late.txt").locator(".left");
  const first = await left.textContent();
  assert.match(first, /^(1 h 0 m|59 m 5\d s) left$/);
  await client.control("clock/advance", { by: "59m40s" });
  await row(page, /late\.txt.*\b\d{1,2} s left/).waitFor();
  await client.control("clock/advance", { by: "18s" });
  await row(page, "late.txt").getByText("expired", { exact: true }).waitFor();
  await row(page, "late.txt").click();
  await page.getByText("never attached to a ticket").waitFor();
  await page.getByText("The token expired before it was used").waitFor();
  await closePage(page);
});

test("a fault that is added on the page makes the next call fail", async () => {
  const [client, page] = await start("faults", "controls");
  await page.getByLabel("Effect").selectOption("429");
  await page.getByText('"status":429,"retry_after":2,"times":1').waitFor();
  await page.getByRole("button", { name: "Add fault" }).click();
  await page.getByText("triggered 0 of 1 time").waitFor();
  assert.equal((await client.tryUpload("a.txt")).status, 429);
  await page.getByText("used up, triggered 1 of 1 time").waitFor();
  assert.equal((await client.tryUpload("a.txt")).status, 201);
  await page.getByRole("button", { name: "Remove fault 1" }).click();
  await page.getByText("No faults").waitFor();
  await closePage(page);
});

test("clock, settings, snapshots and reset act on the account and ask once", async () => {
  const [client, page] = await start("controls", "controls");
  await client.upload("kept.txt");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("1 file, 0 tickets, 0 images").waitFor();
  await page.getByRole("button", { name: "Freeze" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  assert.equal((await client.control("clock", undefined, "GET")).frozen, true);
  await page.getByLabel("upload_ttl").fill("5m");
  // What comes from elsewhere meanwhile leaves what is typed.
  await client.control("faults", { status: 503 });
  await page.getByText("triggered 0 times").waitFor();
  assert.equal(await page.getByLabel("upload_ttl").inputValue(), "5m");
  await page.getByLabel("upload_ttl").press("Enter");
  await page.getByText('\'{"upload_ttl":"5m"}\'').waitFor();
  const { settings } = await client.control("settings", undefined, "GET");
  assert.equal(settings.upload_ttl, "5m");
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  assert.equal((await client.control("account", undefined, "GET")).holds.uploads, 1);
  await page.getByRole("button", { name: "Yes, reset" }).click();
  await page.getByRole("button", { name: "Freeze" }).waitFor();
  assert.equal((await client.control("account", undefined, "GET")).holds.uploads, 0);
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("button", { name: "Yes, restore" }).click();
  await page.getByRole("link", { name: /^Files 1/ }).click();
  await row(page, "kept.txt").waitFor();
  await closePage(page);
});

test("a detail does not move the list, and Escape leads back to its row", async () => {
  const [client, page] = await start("steady", "requests");
  await client.upload("a.txt");
  const first = row(page, "a.txt").first();
  const top = async () => (await first.boundingBox()).y;
  const before = await top();
  await first.click();
  await page.locator(".detail .pad").waitFor();
  assert.equal(await top(), before);
  await page.keyboard.press("Escape");
  await page.locator(".row.request:focus").waitFor();
  assert.equal(await top(), before);
  await closePage(page);
});

const SCRIPT = "window.top.pwned = true; globalThis.pwned = true; alert(1)";
const HOSTILE_NAME = `<img src=x onerror="${SCRIPT}">"'&amp;\u202egnp.html`;

test("hostile names, files and comments stay inert", async () => {
  const [client, page] = await start("hostile");
  await client.upload(HOSTILE_NAME, `<script>${SCRIPT}</script><h1>hi</h1>`, "text/html");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${SCRIPT}"><script>${SCRIPT}</script><rect width="9" height="9"/></svg>`;
  await client.upload("evil.svg", svg, "image/svg+xml");
  await client.upload("evil.pdf", `<script>${SCRIPT}</script>`, "application/pdf");
  await client.upload("evil.txt", svg, `text/html"><script>${SCRIPT}</script>`);
  const markup =
    `<p onclick="${SCRIPT}">Text</p><script>${SCRIPT}</script><img src=x onerror="${SCRIPT}">` +
    `<svg onload="${SCRIPT}"></svg><a href="javascript:${SCRIPT}">link</a><style>*{display:none}</style>` +
    `<iframe srcdoc="<script>${SCRIPT}</script>"></iframe><math><mtext><table><mglyph><style><img src=x onerror="${SCRIPT}">` +
    `</style></math><form action="https://example.com"><input></form><b title="a>b" x='<'>bold</b> 1 &lt; 2 <`;
  await client.createTicket("<b>Hostile</b>", { html_body: markup });
  await client.send("POST", `/api/v2/uploads?filename=<script>${SCRIPT}</script>`, "x", {
    "user-agent": `<script>${SCRIPT}</script>`,
  });
  const seen = HOSTILE_NAME.replace("\u202e", "U+202E");
  for (const name of [seen, "evil.svg", "evil.pdf", "evil.txt"]) {
    await row(page, name).click();
    await page.locator(".detail h2", { hasText: name }).waitFor();
    await page.locator(".preview img, .preview pre").waitFor();
  }
  await page.goto(`${client.page}tickets/1`);
  const comment = page.locator("iframe.comment-text");
  assert.doesNotMatch(await comment.getAttribute("sandbox"), /allow-scripts|allow-forms/);
  const body = comment.contentFrame().locator("body");
  await body.getByText("bold").waitFor();
  assert.equal(await body.locator("script, style, svg, iframe, form, input, img, [onclick], [href]").count(), 0);
  await page.locator(".detail h2", { hasText: "<b>Hostile</b>" }).waitFor();
  await page.goto(`${client.page}requests`);
  for (const entry of await page.locator(".row").all()) {
    await entry.click();
    await page.locator(".detail .facts").first().waitFor();
  }
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
  assert.equal(await page.locator("main script, main img[src='x']").count(), 0);
  await closePage(page);
});

test("10,000 files scroll, and new ones do not move what is in sight", async () => {
  const [client, page] = await start("many");
  const uploads = Array.from({ length: 10_000 }, (_, number) => ({
    life: "30m",
    files: [{ name: `file-${String(number).padStart(5, "0")}.txt`, text: "x" }],
  }));
  await client.control("seed", { uploads });
  await page.getByRole("button", { name: "All 10,000" }).waitFor();
  const list = page.locator(".rows");
  const steps = await list.evaluate(async (rows) => {
    let most = 0;
    let empty = 0;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let step = 1; step <= 60; step += 1) {
      rows.scrollTop = ((rows.scrollHeight - rows.clientHeight) * step) / 60;
      await frame();
      await frame();
      most = Math.max(most, rows.querySelectorAll("li").length);
      const { left, top, height } = rows.getBoundingClientRect();
      if (!document.elementFromPoint(left + 40, top + height / 2)?.closest(".row")) empty += 1;
    }
    return { most, empty };
  });
  assert.ok(steps.most < 60, `${steps.most} rows are drawn`);
  assert.equal(steps.empty, 0, "steps show a gap");
  const last = await list.locator("li").last().getAttribute("aria-posinset");
  assert.equal(last, "10000");
  await list.evaluate((rows) => {
    rows.scrollTop = 5000 * 60;
  });
  const place = () =>
    list.evaluate((rows) => {
      const { left, top } = rows.getBoundingClientRect();
      const seen = document.elementFromPoint(left + 60, top + 30).closest(".row");
      return [seen.textContent.slice(0, 40).replace(/\d+ m.*/, ""), seen.getBoundingClientRect().top];
    });
  await page.waitForFunction(() => document.querySelector(".rows li[aria-posinset='5001']"));
  const before = await place();
  await client.upload("newest.txt");
  await page.getByRole("button", { name: "All 10,001" }).waitFor();
  assert.deepEqual(await place(), before);
  await page.getByLabel("Search files").fill("newest");
  await row(page, "newest.txt").waitFor();
  await closePage(page);
});

test("the page connects again after the server restarts", async () => {
  let other = await startServer();
  const { port } = new URL(other.url);
  const page = await openPage(browser, `${other.url}/_mock/ui/`);
  await page.getByRole("status").getByText("Live").waitFor();
  await new Client(other.url, "default").upload("before.txt");
  await row(page, "before.txt").waitFor();
  await other.stop();
  await page.getByRole("status").getByText("Reconnecting").waitFor();
  other = await startServer("--port", port);
  await page.getByRole("status").getByText("Live").waitFor();
  await row(page, "before.txt").waitFor({ state: "detached" });
  await new Client(other.url, "default").upload("after.txt");
  await row(page, "after.txt").waitFor();
  await other.stop();
  await closePage(page, { mayFail: /net::ERR_/ });
});

test("a comment shows the images that are files of the account, and loads no others", async () => {
  const [client, page] = await start("inline", "tickets");
  const requested = [];
  page.on("request", (request) => requested.push(request.url()));
  const { token, attachment } = await client.upload("dot.png", PNG, "image/png");
  const elsewhere = attachment.content_url.replace("127.0.0.1", "localhost");
  const html = `<p>A <img src="${elsewhere}" alt="dot"> and
    <img src="https://images.invalid/a.png" alt="another"></p>`;
  await client.createTicket("Inline", { html_body: html, uploads: [token] });
  await row(page, "Inline").click();
  const comment = page.frameLocator("iframe.comment-text");
  await comment.getByRole("img", { name: "dot" }).waitFor();
  await comment.getByText("image another").waitFor();
  assert.deepEqual(requested.filter((url) => /^https?:/.test(url) && !url.startsWith(server.url)), []);
  await closePage(page);
});

test("a change is shown although it was made before the event stream opened", async () => {
  const client = new Client(server.url, "early");
  await client.control("reset");
  const seed = { uploads: [{ life: "30m", files: [{ name: "early.txt", text: "x" }] }] };
  const page = await openPage(browser, `${client.page}files`, {
    beforeStream: () => client.control("seed", seed),
  });
  await row(page, "early.txt").waitFor();
  await closePage(page);
});

test("to look creates no account, and the first request does", async () => {
  const client = new Client(server.url, "unborn");
  const page = await openPage(browser, client.page + "files");
  await page.getByText("There is no account “unborn” yet").waitFor();
  const names = async () =>
    (await client.control("accounts", undefined, "GET")).accounts.map((one) => one.account);
  assert.ok(!(await names()).includes("unborn"));
  await client.upload("first.txt");
  await row(page, "first.txt").waitFor();
  await page.getByLabel("Account").selectOption("default");
  await page.waitForURL(/#\/default\/files$/);
  await closePage(page);
});

test("the keyboard reaches views, search and rows", async () => {
  const [client, page] = await start("keys");
  await client.upload("one.txt");
  await client.upload("two.txt");
  await row(page, "two.txt").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("txt");
  await page.keyboard.press("Escape");
  await row(page, "two.txt").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".detail h2", { hasText: "one.txt" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".detail").waitFor({ state: "detached" });
  await page.keyboard.press("2");
  await page.waitForURL(/requests$/);
  await closePage(page);
});

test("the page asks for the token of the control API", async () => {
  const client = new Client(server.url, "secret");
  await client.control("reset");
  const page = await openPage(browser, "about:blank");
  await page.route("**/_mock/**", (route) => {
    const request = route.request();
    const isOpen = request.url().includes("/_mock/ui/");
    if (isOpen || request.headers().authorization === "Bearer right") return route.continue();
    return route.fulfill({ status: 401, json: { description: "a token is needed" } });
  });
  await page.goto(`${client.page}files`);
  for (const token of ["wrong", "right"]) {
    await page.getByLabel("Control token").fill(token);
    await page.getByRole("button", { name: "Open" }).click();
    if (token === "wrong") await page.getByText("does not accept this token").waitFor();
  }
  await page.getByText("No files yet").waitFor();
  await closePage(page, { mayFail: /401/ });
});

/** Waits until nothing is loading. */
function settle(page) {
  return page.waitForFunction(
    () =>
      !document.querySelector(".loading") && [...document.images].every((image) => image.complete),
  );
}

const VIEWS = ["files", "requests", "tickets", "controls", "connect"];

for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  for (const colorScheme of ["light", "dark"]) {
    test(`all views can be read: ${device}, ${colorScheme}`, async () => {
      const client = new Client(server.url, "shown");
      await client.fill();
      const { files } = await client.control("files", undefined, "GET");
      const { entries } = await client.control("journal", undefined, "GET");
      const file = (wanted) => files.find((one) => one.state === wanted);
      const entry = (status) => entries.find((one) => one.status === status).number;
      const details = [
        `files/${file("attached").token}`,
        `files/${file("reserved").token}`,
        `files/${file("expired").token}`,
        `files/${file("stored").token}`,
        `requests/${entry(403)}`,
        "tickets/1",
        "tickets/2",
        "tickets/4",
      ];
      const page = await openPage(browser, client.page, { viewport, colorScheme });
      for (const view of [...VIEWS, ...details]) {
        await page.goto(client.page + view);
        await page.locator(view.includes("/") ? ".detail .pad" : ".row, .card").first().waitFor();
        await settle(page);
        const name = `${view.split("/")[0]}${view.includes("/") ? `-${details.indexOf(view)}` : ""}`;
        await shoot(page, `${name}-${device}-${colorScheme}`);
        // Colours do not depend on the width.
        if (viewport === DESKTOP || colorScheme === "light") {
          await assertAccessible(page, `${view}, ${device}, ${colorScheme}`);
        }
        await assertFits(page, view);
      }
      const empty = new Client(server.url, "empty");
      await empty.control("reset");
      for (const view of VIEWS.slice(0, 3)) {
        await page.goto(empty.page + view);
        await page.locator(".empty").waitFor();
        await shoot(page, `${view}-empty-${device}-${colorScheme}`);
        await assertAccessible(page, `${view} without content`);
        await assertFits(page, view);
      }
      await closePage(page);
    });
  }
}
