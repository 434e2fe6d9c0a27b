"""Drives the server with python-zendesk-sdk. It connects to https://{subdomain}.zendesk.com only,
so the server is its proxy, and its requests and their TLS end in the server."""

import asyncio
from urllib.request import urlopen

import httpx
import pytest
from zendesk_sdk import (
    ZendeskAuthException,
    ZendeskClient,
    ZendeskConfig,
    ZendeskHTTPException,
    ZendeskRateLimitException,
)

from server import serve


@pytest.fixture
def run(monkeypatch, tmp_path, request, server):
    """Runs a scenario with a client, in the account with the name of the test."""

    def run(scenario, url=server, token="secret", email="agent@example.com"):
        certificate = tmp_path / "ca.pem"
        with urlopen(f"{url}/_mock/ca.pem") as answer:
            certificate.write_bytes(answer.read())
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        subdomain = request.node.name.replace("_", "-")
        config = ZendeskConfig(
            subdomain=subdomain, email=email, token=token, max_retries=0
        )

        async def main():
            async with ZendeskClient(config) as client:
                return await scenario(client)

        return asyncio.run(main())

    return run


async def comments_of(client, ticket, **options):
    return [comment async for comment in client.tickets.comments.list(ticket.id, **options)]


def names(comment):
    return [attachment.file_name for attachment in comment.attachments]


@pytest.fixture
def stored(run):
    """Uploads a file, and returns its attachment and its content, from the ticket that has it."""

    def stored(content, name, *content_type):
        async def scenario(client):
            token = await client.attachments.upload(content, name, *content_type)
            ticket = await client.tickets.create("See this.", uploads=[token])
            [comment] = await comments_of(client, ticket)
            [attachment] = comment.attachments
            return attachment, await client.attachments.download(attachment.content_url)

        return run(scenario)

    return stored


def test_upload_bytes(stored):
    attachment, content = stored(b"\x89PNG", "a.data", "image/png")

    assert (attachment.file_name, attachment.size, content) == ("a.data", 4, b"\x89PNG")
    assert attachment.content_type == "image/png"


def check_name(stored, name):
    assert stored(b"hello", name)[0].file_name == name


def test_upload_with_a_unicode_name(stored):
    check_name(stored, "ünï côdé 日本.txt")


def test_upload_with_an_awkward_name(stored):
    check_name(stored, 'a+b&c#d 50%é"q.txt')


def test_upload_an_empty_file(run):
    with pytest.raises(httpx.HTTPStatusError) as refusal:
        run(lambda client: client.attachments.upload(b"", "empty.txt"))

    assert refusal.value.response.status_code == 422


def test_upload_20_mb(stored):
    content = bytes(range(250)) * 80_000

    attachment, downloaded = stored(content, "large.bin")

    assert attachment.size == 20_000_000
    assert downloaded == content


def test_download_an_attachment(stored):
    _, content = stored(b"\x00hello\r\n\xff", "notes.bin")

    assert content == b"\x00hello\r\n\xff"


def test_create_a_ticket_with_uploads(run):
    async def scenario(client):
        tokens = [await client.attachments.upload(b"hello", f"{n}.txt") for n in "12"]
        ticket = await client.tickets.create("Two files.", subject="Help", uploads=tokens)
        return ticket, await comments_of(client, ticket)

    ticket, [comment] = run(scenario)
    assert (ticket.subject, comment.body) == ("Help", "Two files.")
    assert sorted(names(comment)) == ["1.txt", "2.txt"]


def test_comment_with_uploads(run):
    async def scenario(client):
        ticket = await client.tickets.create("Help.")
        token = await client.attachments.upload(b"hello", "log.txt")
        await client.tickets.comments.add(ticket.id, "See this.", uploads=[token])
        return await client.tickets.comments.get_last(ticket.id)

    comment, author = run(scenario)
    assert (comment.body, comment.public, names(comment)) == ("See this.", False, ["log.txt"])
    assert author.email == "agent@example.com"


def test_list_comments_page_by_page(run):
    async def scenario(client):
        ticket = await client.tickets.create("0")
        for body in "1234":
            await client.tickets.comments.add(ticket.id, body)
        return await comments_of(client, ticket, per_page=2)

    assert [comment.body for comment in run(scenario)] == list("01234")


def test_create_a_user(run):
    async def scenario(client):
        created = await client.users.create("Jane", email="jane@example.com")
        return created, await client.users.get(created.id)

    created, shown = run(scenario)
    assert (created.name, created.email) == ("Jane", "jane@example.com")
    assert shown == created


def test_error_401(run):
    flags = "--auth", "strict", "--credentials", "agent@example.com/token:secret"
    with serve(*flags) as url:
        with pytest.raises(ZendeskAuthException, match="Couldn't authenticate you"):
            run(lambda client: client.tickets.create("Help."), url, token="wrong")


def test_error_404(run):
    with pytest.raises(ZendeskHTTPException, match="RecordNotFound") as refusal:
        run(lambda client: client.tickets.get(404))

    assert refusal.value.status_code == 404


def test_error_413(run):
    with serve("--max-upload-size", "1KB") as url:
        with pytest.raises(httpx.HTTPStatusError) as refusal:
            run(lambda client: client.attachments.upload(bytes(1001), "a.bin"), url)

    assert refusal.value.response.json()["error"] == "AttachmentTooLarge"


def test_error_422(run):
    with pytest.raises(ZendeskHTTPException, match="RecordInvalid") as refusal:
        run(lambda client: client.tickets.create(""))

    assert refusal.value.status_code == 422


def test_error_429(run):
    async def scenario(client):
        await client.tickets.create("Help.")
        await client.tickets.create("Help.")

    with serve("--rate-limit", "1", "--frozen-at", "2026-01-01T00:00:00Z") as url:
        with pytest.raises(ZendeskRateLimitException) as refusal:
            run(scenario, url)

    assert refusal.value.retry_after > 0
