"""Drives the server with zenpy, the most used Python client, unmodified."""

from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket, User
from zenpy.lib.exception import (
    APIException,
    RatelimitBudgetExceeded,
    RecordNotFoundException,
)

from server import serve


@pytest.fixture
def connect(monkeypatch, email):
    """Connects clients to a server, in the account of this test.

    zenpy reads the address from the environment at every call, so a test uses one server. Its
    cache is off, because it would answer instead of the server.
    """

    def connect(url, **options):
        address = urlsplit(url)
        monkeypatch.setenv("ZENPY_FORCE_SCHEME", address.scheme)
        monkeypatch.setenv("ZENPY_FORCE_NETLOC", address.netloc)
        account = {"subdomain": "any", "email": email, "token": "secret"}
        return Zenpy(**account | {"disable_cache": True} | options)

    return connect


@pytest.fixture
def client(connect, server):
    return connect(server)


def upload(client, content, name="notes.txt", **options):
    return client.attachments.upload(BytesIO(content), target_name=name, **options)


def create_ticket(client, **comment):
    comment = Comment(**{"body": "My printer is on fire."} | comment)
    return client.tickets.create(Ticket(subject="Help", comment=comment)).ticket


def add_comment(client, ticket, **comment):
    return client.tickets.update(Ticket(id=ticket.id, comment=Comment(**comment)))


def names(attachments):
    return [attachment.file_name for attachment in attachments]


def details(error):
    """The details of a refused record."""
    assert error.response.json()["error"] == "RecordInvalid"
    return error.response.json()["details"]


def test_upload_from_a_path(client, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"hello")

    # Given a str, zenpy sends the directories as a part of the name.
    done = client.attachments.upload(path)

    assert done.token
    assert done.attachment.file_name == "notes.txt"
    assert done.attachment.content_type == "text/plain"
    assert done.attachment.size == 5


def test_upload_from_a_stream(client, tmp_path):
    path = tmp_path / "on-disk.txt"
    path.write_bytes(b"hello")

    with path.open("rb") as stream:
        done = client.attachments.upload(stream, target_name="notes.txt")

    assert (done.attachment.file_name, done.attachment.size) == ("notes.txt", 5)


def test_upload_from_a_generator_of_unknown_length(client):
    parts = (part for part in [b"hel", b"lo"])

    done = client.attachments.upload(parts, target_name="notes.txt")

    assert (done.attachment.file_name, done.attachment.size) == ("notes.txt", 5)


def test_upload_bytes(client):
    done = client.attachments.upload(
        b"\x89PNG", target_name="a.data", content_type="image/png"
    )

    assert (done.attachment.file_name, done.attachment.size) == ("a.data", 4)
    assert done.attachment.content_type == "image/png"


def test_upload_with_a_unicode_name(client):
    done = upload(client, b"hello", "ünï côdé 日本.txt")

    assert done.attachment.file_name == "ünï côdé 日本.txt"


def test_upload_with_an_awkward_name(client):
    done = upload(client, b"hello", 'a+b&c#d 50%é"q.txt')

    # zenpy does not escape +, & and #: the name ends at &, and + is a space.
    assert done.attachment.file_name == "a b"


def test_upload_with_an_awkward_name_that_the_caller_escapes(client):
    name = 'a+b&c#d 50%é"q.txt'

    done = upload(client, b"hello", quote(name, safe=""))

    assert done.attachment.file_name == name


def test_upload_an_empty_file(client, tmp_path):
    path = tmp_path / "empty.txt"
    path.touch()

    with pytest.raises(APIException) as refusal:
        client.attachments.upload(path)

    assert refusal.value.response.status_code == 422
    assert list(details(refusal.value)) == ["size"]


def test_upload_no_bytes_which_zenpy_sends_as_json(client):
    done = client.attachments.upload(b"", target_name="empty.txt")

    # With an empty body and a JSON payload of {}, requests sends the payload.
    assert client.attachments.download(done.attachment.id).getvalue() == b"{}"


def test_upload_20_mb(client):
    content = bytes(range(250)) * 80_000

    done = upload(client, content, "large.bin")

    assert done.attachment.size == 20_000_000
    assert client.attachments.download(done.attachment.id).getvalue() == content


def test_append_to_an_upload(client):
    first = upload(client, b"one", "one.txt")

    second = upload(client, b"two", "two.txt", token=first.token)

    assert second.token == first.token
    assert second.attachment.file_name == "two.txt"
    assert names(second.attachments) == ["one.txt", "two.txt"]


def test_show_an_attachment(client):
    uploaded = upload(client, b"hello").attachment

    shown = client.attachments(id=uploaded.id)

    assert shown.to_dict() == uploaded.to_dict()


def test_download_an_attachment(client, tmp_path):
    uploaded = upload(client, b"\x00hello\r\n\xff", "notes.bin").attachment

    path = client.attachments.download(uploaded.id, destination=str(tmp_path))

    assert path == str(tmp_path / "notes.bin")
    assert (tmp_path / "notes.bin").read_bytes() == b"\x00hello\r\n\xff"


def test_delete_an_upload(client):
    done = upload(client, b"hello")

    assert client.attachments.delete(done.token).status_code == 204

    with pytest.raises(RecordNotFoundException):
        client.attachments(id=done.attachment.id)


def test_create_a_ticket_with_uploads(client):
    one = upload(client, b"one", "one.txt")
    upload(client, b"two", "two.txt", token=one.token)
    three = upload(client, b"three", "three.txt")

    ticket = create_ticket(client, uploads=[one.token, three.token])

    [comment] = client.tickets.comments(ticket)
    assert comment.body == "My printer is on fire."
    # Zendesk does not document their order.
    assert sorted(names(comment.attachments)) == ["one.txt", "three.txt", "two.txt"]


def test_comment_with_uploads(client):
    ticket = create_ticket(client)
    token = upload(client, b"hello").token

    audit = add_comment(client, ticket, body="See this.", uploads=[token]).audit

    event = audit.events[0]
    assert (event["type"], event["body"]) == ("Comment", "See this.")
    _, comment = client.tickets.comments(ticket)
    assert comment.body == "See this."
    assert names(comment.attachments) == ["notes.txt"]
    content = client.attachments.download(comment.attachments[0].id)
    assert content.getvalue() == b"hello"


def test_list_comments_page_by_page(client):
    bodies = [f"comment {number}" for number in range(103)]
    ticket = create_ticket(client, body=bodies[0])
    for body in bodies[1:]:
        add_comment(client, ticket, body=body)

    comments = client.tickets.comments(ticket)

    # zenpy requests pages of 100.
    assert len(comments.values) == 100
    assert [comment.body for comment in comments] == bodies


def test_redact_an_attachment(client):
    ticket = create_ticket(client, uploads=[upload(client, b"hello").token])
    [comment] = client.tickets.comments(ticket)
    attachment = comment.attachments[0]

    redacted = client.attachments.redact(ticket, comment, attachment.id)

    assert redacted.id == attachment.id
    [comment] = client.tickets.comments(ticket)
    assert names(comment.attachments) == ["redacted.txt"]


def finish(client, job):
    """The results of a job, which is completed when it is first read."""
    status = client.job_status(id=job.id)
    assert (status.status, status.progress) == ("completed", status.total)
    return status.results


def test_create_a_user(client):
    created = client.users.create(User(name="Jane", email="jane@example.com"))

    assert (created.name, created.role) == ("Jane", "end-user")
    [found] = client.users(ids=[created.id])
    assert found.email == "jane@example.com"


def test_create_many_tickets(client):
    tokens = [upload(client, b"hello", f"{number}.txt").token for number in range(100)]
    tickets = [
        Ticket(subject="Help", comment=Comment(body=f"{number}", uploads=[token]))
        for number, token in enumerate(tokens)
    ]

    results = finish(client, client.tickets.create(tickets))

    assert [result.index for result in results] == list(range(100))
    for number in 0, 99:
        [comment] = client.tickets.comments(results[number].id)
        assert (comment.body, names(comment.attachments)) == (f"{number}", [f"{number}.txt"])


def test_create_more_tickets_than_zendesk_takes(client):
    tickets = [Ticket(subject="Help", description=f"{number}") for number in range(101)]

    # zenpy refuses them itself.
    with pytest.raises(APIException):
        client.tickets.create(tickets)


def test_update_many_tickets(client):
    tickets = [create_ticket(client) for _ in range(3)]
    for ticket in tickets:
        token = upload(client, b"hello", f"{ticket.id}.txt").token
        ticket.comment = Comment(body="See this.", uploads=[token])

    results = finish(client, client.tickets.update(tickets))

    assert [result.id for result in results] == [ticket.id for ticket in tickets]
    for ticket in tickets:
        _, comment = client.tickets.comments(ticket.id)
        assert names(comment.attachments) == [f"{ticket.id}.txt"]


def test_a_token_is_attached_once_in_a_job(client):
    token = upload(client, b"hello").token
    ticket = Ticket(subject="Help", comment=Comment(body="See this.", uploads=[token]))

    first, second = finish(client, client.tickets.create([ticket, ticket]))

    assert first.id
    assert second.error == "TicketCreateFailed"


def test_import_a_ticket(client):
    written = "2020-01-02T03:04:05Z"
    tokens = [upload(client, b"hello", name).token for name in ("1.txt", "2.txt")]
    old = Ticket(
        subject="Old",
        created_at=written,
        comments=[
            {"value": "First.", "created_at": written, "uploads": [tokens[0]]},
            {"value": "Second.", "created_at": written, "uploads": [tokens[1]]},
        ],
    )

    imported = client.ticket_import.create(old)

    assert imported.created_at == written
    comments = list(client.tickets.comments(imported.id))
    assert [comment.created_at for comment in comments] == [written, written]
    assert [names(comment.attachments) for comment in comments] == [["1.txt"], ["2.txt"]]


def test_import_many_tickets(client):
    old = Ticket(subject="Old", comments=[{"value": "First.", "author_id": 1}])

    results = finish(client, client.ticket_import.create([old, old]))

    assert len({result.id for result in results}) == 2


def test_export_tickets_page_by_page(connect):
    with serve("--export-delay", "0s") as url:
        client = connect(url)
        uploads = [[upload(client, b"hello", f"{n}.txt").token] for n in range(5)]
        created = [create_ticket(client, uploads=tokens).id for tokens in uploads]
        start = datetime.now() - timedelta(hours=1)

        by_time = [ticket.id for ticket in client.tickets.incremental(start_time=start)]
        by_cursor = client.tickets.incremental(
            start_time=start, paginate_by_time=False, per_page=2
        )
        by_cursor = [ticket.id for ticket in by_cursor]
        events = list(client.tickets.events(start_time=start, include="comment_events"))

    assert by_time == by_cursor == created
    files = [
        attachment["file_name"]
        for event in events
        for child in event.child_events
        for attachment in child.get("attachments", [])
    ]
    assert files == [f"{n}.txt" for n in range(5)]


def test_over_tls(connect, server, monkeypatch, tmp_path):
    certificate = tmp_path / "ca.pem"
    with urlopen(f"{server}/_mock/ca.pem") as answer:
        certificate.write_bytes(answer.read())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    client = connect(server.replace("http://127.0.0.1", "https://localhost"))

    ticket = create_ticket(client, uploads=[upload(client, b"hello").token])

    [comment] = client.tickets.comments(ticket)
    [attachment] = comment.attachments
    assert attachment.content_url.startswith("https://localhost:")
    assert client.attachments.download(attachment.id).getvalue() == b"hello"


def test_error_401(connect, email):
    with serve("--auth", "strict", "--credentials", f"{email}/token:secret") as url:
        with pytest.raises(APIException, match="Couldn't authenticate you") as refusal:
            upload(connect(url, token="wrong"), b"hello")

    assert refusal.value.response.status_code == 401


def test_error_404(client):
    with pytest.raises(RecordNotFoundException) as refusal:
        client.attachments(id=404)

    assert refusal.value.response.status_code == 404


def test_error_413(connect):
    with serve("--max-upload-size", "1KB") as url:
        with pytest.raises(APIException, match="AttachmentTooLarge") as refusal:
            upload(connect(url), bytes(1001))

    assert refusal.value.response.status_code == 413


def test_error_422(client):
    with pytest.raises(APIException) as refusal:
        create_ticket(client, body="")

    assert refusal.value.response.status_code == 422
    assert "cannot be blank" in details(refusal.value)["base"][0]["description"]


def test_error_429(connect, caplog):
    with serve("--rate-limit", "1", "--frozen-at", "2026-01-01T00:00:00Z") as url:
        # zenpy sleeps for each Retry-After within this budget.
        client = connect(url, ratelimit_budget=1)
        upload(client, b"hello")
        with pytest.raises(RatelimitBudgetExceeded):
            upload(client, b"hello")

    assert "Waiting for requested retry-after period" in caplog.text
