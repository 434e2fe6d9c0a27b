import assert from "node:assert/strict";
import { test } from "node:test";

const url = "https://acme.zendesk.com";
const credentials = Buffer.from("agent@example.com/token:secret").toString("base64");
const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const zendesk = (method, path, body) => {
  const json = body !== undefined && !Buffer.isBuffer(body);
  const type = json ? "application/json" : "application/octet-stream";
  return fetch(new URL(path, url), {
    method,
    body: json ? JSON.stringify(body) : body,
    headers: { Authorization: `Basic ${credentials}`, "Content-Type": type },
  });
};

const upload = async (name, content) => {
  const query = new URLSearchParams({ filename: name });
  const response = await zendesk("POST", `/api/v2/uploads?${query}`, content);
  assert.equal(response.status, 201);
  return (await response.json()).upload;
};

const bytes = async (response) => Buffer.from(await response.arrayBuffer());

test("a file is attached to a ticket and read back", async () => {
  const content = Buffer.alloc(1 << 20, "\x00\xffzendesk\r\n", "latin1");
  const { token } = await upload("débug.log", content);
  const comment = { body: "My printer is on fire.", uploads: [token] };
  const help = { subject: "Help", comment };
  const created = await zendesk("POST", "/api/v2/tickets", { ticket: help });
  assert.equal(created.status, 201);
  const { ticket } = await created.json();

  const listed = await zendesk("GET", `/api/v2/tickets/${ticket.id}/comments`);
  const { comments } = await listed.json();
  const [attachment] = comments[0].attachments;
  assert.equal(attachment.file_name, "débug.log");
  assert.deepEqual(await bytes(await zendesk("GET", attachment.content_url)), content);
});

test("an upload is deleted", async () => {
  const { token, attachment } = await upload("unused.txt", Buffer.from("hello"));
  assert.equal((await zendesk("DELETE", `/api/v2/uploads/${token}`)).status, 204);
  assert.equal((await zendesk("GET", `/api/v2/attachments/${attachment.id}`)).status, 404);
});

test("an empty file is refused", async () => {
  const response = await zendesk("POST", "/api/v2/uploads?filename=empty.txt", Buffer.alloc(0));
  assert.equal(response.status, 422);
  assert.equal((await response.json()).error, "RecordInvalid");
});

test("a file of more than 50 MiB is refused", async () => {
  const content = Buffer.alloc((50 << 20) + 1);
  const response = await zendesk("POST", "/api/v2/uploads?filename=large.bin", content);
  assert.equal(response.status, 413);
  assert.equal((await response.json()).error, "AttachmentTooLarge");
});

test("an image is published in the help center", async () => {
  const images = "/api/v2/guide/user_images";
  const wanted = { content_type: "image/gif", file_size: gif.length };
  const created = await zendesk("POST", `${images}/uploads`, wanted);
  const { token, url: bucket, headers } = (await created.json()).upload;
  const stored = await fetch(bucket, { method: "PUT", headers, body: gif });
  assert.equal(stored.status, 200);
  const published = await zendesk("POST", images, { token, brand_id: "10016" });
  const { path } = (await published.json()).user_image;
  assert.deepEqual(await bytes(await fetch(url + path)), gif);
});
