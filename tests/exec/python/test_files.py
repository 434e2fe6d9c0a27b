import base64

import pytest
import requests

URL = "https://acme.zendesk.com"
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@pytest.fixture
def zendesk():
    with requests.Session() as session:
        session.auth = ("agent@example.com/token", "secret")
        yield session


def upload(zendesk, name, content):
    answer = zendesk.post(f"{URL}/api/v2/uploads", params={"filename": name}, data=content)
    answer.raise_for_status()
    return answer.json()["upload"]


def test_a_file_is_attached_to_a_ticket_and_read_back(zendesk):
    content = bytes(range(256)) * 4096
    token = upload(zendesk, "débug.log", content)["token"]
    comment = {"body": "My printer is on fire.", "uploads": [token]}
    ticket = {"subject": "Help", "comment": comment}
    created = zendesk.post(f"{URL}/api/v2/tickets", json={"ticket": ticket})
    assert created.status_code == 201
    number = created.json()["ticket"]["id"]

    [comment] = zendesk.get(f"{URL}/api/v2/tickets/{number}/comments").json()["comments"]
    [attachment] = comment["attachments"]
    assert (attachment["file_name"], attachment["size"]) == ("débug.log", len(content))
    assert zendesk.get(attachment["content_url"]).content == content


def test_an_upload_is_deleted(zendesk):
    unused = upload(zendesk, "unused.txt", b"hello")
    assert zendesk.delete(f"{URL}/api/v2/uploads/{unused['token']}").status_code == 204
    shown = zendesk.get(f"{URL}/api/v2/attachments/{unused['attachment']['id']}")
    assert shown.status_code == 404


def test_an_empty_file_is_refused(zendesk):
    answer = zendesk.post(f"{URL}/api/v2/uploads?filename=empty.txt", data=b"")
    assert (answer.status_code, answer.json()["error"]) == (422, "RecordInvalid")


def test_a_file_of_more_than_50_mib_is_refused(zendesk):
    content = bytes((50 << 20) + 1)
    answer = zendesk.post(f"{URL}/api/v2/uploads?filename=large.bin", data=content)
    assert (answer.status_code, answer.json()["error"]) == (413, "AttachmentTooLarge")


def test_an_image_is_published_in_the_help_center(zendesk):
    images = f"{URL}/api/v2/guide/user_images"
    wanted = {"content_type": "image/gif", "file_size": len(GIF)}
    created = zendesk.post(f"{images}/uploads", json=wanted).json()["upload"]
    # The bucket refuses a request with credentials other than those in the URL.
    requests.put(created["url"], headers=created["headers"], data=GIF).raise_for_status()
    image = {"token": created["token"], "brand_id": "10016"}
    path = zendesk.post(images, json=image).json()["user_image"]["path"]
    assert requests.get(URL + path).content == GIF
