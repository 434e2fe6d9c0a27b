import pytest

from server import serve


@pytest.fixture(scope="session")
def server():
    """The URL of the one server, with default settings, that most tests share."""
    with serve() as url:
        yield url


@pytest.fixture
def email(request):
    """A user of this test's own account: the mail domain chooses the account."""
    return f"agent@{request.node.name.replace('_', '-')}.mock"
