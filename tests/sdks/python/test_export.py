"""Copies an account as readers of data warehouses do: pages of incremental exports, by cursor and
by time, and the files that their comments name."""

import time

import pytest
import requests

from server import serve


class Reader:
    """Asks for one page after the other, and repeats what is limited, as Airbyte and dlt do."""

    def __init__(self, url, email):
        self.url = f"{url}/api/v2/incremental"
        self.session = requests.Session()
        self.session.auth = (f"{email}/token", "secret")
        self.requests = 0

    def get(self, url, **parameters):
        while True:
            answer = self.session.get(url, params=parameters)
            self.requests += 1
            if answer.status_code != 429:
                answer.raise_for_status()
                return answer
            time.sleep(int(answer.headers["Retry-After"]))

    def tickets(self, start_time, size):
        page = self.get(
            f"{self.url}/tickets/cursor.json", start_time=start_time, per_page=size
        ).json()
        yield from page["tickets"]
        while not page["end_of_stream"]:
            page = self.get(page["after_url"]).json()
            yield from page["tickets"]

    def events(self, start_time, size):
        page = self.get(
            f"{self.url}/ticket_events.json",
            start_time=start_time,
            per_page=size,
            include="comment_events",
        ).json()
        yield from page["ticket_events"]
        while not page["end_of_stream"]:
            page = self.get(page["next_page"]).json()
            yield from page["ticket_events"]

    def files(self, start_time, size):
        """The ticket, name and content of each attachment. Pages may overlap by an event."""
        seen = set()
        for event in self.events(start_time, size):
            for child in event["child_events"]:
                for attachment in child.get("attachments", []):
                    if attachment["id"] not in seen:
                        seen.add(attachment["id"])
                        content = self.get(attachment["content_url"]).content
                        yield event["ticket_id"], attachment["file_name"], content


@pytest.fixture
def writer(email):
    """Creates tickets on a server that exports a change at once."""
    with serve("--export-delay", "0s") as url:
        yield Writer(url, email)


class Writer:
    def __init__(self, url, email):
        self.url, self.email = url, email
        self.auth = (f"{email}/token", "secret")

    def control(self, path, **body):
        account = self.email.removeprefix("agent@").removesuffix(".mock")
        requests.post(f"{self.url}/@{account}/_mock/{path}", json=body).raise_for_status()

    def ask(self, method, path, **options):
        answer = requests.request(
            method, f"{self.url}/api/v2/{path}", auth=self.auth, **options
        )
        answer.raise_for_status()
        return answer.json()

    def comment(self, body, *files):
        tokens = [
            self.ask("POST", f"uploads?filename={name}", data=content)["upload"]["token"]
            for name, content in files
        ]
        return {"body": body, "uploads": tokens}

    def create(self, *files):
        # Pages by time never end within a second.
        self.control("clock/advance", by="1s")
        ticket = {"subject": "Help", "comment": self.comment("See this.", *files)}
        return self.ask("POST", "tickets", json={"ticket": ticket})["ticket"]["id"]

    def answer(self, id, *files):
        self.control("clock/advance", by="1s")
        ticket = {"comment": self.comment("And this.", *files)}
        self.ask("PUT", f"tickets/{id}", json={"ticket": ticket})


def test_a_reader_copies_tickets_and_every_file(writer):
    files = {}
    for number in range(5):
        first = (f"{number}.txt", b"\x00first" * number + b"!")
        id = writer.create(first)
        rest = [(f"{number}-{n}.bin", bytes([n]) * 2000) for n in range(number % 3)]
        writer.answer(id, *rest)
        files[id] = [first, *rest]
    reader = Reader(writer.url, writer.email)
    # Exports are the most limited calls of Zendesk.
    writer.control("faults", operation="other", status=429, retry_after=0, nth=2, times=1)

    tickets = list(reader.tickets(start_time=1, size=2))
    pages = reader.requests
    copied = [(id, (name, content)) for id, name, content in reader.files(1, size=2)]

    assert [ticket["id"] for ticket in tickets] == list(files)
    assert pages == 4, "three pages, and one that was refused once"
    assert copied == [(id, file) for id, all in files.items() for file in all]
    assert reader.requests - pages - len(copied) >= 5, "ten events, on pages of two"


def test_a_reader_goes_on_where_it_ended(writer):
    old = [writer.create() for _ in range(2)]
    reader = Reader(writer.url, writer.email)
    cursor = reader.get(f"{reader.url}/tickets/cursor.json", start_time=1).json()["after_cursor"]
    writer.answer(old[0], ("late.txt", b"late"))
    new = writer.create()

    page = reader.get(f"{reader.url}/tickets/cursor.json", cursor=cursor).json()

    assert [ticket["id"] for ticket in page["tickets"]] == [old[0], new]
