import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import nodeZendesk from "node-zendesk";

import { bytesAt, file, startServer } from "./server.js";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

let accounts = 0;

/** A client of a separate account on the shared server. */
function newAccount() {
  return clientOf(server, `agent@node${++accounts}.mock`);
}

function clientOf({ url }, username, options) {
  return nodeZendesk.createClient({
    endpointUri: `${url}/api/v2`,
    username,
    token: "secret",
    ...options,
  });
}

async function attachmentOf(path, filename) {
  const { upload } = await newAccount().attachments.upload(path, { filename });
  return upload.attachment;
}

async function tokenOf(client, filename) {
  const { upload } = await client.attachments.upload(file(filename), {
    filename,
  });
  return upload.token;
}

async function newTicket(client, comment = { body: "It is broken." }) {
  const { result } = await client.tickets.create({
    ticket: { subject: "Help", comment },
  });
  return result;
}

const addComment = (client, ticket, comment) =>
  client.tickets.update(ticket.id, { ticket: { comment } });

const fileNames = (comment) =>
  comment.attachments.map((attachment) => attachment.file_name);

test("upload from a path", async () => {
  const path = file("hello");
  const attachment = await attachmentOf(path, "hello.txt");
  assert.equal(attachment.file_name, "hello.txt");
  assert.equal(attachment.size, 5);
  assert.deepEqual(await bytesAt(attachment.content_url), readFileSync(path));
});

test("upload from a stream", async () => {
  const path = file(3000);
  const attachment = await attachmentOf(createReadStream(path), "data.bin");
  assert.equal(attachment.file_name, "data.bin");
  assert.deepEqual(await bytesAt(attachment.content_url), readFileSync(path));
});

// The documentation of the client asks for a Buffer, but its code opens a path.
test("a Buffer is taken for the path of a file", async () => {
  const path = file("hello");
  const attachment = await attachmentOf(Buffer.from(path), "hello.txt");
  assert.equal(String(await bytesAt(attachment.content_url)), "hello");
});

// The fetch of the client converts FormData of node to a string.
test("a FormData is sent as the text of an object", async () => {
  const form = new FormData();
  form.set("file", new Blob(["hello"]), "hello.txt");
  const attachment = await attachmentOf(form, "hello.txt");
  assert.equal(
    String(await bytesAt(attachment.content_url)),
    "[object FormData]",
  );
});

test("upload with a unicode name", async () => {
  const name = "ünï côdé 日本.txt";
  assert.equal((await attachmentOf(file("hello"), name)).file_name, name);
});

test("upload with an awkward name", async () => {
  const name = 'a+b&c#d 50%é"q.txt';
  assert.equal((await attachmentOf(file("hello"), name)).file_name, name);
});

test("upload an empty file", async () => {
  await assert.rejects(attachmentOf(file(""), "empty.txt"), {
    message: "Zendesk Error (422): Unprocessable Entity",
    statusCode: 422,
  });
});

test("upload 20 MB", async () => {
  const path = file(20_000_000);
  const attachment = await attachmentOf(path, "large.bin");
  assert.equal(attachment.size, 20_000_000);
  const stored = await bytesAt(attachment.content_url);
  assert.ok(stored.equals(readFileSync(path)));
});

test("append to an upload", async () => {
  const client = newAccount();
  const token = await tokenOf(client, "first.txt");
  const { upload } = await client.attachments.upload(file("second"), {
    filename: "second.txt",
    token,
  });
  assert.equal(upload.token, token);
  assert.equal(upload.attachment.file_name, "second.txt");
  assert.deepEqual(fileNames(upload), ["first.txt", "second.txt"]);
});

test("show an attachment", async () => {
  const client = newAccount();
  const { upload } = await client.attachments.upload(file("hello"), {
    filename: "hello.txt",
  });
  const { result } = await client.attachments.show(upload.attachment.id);
  assert.deepEqual(result.attachment, upload.attachment);
});

test("delete an upload", async () => {
  const client = newAccount();
  const { upload } = await client.attachments.upload(file("hello"), {
    filename: "hello.txt",
  });
  const { result } = await client.attachments.deleteUpload(upload.token);
  // The client returns every 204 as an error, without throwing it.
  assert.equal(result.message, "No Content");
  assert.equal(result.statusCode, 204);
  await assert.rejects(client.attachments.show(upload.attachment.id), /404/);
});

test("create a ticket with uploads", async () => {
  const client = newAccount();
  const ticket = await newTicket(client, {
    body: "Two files.",
    uploads: [
      await tokenOf(client, "first.txt"),
      await tokenOf(client, "second.txt"),
    ],
  });
  const [comment] = await client.tickets.getComments(ticket.id);
  assert.equal(comment.body, "Two files.");
  assert.deepEqual(fileNames(comment), ["first.txt", "second.txt"]);
});

test("comment with uploads", async () => {
  const client = newAccount();
  const ticket = await newTicket(client);
  await addComment(client, ticket, {
    body: "See the file.",
    public: false,
    uploads: [await tokenOf(client, "log.txt")],
  });
  const comments = await client.tickets.getComments(ticket.id);
  assert.deepEqual(comments.map(fileNames), [[], ["log.txt"]]);
  assert.equal(comments[1].public, false);
});

for (const [name, query] of [
  ["list comments page by page", { per_page: 2 }],
  ["list comments by cursor", { page: { size: 2 } }],
]) {
  test(name, async () => {
    const client = newAccount();
    const bodies = ["one", "two", "three", "four", "five"];
    const ticket = await newTicket(client, { body: bodies[0] });
    for (const body of bodies.slice(1)) {
      await addComment(client, ticket, { body });
    }
    const reader = clientOf(server, client.config.username, { query });
    let pages = 0;
    reader.tickets.on("debug::result", () => pages++);
    const comments = await reader.tickets.getComments(ticket.id);
    assert.deepEqual(
      comments.map((comment) => comment.body),
      bodies,
    );
    assert.ok(pages >= 3, `${pages} pages`);
  });
}

test("redacting an attachment goes to an endpoint that Zendesk does not have", async () => {
  const client = newAccount();
  const ticket = await newTicket(client, {
    body: "One file.",
    uploads: [await tokenOf(client, "secret.txt")],
  });
  const [comment] = await client.tickets.getComments(ticket.id);
  await assert.rejects(
    client.attachments.redactAttachmentComment(
      ticket.id,
      comment.id,
      comment.attachments[0].id,
    ),
    {
      message: "Request processing failed: Zendesk Error (404): Item not found",
    },
  );
  const [unchanged] = await client.tickets.getComments(ticket.id);
  assert.deepEqual(fileNames(unchanged), ["secret.txt"]);
});

test("error 401", async (t) => {
  const strict = await startServer(
    "--auth",
    "strict",
    "--credentials",
    "agent@example.com/token:secret",
  );
  t.after(strict.stop);
  const call = (token) =>
    clientOf(strict, "agent@example.com", { token }).attachments.upload(
      file("hello"),
      { filename: "hello.txt" },
    );
  assert.ok((await call("secret")).upload);
  await assert.rejects(call("wrong"), {
    message: "Zendesk Error (401): Not Authorized",
    statusCode: 401,
    result: { error: "Couldn't authenticate you" },
  });
});

test("error 404", async () => {
  await assert.rejects(newAccount().attachments.show(1), {
    message: "Request processing failed: Zendesk Error (404): Item not found",
  });
});

test("error 413", async (t) => {
  const small = await startServer("--max-upload-size", "1KB");
  t.after(small.stop);
  const client = clientOf(small, "agent@example.com");
  // The client does not throw a 413, but returns the error.
  const result = await client.attachments.upload(file(100_000), {
    filename: "large.bin",
  });
  assert.equal(result.error, "AttachmentTooLarge");
  assert.equal(result.upload, undefined);
});

test("error 422", async () => {
  const client = newAccount();
  await assert.rejects(newTicket(client, { body: "" }), {
    message:
      "Request processing failed: Zendesk Error (422): Unprocessable Entity",
  });
});

test("error 429", async (t) => {
  const limited = await startServer(
    "--rate-limit",
    "1",
    // The frozen clock keeps both requests in one minute.
    "--frozen-at",
    "2026-01-01T00:00:00Z",
  );
  t.after(limited.stop);
  const client = clientOf(limited, "agent@example.com");
  const call = () =>
    client.attachments.upload(file("hello"), { filename: "hello.txt" });
  assert.ok((await call()).upload);
  // The client returns an answer with Retry-After as an error, without throwing it.
  const error = await call();
  assert.ok(error instanceof Error);
  assert.equal(error.message, "Zendesk rate limits 200 requests per minute");
  assert.equal(error.statusCode, 429);
});
