"""The phone app's files, served at `/` beside the API they belong to."""

import mimetypes
import os
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from api.problems import answer_http

BUILT = Path(__file__).resolve().parents[1] / "mobile_stub" / "dist"
_A_YEAR = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>检通</title>
<h1>检通</h1>
<p>手机端应用尚未构建（需要 Node.js 20 及以上，运行 <code>make app</code>）。接口照常可用：
<a href="/docs">接口文档</a>。</p>
<p lang="en">The phone app has not been built (it needs Node.js 20 or newer; run
<code>make app</code>). The API works all the same: <a href="/docs">its documentation</a>.</p>
</html>"""


def serve(app: Flask, built: Path = BUILT) -> None:
    """Answer every address that is no route with a file of the app, or with the app itself.

    The app has addresses of its own (`/cases/7`), which the server need not know: an address
    that names no file and asks for a page gets `index.html`.
    """

    @app.errorhandler(404)
    def file_or_problem(error: NotFound) -> Response:
        path = request.path.lstrip("/")
        if request.method not in {"GET", "HEAD"} or path.startswith("api/"):
            return answer_http(error)
        inside = safe_join(str(built), path)
        if path and inside is not None and os.path.isfile(inside):  # noqa: PTH113  # never raises
            return _file(built, path)
        if not request.accept_mimetypes.accept_html or Path(path).suffix:
            return answer_http(error)
        if (built / "index.html").is_file():
            return _file(built, "index.html")
        return Response(_NOT_BUILT, mimetype="text/html")


def _file(built: Path, path: str) -> Response:
    file = built / path
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    reply = Response(_read(file, file.stat().st_mtime_ns), mimetype=media_type)
    reply.headers["Cache-Control"] = _A_YEAR if path.startswith("assets/") else _ASK_EACH_TIME
    reply.add_etag()
    reply.make_conditional(request)
    return reply


@lru_cache(maxsize=256)
def _read(file: Path, _changed_at: int) -> bytes:
    return file.read_bytes()
