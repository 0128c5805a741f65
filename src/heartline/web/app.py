"""The desk as an application, and the way to serve it on this computer."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from heartline.errors import (
    AnalysisError,
    CaseError,
    ConsentError,
    CorrectionError,
    DecisionError,
    HeartlineError,
    HypothesisError,
    IdentityError,
    RoomError,
    SettingsError,
    WalkError,
)
from heartline.web import (
    caring,
    carried_out,
    correcting,
    deciding,
    downloads,
    drawing,
    figures,
    guessing,
    guiding,
    identifying,
    rooming,
    words,
)
from heartline.web.brief import files, noting
from heartline.web.casework import card_address
from heartline.web.door import Door, Once
from heartline.web.page import BadAddress, MissingPage, Page, Query, choice
from heartline.web.pages import customers
from heartline.web.registry import MENU, PAGES
from heartline.web.room_live import LONGEST, Screens
from heartline.web.security import (
    BRIEF_PATH,
    CARE_PATHS,
    DROP_PATH,
    FORM_PATH,
    HEADERS,
    IDENTITY_PATH,
    ROOMS_PATH,
    Guard,
    check_loopback,
    new_token,
    same_token,
)
from heartline.web.tokens import style_sheet

HERE = Path(__file__).parent
log = logging.getLogger(__name__)
THEMES = ("light", "dark")
FORM_ERRORS = (
    BadAddress,
    CaseError,
    ConsentError,
    CorrectionError,
    DecisionError,
    HypothesisError,
    IdentityError,
    RoomError,
    WalkError,
)
"""What the reader can mend by going back."""


def templates() -> Environment:
    """Jinja with escaping on and every undefined name an error."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=figures.day,
        with_code=figures.with_code,
        minute=figures.minute,
        month=figures.month,
        plain=figures.plain,
        count=figures.decimal,
        segment=words.segment,
        tone=words.tone,
        tone_of_valence=words.tone_of_valence,
        written=figures.written,
        decimal=figures.decimal,
        urlencode_pairs=urlencode,
    )
    environment.globals.update(
        guide=drawing.guide,
        menu=MENU,
        explain_address=figures.explain_address,
        bundle_version=drawing.bundle_version(),
        felt_words=words.FELT_FROM,
        status_words=words.STATUS,
        segment_names=words.SEGMENT_NAMES,
        unknown=figures.UNKNOWN,
    )
    return environment


def create_app(workspace: Door, live: ASGIApp | None = None) -> FastAPI:
    """The desk over one workspace: every page with its JSON twin, charts, downloads, and errors in one shape.

    ``live`` takes what other programs send below /v1/.
    """
    app = FastAPI(title="Heartline", docs_url=None, redoc_url=None, openapi_url=None)
    jinja = templates()
    token = new_token()
    jinja.globals.update(form_token=token, form_path=FORM_PATH)

    def html(name: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        shared = {"company": workspace.settings.text("company"), "as_of": workspace.as_of, "here": "", "q": ""}
        return HTMLResponse(jinja.get_template(name).render({**shared, **values}), status)

    def failed(request: Request, status: int, got: str, expected: str = "", next_step: str = "") -> Response:
        if request.url.path.endswith(".json"):
            shape = {"status": status, "got": got, "expected": expected, "next": next_step}
            return JSONResponse({"error": shape}, status)
        said = {"status": status, "got": got, "expected": expected, "next_step": next_step, "title": str(status)}
        return html("error.html", said, status)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return failed(request, 404, "there is no page here", "an address of the menu", "go to the Desk")
        return failed(request, error.status_code, "the desk cannot answer this")

    @app.exception_handler(HeartlineError)
    def mendable(request: Request, error: HeartlineError) -> Response:
        mended = isinstance(error, FORM_ERRORS)
        status = 404 if isinstance(error, MissingPage) else 400 if mended else 500
        if isinstance(error, AnalysisError):
            status = 409
        if status == 500:
            # Our own errors never hold customer words; the address may name a customer, so it is left out.
            log.error("%s", error)
            return broken(request, error)
        return failed(request, status, error.got, error.expected, error.next_step)

    @app.exception_handler(Exception)
    def broken(request: Request, _error: Exception) -> Response:
        answer = failed(request, 500, "the desk could not make this page", "", "see the window that serves the desk")
        # The framework answers unforeseen errors outside the guard.
        for name, value in HEADERS:
            answer.headers[name.decode()] = value.decode()
        return answer

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        return {"status": "ok", "as_of": workspace.as_of}

    @app.get("/static/tokens.css")
    def tokens() -> Response:
        return PlainTextResponse(style_sheet(), media_type="text/css", headers={"cache-control": "no-cache"})

    @app.get("/static/vega.js")
    def vega() -> Response:
        return PlainTextResponse(
            drawing.bundle(),
            media_type="text/javascript",
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

    @app.get("/customers.csv")
    def download(request: Request) -> Response:
        sql, values = customers.download_sql(dict(request.query_params))
        found = workspace.query(sql, values)
        return StreamingResponse(
            csv_lines(found),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": 'attachment; filename="customers.csv"'},
        )

    @app.get("/tables/{name}.{form}")
    def table_file(name: str, form: str) -> Response:
        return downloads.whole_table(workspace, name, form)

    @app.get("/charts/{name}.{form}")
    def chart(name: str, form: str, request: Request) -> Response:
        query = dict(request.query_params)
        found = next((made for page in PAGES for made in page.charts if made.name == name), None)
        if found is None or form not in ("json", "svg", "png"):
            raise MissingPage(f"there is no chart {name}.{form}"[:80], "a chart of a page as json, svg or png")
        theme = choice(query, "theme", THEMES, "light")
        drawn = found.rows(workspace, query)
        if form == "json":
            return Response(msgspec.json.encode(drawing.spec(name, drawn, theme)), media_type="application/json")  # type: ignore[arg-type]
        if form == "svg":
            return Response(drawing.svg(name, drawn, theme), media_type="image/svg+xml")  # type: ignore[arg-type]
        return Response(drawing.png(name, drawn, theme), media_type="image/png")  # type: ignore[arg-type]

    def of_earlier_start(request: Request) -> Response:
        return failed(
            request, 403, "this form is of an earlier start of the desk", "a form of the page as it is now",
            "go back, load the page again, and send it anew",
        )  # fmt: skip

    @app.post(FORM_PATH)
    async def correct(request: Request) -> Response:
        form = correcting.read_form(await request.body())
        if not same_token(form.token, token):
            return of_earlier_start(request)
        await run_in_threadpool(workspace.correct, form.interaction_id, form.edit, form.by, form.note)
        return RedirectResponse(form.address, 303)

    @app.post(IDENTITY_PATH)
    async def identify(request: Request) -> Response:
        said = identifying.read_form(await request.body())
        if not same_token(said.token, token):
            return of_earlier_start(request)
        await run_in_threadpool(identifying.obey, workspace, said)
        return RedirectResponse(said.address, 303)

    @app.post(DROP_PATH)
    async def decide(request: Request) -> Response:
        said = deciding.read_form(await request.body())
        if not same_token(said.token, token):
            return of_earlier_start(request)
        await run_in_threadpool(deciding.obey, workspace, said)
        return RedirectResponse(said.address, 303)

    async def care(request: Request) -> Response:
        said = caring.read_form(await request.body())
        if not same_token(said.token, token):
            return of_earlier_start(request)
        return RedirectResponse(await run_in_threadpool(caring.obey, workspace, said), 303)

    for path in CARE_PATHS:
        app.add_api_route(path, care, methods=["POST"], response_model=None)

    @app.get("/case/{case_id}")
    def case(case_id: str) -> Response:
        found = workspace.moves.cases.named(case_id)
        return RedirectResponse(card_address(found.customer_id, found.case_id), 303)

    @app.post(BRIEF_PATH)
    async def note(request: Request) -> Response:
        said = noting.read_form(await request.body())
        if not same_token(said.get("token", ""), token):
            return of_earlier_start(request)
        return RedirectResponse(await run_in_threadpool(noting.obey, workspace, said), 303)

    @app.post(ROOMS_PATH)
    async def room(request: Request) -> Response:
        said = rooming.read_form(await request.body())
        if not same_token(said.token, token):
            return of_earlier_start(request)
        return RedirectResponse(await run_in_threadpool(rooming.obey, workspace, said), 303)

    app.add_api_websocket_route("/room/{room_id}", Screens(workspace).serve)

    def brief_file(request: Request, stage: str = "") -> Response:
        form = request.url.path.rpartition(".")[2]
        full = choice(dict(request.query_params), "full", ("1",)) == "1"
        return Response(files.for_the_desk(workspace, form, full, stage), media_type=files.MEDIA[form])  # type: ignore[arg-type]

    for form in files.MEDIA:
        for path in (f"/brief.{form}", f"/brief/{{stage}}.{form}"):
            app.add_api_route(path, brief_file, methods=["GET"], response_model=None)

    carried_out.add_routes(app, workspace)
    guiding.add_routes(app, workspace, token, of_earlier_start)
    guessing.add_routes(app, workspace, token, of_earlier_start)
    for page in PAGES:
        _add(app, page, workspace, html)
    app.add_middleware(Guard, live=live)
    return app


def _add(app: FastAPI, page: Page, workspace: Door, html: Callable[..., HTMLResponse]) -> None:
    def parts(request: Request) -> Query:
        return {**request.query_params, **request.path_params}

    def shown(request: Request) -> Response:
        query = parts(request)
        context = page.build(Once(workspace), query)
        twin = request.url.path + ".json" if page.path != "/" else "/desk.json"
        if request.url.query:
            twin += "?" + request.url.query
        values = {"page": context, "title": page.title, "here": page.name, "twin": twin, "q": query.get("q", "")}
        return html(page.template, values)

    def twin(request: Request) -> Response:
        context = page.build(Once(workspace), parts(request))
        body = msgspec.json.encode({field.name: getattr(context, field.name) for field in fields(context)})
        return Response(body, media_type="application/json")

    def given(request: Request) -> Response:
        assert page.table is not None
        found, guide = page.table(Once(workspace), parts(request))
        return downloads.as_file(request.url.path.rpartition(".")[2], page.name, found, guide)

    for form in downloads.FORMS if page.table else ():
        app.add_api_route(
            f"{page.path}.{form}", given, methods=["GET"], name=f"{page.name}_{form}", response_model=None
        )
    json_path = "/desk.json" if page.path == "/" else page.path + ".json"
    app.add_api_route(json_path, twin, methods=["GET", "HEAD"], name=f"{page.name}_json", response_model=None)
    app.add_api_route(page.path, shown, methods=["GET", "HEAD"], name=page.name, response_model=None)


def csv_lines(found: pa.Table) -> Iterator[bytes]:
    """A table as CSV, a hundred thousand rows at a time."""
    for number, batch in enumerate(found.to_batches(100_000) or found.schema.empty_table().to_batches()):
        sink = io.BytesIO()
        pa_csv.write_csv(batch, sink, pa_csv.WriteOptions(include_header=number == 0))
        yield sink.getvalue()


def serve(workspace: Door, host: str, port: int, told: Callable[[str], object], live: ASGIApp | None = None) -> None:
    """Serve the desk until it is stopped; ``told`` gets its address once it is open. 0: any free port.

    SettingsError for a host that other computers can reach, or a port that another program has.
    """
    import uvicorn

    check_loopback(host)
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((name, port))
        except OSError as cause:
            raise SettingsError(
                f"port {port} of {host} cannot be opened ({(cause.strerror or 'refused').lower()})",
                "a port that no other program has",
                "end the other program, or choose another with --port",
            ) from cause
        app = create_app(workspace, live)
        shown = f"[{name}]" if family == socket.AF_INET6 else name
        told(f"http://{shown}:{opened.getsockname()[1]}/")
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, ws="websockets-sansio", ws_max_size=4 * LONGEST
        )
        uvicorn.Server(config).run(sockets=[opened])
