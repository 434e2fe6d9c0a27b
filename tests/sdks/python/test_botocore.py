"""Compares the presigned URLs of the server with those of botocore, AWS's implementation of
Signature Version 4, and sends both to the bucket."""

import base64
import json
from datetime import datetime
from unittest.mock import patch
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def reserved(server, email):
    """A reservation of an image: URL and headers of its PUT."""
    credentials = base64.b64encode(f"{email}/token:secret".encode()).decode()
    request = Request(
        f"{server}/api/v2/guide/user_images/uploads",
        data=json.dumps({"content_type": "image/png", "file_size": len(PNG)}).encode(),
        headers={
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request) as answer:
        return json.load(answer)["upload"]


def presign(reserved, secret=SECRET):
    """The URL of a reservation, signed by botocore instead of the server."""
    headers = reserved["headers"]
    encryption = headers["X-Amz-Server-Side-Encryption"]
    request = AWSRequest(
        method="PUT",
        url=reserved["url"].split("?")[0],
        params={
            "Content-Type": headers["Content-Type"],
            "x-amz-server-side-encryption": encryption,
        },
        headers={
            "Content-Disposition": headers["Content-Disposition"],
            "X-Amz-Server-Side-Encryption": encryption,
        },
    )
    S3SigV4QueryAuth(Credentials(KEY, secret), "s3", "us-east-1").add_auth(request)
    return request.url


def query(url):
    return dict(parse_qsl(urlsplit(url).query))


def put(url, headers):
    with urlopen(Request(url, method="PUT", data=PNG, headers=headers)) as answer:
        return answer.status


def test_the_server_signs_as_botocore_does(reserved):
    date = datetime.strptime(query(reserved["url"])["X-Amz-Date"], "%Y%m%dT%H%M%SZ")

    # botocore cannot sign for a given time otherwise.
    with patch("botocore.auth.get_current_datetime", return_value=date):
        signed = presign(reserved)

    assert query(reserved["url"]) == query(signed)
    assert (
        query(signed)["X-Amz-SignedHeaders"]
        == "content-disposition;host;x-amz-server-side-encryption"
    )


def test_the_bucket_accepts_the_url_of_the_server(reserved):
    assert put(reserved["url"], reserved["headers"]) == 200


def test_the_bucket_accepts_a_url_signed_by_botocore(reserved):
    assert put(presign(reserved), reserved["headers"]) == 200


def test_the_bucket_refuses_a_url_signed_with_another_secret(reserved):
    with pytest.raises(HTTPError) as refusal:
        put(presign(reserved, secret="another"), reserved["headers"])

    assert refusal.value.code == 403
    assert b"<Code>SignatureDoesNotMatch</Code>" in refusal.value.read()
