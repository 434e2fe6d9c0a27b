import pytest

from server import serve


@pytest.fixture(scope="session")
def server():
    """The URL of a server with default settings, which most tests share."""
    with serve() as url:
        yield url


@pytest.fixture
def email(request):
    """A user of a separate account for this test: the mail domain selects the account."""
    return f"agent@{request.node.name.replace('_', '-')}.mock"
