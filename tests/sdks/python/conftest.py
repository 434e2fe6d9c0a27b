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
    names = request.module.__name__, request.node.name
    account = "-".join(name.removeprefix("test_") for name in names)
    return f"agent@{account.replace('_', '-')}.mock"
