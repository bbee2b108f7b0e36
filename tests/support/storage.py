"""Storage behind URLs for tests: one that counts requests and fails when told, and servers on this machine."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import socket
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'datumpb[remote]'")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class CountedStorage(fsspec.AbstractFileSystem):  # type: ignore[misc, name-defined]  # fsspec has no types
    """Files in memory under ``counted://``, with an account of all requests."""

    protocol = "counted"
    cachable = False
    files: ClassVar[dict[str, bytes]] = {}
    requests: ClassVar[list[tuple[Any, ...]]] = []
    faults: ClassVar[list[Exception]] = []
    knows_ranges: ClassVar[bool] = True

    @classmethod
    def reset(cls) -> None:
        cls.files.clear()
        cls.requests.clear()
        cls.faults.clear()
        cls.knows_ranges = True

    @classmethod
    def put(cls, root: str, folder: Path) -> None:
        """Copy a folder to a place in here."""
        for file in folder.rglob("*"):
            if file.is_file():
                cls.files[f"{root}/{file.relative_to(folder).as_posix()}"] = file.read_bytes()

    @classmethod
    def reads(cls) -> list[tuple[int, int]]:
        """Return start and end of each part that was read."""
        return [request[2:] for request in cls.requests if request[0] == "read"]

    def _asked(self, *request: object) -> None:
        self.requests.append(request)
        if self.faults:
            raise self.faults.pop(0)

    def info(self, path: str, **_: object) -> dict[str, Any]:
        self._asked("info", path)
        if path in self.files:
            return {"name": path, "type": "file", "size": len(self.files[path])}
        if any(name.startswith(f"{path}/") for name in self.files):
            return {"name": path, "type": "directory", "size": 0}
        raise FileNotFoundError(path)

    def ls(self, path: str, detail: bool = True, **_: object) -> list[Any]:
        self._asked("ls", path)
        found: dict[str, dict[str, Any]] = {}
        for name, data in self.files.items():
            if name.startswith(f"{path}/"):
                head, slash, _rest = name[len(path) + 1 :].partition("/")
                full = f"{path}/{head}"
                found[full] = {"name": full, "type": "directory" if slash else "file", "size": len(data)}
        if not found:
            raise FileNotFoundError(path)
        return list(found.values()) if detail else list(found)

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: object) -> bytes:
        self._asked("read", path, start, end)
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path][start:end] if self.knows_ranges else self.files[path]

    def put_file(self, lpath: str, rpath: str, **_: object) -> None:
        self._asked("put", rpath)
        with open(lpath, "rb") as file:  # noqa: PTH123 -- text, as fsspec has it
            self.files[rpath] = file.read()

    def get_file(self, rpath: str, lpath: str, **_: object) -> None:
        self._asked("get", rpath)
        with open(lpath, "wb") as file:  # noqa: PTH123 -- as above
            file.write(self.files[rpath])

    def rm_file(self, path: str) -> None:
        self._asked("remove", path)
        del self.files[path]


fsspec.register_implementation("counted", CountedStorage, clobber=True)


@contextlib.contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    """Serve a folder by Python's HTTP server, which knows no ranges; yield its URL."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Be silent."""

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def nginx(folder: Path, work: Path) -> Iterator[tuple[str, Path]]:
    """Serve a folder by nginx, with ranges; yield its URL and its log of requests. Below /secret/ all is forbidden."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    pytest.importorskip("aiohttp", reason="aiohttp is not installed: pip install aiohttp")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = "".join(f"{kind}_temp_path {work}/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = work / "nginx.conf"
    configuration.write_text(f"""
        daemon off; master_process off; pid {work}/pid; error_log {work}/errors;
        events {{ worker_connections 64; }}
        http {{
            log_format asked '$request_method $uri $http_range $status';
            access_log {work}/log asked; client_body_temp_path {work}/body; {temporary}
            server {{
                listen 127.0.0.1:{port}; root {folder};
                location /secret/ {{ deny all; }}
            }}
        }}
    """)
    process = subprocess.Popen([program, "-c", str(configuration), "-p", str(work)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, (work / "errors").read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", work / "log"
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run an S3 server with one bucket; yield the bucket's URL."""
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed: pip install s3fs")
    server_module = pytest.importorskip("moto.server", reason="moto is not installed: pip install 'moto[server]'")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem.clear_instance_cache()
        bucket = f"bucket-{port}"
        s3fs.S3FileSystem().mkdir(bucket)
        yield f"s3://{bucket}"
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        server.stop()
