"""The hub's HTTP API: a plain list, paths that end in a slash, and one writable flag."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from state_hub.store import Row, Store

SLUG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


class Repo(BaseModel):
    """A repository of the roster."""

    slug: Annotated[str, Field(pattern=SLUG_PATTERN, description="The repository's name in all results.")]
    domain: str | None = Field(description="Resolvers can select by domain.")
    host_paths: dict[str, str] = Field(description="The absolute path of the checkout on each host.")
    local_path: str | None = Field(description="The absolute path on hosts that are not listed.")
    kaizen_schedule_enabled: bool | None = Field(
        description="false disables all agents of this repository. null and true have no effect."
    )


class Flag(BaseModel):
    """The writable field of a repository."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kaizen_schedule_enabled: bool | None


class Problem(BaseModel):
    """The reason for an error."""

    detail: str


def make_app(store: Store) -> FastAPI:
    """Return the application for a store."""
    app = FastAPI(title="State Hub, reference", version="2", redirect_slashes=False)

    @app.get("/repos/", summary="The complete roster")
    def repos(
        domain: Annotated[str | None, Query(description="Only repositories of this domain.")] = None,
        kaizen_schedule_enabled: Annotated[
            bool | None,
            Query(
                description="true: only repositories whose flag is not false. false: only those whose flag is false."
            ),
        ] = None,
    ) -> list[Repo]:
        return [_repo(row) for row in store.rows(domain=domain, enabled=kaizen_schedule_enabled)]

    @app.patch(
        "/repos/{slug}/",
        summary="Set or clear the flag of a repository",
        responses={404: {"model": Problem, "description": "No repository has this slug."}},
    )
    def patch(slug: Annotated[str, Path(pattern=SLUG_PATTERN)], flag: Flag) -> Repo:
        row = store.set_flag(slug, flag.kaizen_schedule_enabled)
        if row is None:
            raise HTTPException(status_code=404, detail=f"no repository has the slug {slug}")
        return _repo(row)

    return app


def _repo(row: Row) -> Repo:
    return Repo.model_validate(asdict(row))
