"""Drives the server with zdesk, a client whose calls are generated from Zendesk's documentation."""

import json

import pytest
import requests
from zdesk import AuthenticationError, RateLimitError, Zendesk, ZendeskError

from server import serve


def connect(url, email, secret="secret"):
    return Zendesk(url, zdesk_email=email, zdesk_api=secret)


@pytest.fixture
def client(server, email):
    return connect(server, email)


def upload(client, content, name="notes.txt", mime_type="application/binary", **options):
    # Without retval the client returns the Location of what it created.
    done = client.upload_create(
        content, filename=name, mime_type=mime_type, retval="content", **options
    )
    return done["upload"]


def ticket(*tokens, subject="Help", body="My printer is on fire."):
    return {"subject": subject, "comment": {"body": body, "uploads": list(tokens)}}


def create_ticket(client, *tokens, **parts):
    data = {"ticket": ticket(*tokens, **parts)}
    return client.ticket_create(data, retval="content")["ticket"]


def comments(client, id):
    return client.ticket_comments(id)["comments"]


def names(attachments):
    return [attachment["file_name"] for attachment in attachments]


def finish(client, job):
    """The results of a job, which is completed when it is first read."""
    status = client.job_status_show(job["job_status"]["id"])["job_status"]
    assert status["status"] == "completed"
    return status["results"]


def test_upload_from_a_stream(client, tmp_path):
    path = tmp_path / "on-disk.txt"
    path.write_bytes(b"hello")

    with path.open("rb") as stream:
        done = upload(client, stream)

    assert (done["attachment"]["file_name"], done["attachment"]["size"]) == ("notes.txt", 5)


def test_upload_bytes(client):
    attachment = upload(client, b"\x89PNG", "a.data", "image/png")["attachment"]

    assert (attachment["file_name"], attachment["size"]) == ("a.data", 4)
    assert attachment["content_type"] == "image/png"


def test_upload_returns_the_location_of_the_attachment(client):
    location = client.upload_create(b"hello", filename="a.txt", mime_type="text/plain")

    assert requests.get(location, auth=client.client.auth).json()["attachment"]["size"] == 5


def test_upload_with_a_unicode_name(client):
    name = "ünï côdé 日本.txt"

    assert upload(client, b"hello", name)["attachment"]["file_name"] == name


def test_upload_with_an_awkward_name(client):
    name = 'a+b&c#d 50%é"q.txt'

    assert upload(client, b"hello", name)["attachment"]["file_name"] == name


def test_upload_an_empty_file(client):
    # The client does not raise a 422, but returns the error.
    refused = client.upload_create(
        b"", filename="empty.txt", mime_type="text/plain", retval="content"
    )

    assert (refused["error"], list(refused["details"])) == ("RecordInvalid", ["size"])


def test_upload_20_mb(client):
    content = bytes(range(250)) * 80_000

    attachment = upload(client, content, "large.bin")["attachment"]

    assert attachment["size"] == 20_000_000
    assert requests.get(attachment["content_url"]).content == content


def test_append_to_an_upload(client):
    first = upload(client, b"one", "one.txt")

    second = upload(client, b"two", "two.txt", token=first["token"])

    assert second["token"] == first["token"]
    assert names(second["attachments"]) == ["one.txt", "two.txt"]


def test_show_an_attachment(client):
    uploaded = upload(client, b"hello")["attachment"]

    assert client.attachment_show(uploaded["id"])["attachment"] == uploaded


def test_delete_an_upload(client):
    done = upload(client, b"hello")

    assert client.upload_delete(done["token"], retval="code") == 204

    with pytest.raises(ZendeskError) as missing:
        client.attachment_show(done["attachment"]["id"])
    assert missing.value.error_code == 404


def test_create_a_ticket_with_uploads(client):
    one = upload(client, b"one", "one.txt")
    upload(client, b"two", "two.txt", token=one["token"])
    three = upload(client, b"three", "three.txt")

    created = create_ticket(client, one["token"], three["token"])

    [comment] = comments(client, created["id"])
    assert comment["body"] == "My printer is on fire."
    assert sorted(names(comment["attachments"])) == ["one.txt", "three.txt", "two.txt"]


def test_comment_with_uploads(client):
    created = create_ticket(client)
    comment = {"body": "See this.", "uploads": [upload(client, b"hello")["token"]]}

    client.ticket_update(created["id"], {"ticket": {"comment": comment}})

    _, comment = comments(client, created["id"])
    assert (comment["body"], names(comment["attachments"])) == ("See this.", ["notes.txt"])


def test_list_comments_page_by_page(client):
    created = create_ticket(client, body="0")
    for body in "1234":
        client.ticket_update(created["id"], {"ticket": {"comment": {"body": body}}})

    listed = client.ticket_comments(created["id"], get_all_pages=True, query={"per_page": 2})

    assert [comment["body"] for comment in listed["comments"]] == list("01234")


def test_redact_an_attachment(client):
    created = create_ticket(client, upload(client, b"hello")["token"])
    [comment] = comments(client, created["id"])
    [attachment] = comment["attachments"]

    client.ticket_comment_attachment_redact(created["id"], comment["id"], attachment["id"], {})

    [comment] = comments(client, created["id"])
    assert names(comment["attachments"]) == ["redacted.txt"]


def test_create_a_user(client):
    user = {"user": {"name": "Jane", "email": "jane@example.com"}}

    created = client.user_create(user, retval="content")["user"]

    assert (created["name"], created["role"]) == ("Jane", "end-user")
    assert client.user_show(created["id"])["user"] == created


def test_create_many_tickets(client):
    token = upload(client, b"hello")["token"]

    job = client.tickets_create_many({"tickets": [ticket(token), ticket(token), ticket()]})

    # A token is attached once.
    first, second, third = finish(client, job)
    assert second["error"] == "TicketCreateFailed"
    assert names(comments(client, first["id"])[0]["attachments"]) == ["notes.txt"]
    assert comments(client, third["id"])[0]["attachments"] == []


def test_update_many_tickets(client):
    ids = [create_ticket(client)["id"] for _ in range(2)]
    tokens = [upload(client, b"hello", f"{id}.txt")["token"] for id in ids]
    changes = [
        {"id": id, "comment": {"body": "See this.", "uploads": [token]}}
        for id, token in zip(ids, tokens)
    ]

    results = finish(client, client.tickets_update_many({"tickets": changes}))

    assert [result["id"] for result in results] == ids
    for id in ids:
        assert names(comments(client, id)[1]["attachments"]) == [f"{id}.txt"]


def test_import_a_ticket(client):
    token = upload(client, b"hello")["token"]
    comment = {"value": "Old.", "created_at": "2020-01-02T03:04:05Z", "uploads": [token]}
    old = {
        "subject": "Old",
        "created_at": "2020-01-02T03:04:05Z",
        "comments": [comment],
    }

    imported = client.imports_ticket({"ticket": old}, retval="content")["ticket"]
    job = client.imports_tickets_create_many({"tickets": [ticket()]})

    assert imported["created_at"] == "2020-01-02T03:04:05Z"
    [comment] = comments(client, imported["id"])
    assert comment["created_at"] == "2020-01-02T03:04:05Z"
    assert names(comment["attachments"]) == ["notes.txt"]
    assert len(finish(client, job)) == 1


def test_export_tickets_page_by_page(email):
    with serve("--export-delay", "0s") as url:
        client = connect(url, email)
        created = [create_ticket(client)["id"] for _ in range(3)]
        cursor, exported, pages = {"start_time": 1}, [], 0
        while cursor:
            page = client.incremental_tickets_cursor_list(query={"per_page": 2} | cursor)
            exported += [ticket["id"] for ticket in page["tickets"]]
            cursor = None if page["end_of_stream"] else {"cursor": page["after_cursor"]}
            pages += 1

    assert (exported, pages) == (created, 2)


def test_error_401(email):
    with serve("--auth", "strict", "--credentials", f"{email}/token:secret") as url:
        with pytest.raises(AuthenticationError) as refusal:
            upload(connect(url, email, "wrong"), b"hello")

    assert json.loads(refusal.value.msg) == {"error": "Couldn't authenticate you"}


def test_error_404(client):
    with pytest.raises(ZendeskError) as refusal:
        client.ticket_show(404)

    assert refusal.value.error_code == 404
    assert json.loads(refusal.value.msg)["error"] == "RecordNotFound"


def test_error_413(email):
    with serve("--max-upload-size", "1KB") as url:
        with pytest.raises(ZendeskError) as refusal:
            upload(connect(url, email), bytes(1001))

    assert refusal.value.error_code == 413
    assert json.loads(refusal.value.msg)["error"] == "AttachmentTooLarge"


def test_error_422(client):
    refused = client.ticket_create({"ticket": ticket(body="")})

    assert refused["error"] == "RecordInvalid"
    assert "cannot be blank" in refused["details"]["base"][0]["description"]


def test_error_429(email):
    with serve("--rate-limit", "1", "--frozen-at", "2026-01-01T00:00:00Z") as url:
        client = connect(url, email)
        upload(client, b"hello")
        with pytest.raises(RateLimitError) as refusal:
            upload(client, b"hello")

    assert refusal.value.response.headers["Retry-After"]
