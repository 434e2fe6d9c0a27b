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

/** The results of a job, which is completed when it is first read. */
async function finish(client, { result }) {
  const shown = await client.jobstatuses.show(result.job_status.id);
  assert.equal(shown.result.job_status.status, "completed");
  return shown.result.job_status.results;
}

test("create a user", async () => {
  const client = newAccount();
  const user = { name: "Jane", email: "jane@example.com" };
  const { result } = await client.users.create({ user });
  assert.equal(result.role, "end-user");
  const shown = await client.users.show(result.id);
  assert.deepEqual(shown.result, result);
});

test("create many tickets", async () => {
  const client = newAccount();
  const tickets = [];
  for (const name of ["1.txt", "2.txt"]) {
    const uploads = [await tokenOf(client, name)];
    tickets.push({ subject: "Help", comment: { body: name, uploads } });
  }
  const results = await finish(
    client,
    await client.tickets.createMany({ tickets }),
  );
  for (const [index, { id }] of results.entries()) {
    const [comment] = await client.tickets.getComments(id);
    assert.deepEqual(fileNames(comment), [`${index + 1}.txt`]);
  }
  assert.equal(results.length, 2);
});

test("update many tickets", async () => {
  const client = newAccount();
  const ids = [];
  for (let n = 0; n < 2; n++) ids.push((await newTicket(client)).id);
  const comment = { body: "See the file.", public: false };
  const results = await finish(
    client,
    await client.tickets.updateMany(ids, { ticket: { comment } }),
  );
  assert.deepEqual(
    results.map(({ id }) => id),
    ids,
  );
  for (const id of ids) {
    const [, added] = await client.tickets.getComments(id);
    assert.equal(added.body, "See the file.");
  }
});

test("import a ticket", async () => {
  const client = newAccount();
  const created_at = "2020-01-02T03:04:05Z";
  const uploads = [await tokenOf(client, "old.txt")];
  const ticket = {
    subject: "Old",
    created_at,
    comments: [{ value: "First.", created_at, uploads }],
  };
  const { result } = await client.ticketimport.import({ ticket });
  const imported = result.ticket;
  assert.equal(imported.created_at, created_at);
  const [comment] = await client.tickets.getComments(imported.id);
  assert.equal(comment.created_at, created_at);
  assert.deepEqual(fileNames(comment), ["old.txt"]);
  const old = { subject: "Old", comments: [{ value: "First." }] };
  const many = await client.ticketimport.bulkImport([ticket, old]);
  const [again, other] = await finish(client, many);
  assert.equal(again.error, "TicketCreateFailed", "the token is attached");
  assert.ok(other.id > imported.id);
});

// The client looks for the count in the response instead of its body.
test("an export ends after its first page", async (t) => {
  const eager = await startServer("--export-delay", "0s");
  t.after(eager.stop);
  const client = clientOf(eager, "agent@example.com");
  const ids = [];
  for (let n = 0; n < 3; n++) {
    ids.push((await newTicket(client)).id);
    // A page by time does not end within a second.
    const body = JSON.stringify({ by: "1s" });
    await fetch(`${eager.url}/_mock/clock/advance`, { method: "POST", body });
  }
  const exported = async (query) => {
    const reader = clientOf(eager, "agent@example.com", { query });
    const tickets = await reader.tickets.incremental(1);
    return tickets.map(({ id }) => id);
  };
  assert.deepEqual(await exported({}), ids);
  assert.deepEqual(await exported({ per_page: 2 }), ids.slice(0, 2));
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
