"""`providers.toml`: the shipped profiles as a person changes them; the README documents it.

One table a provider, in it one table a kind of task. Whoever changed something meant it: a table
with a mistake is used in no part, and its provider is not spoken to until it is put right.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.providers import (
    Capabilities,
    ProviderProfile,
    Route,
    Sources,
    TaskKind,
)
from kling_desktop.kling import provider_values as read
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.values import dict_of
from kling_desktop.text import t

_LARGEST_FILE_BYTES = 256 * 1024
_CHANGEABLE = tuple(id for id, profile in PROFILES.items() if not profile.is_free)
_PROFILE_KEYS: read.Readers = {
    "title": ("title", read.text),
    "base_url": ("base_url", read.address),
    "costs_path": ("costs_path", read.path_or_none),
    "uniqueness": ("uniqueness", read.evidence),
    "lookup_by_external_id": ("lookup_by_external_id", read.evidence),
    "retention_days": ("retention_days", read.count(1, 3650)),
}
_ROUTE_KEYS: read.Readers = {
    "create_path": ("create_path", read.path),
    "query_path": ("query_path", read.query_path),
    "query_alternates": ("query_alternates", read.query_paths),
    "list_path": ("list_path", read.path_or_none),
    "field_names": ("field_names", read.field_names),
}
_CAPABILITY_KEYS: read.Readers = {
    "models": ("models", read.texts),
    "default_model": ("default_model", read.text),
    "fields": ("optional_fields", read.optional_fields),
    "required": ("required_fields", read.required_fields),
    "fewest_images": ("fewest_images", read.count(1, 4)),
    "most_images": ("most_images", read.count(1, 4)),
    "aspect_ratios": ("aspect_ratios", read.ratios),
    "default_aspect_ratio": ("default_aspect_ratio", read.ratio),
    "most_results": ("most_results", read.count(1, 9)),
    "prompt_limit": ("prompt_limit", read.count(1, 100_000)),
    "modes": ("modes", read.texts),
    "durations_s": ("durations_s", read.durations),
    "weight": ("weight", read.weight),
    "picture_formats": ("limits.formats", read.formats),
    "picture_megabytes": ("limits.size_bytes", read.megabytes),
    "picture_side_px": ("limits.side_px", read.count(1, 10_000)),
    "picture_widest": ("limits.widest", read.widest),
}


@dataclass(frozen=True, slots=True)
class LoadedProfiles:
    """Every provider, and what is wrong with those that may not be spoken to, by their ids."""

    profiles: Mapping[str, ProviderProfile]
    broken: Mapping[str, ErrorRecord]

    @property
    def problems(self) -> tuple[ErrorRecord, ...]:
        """Each mistake once."""
        return tuple(dict.fromkeys(self.broken.values()))


def load_profiles(path: Path) -> LoadedProfiles:
    """The shipped profiles with what the file changes. Without a file, as they are shipped.

    Never raises. A file that cannot be read breaks every provider but the sandbox, since nobody
    knows which of them it was to change.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE_BYTES).decode()
        tables = tomllib.loads(text)
    except FileNotFoundError:
        return LoadedProfiles(PROFILES, {})
    except (OSError, ValueError, RecursionError) as problem:
        broken = _unreadable(path, problem)
        return LoadedProfiles(PROFILES, dict.fromkeys(_CHANGEABLE, broken))
    return _changed(path, tables)


def _changed(path: Path, tables: Mapping[str, Any]) -> LoadedProfiles:
    profiles, broken = dict(PROFILES), dict[str, ErrorRecord]()
    for id, table in tables.items():
        if id not in _CHANGEABLE:
            words = t("[{name}] is none of {able}.", name=id, able=", ".join(_CHANGEABLE))
            broken |= dict.fromkeys(_CHANGEABLE, _wrong(path, [words]))
            continue
        problems: list[str] = []
        changed = _profile(PROFILES[id], table, problems)
        if problems:
            broken[id] = _wrong(path, problems)
        else:
            profiles[id] = changed
    return LoadedProfiles(MappingProxyType(profiles), MappingProxyType(broken))


def _profile(profile: ProviderProfile, given: object, problems: list[str]) -> ProviderProfile:
    table = dict(dict_of(given))
    if not isinstance(given, dict):
        problems.append(t("{name} is not a table.", name=profile.id))
    if profile.home_url is None and "like" in table:
        profile = _copy(profile, table.pop("like"), problems)
    if "region" in table:
        profile = _in_region(profile, table.pop("region"), problems)
    routes = dict(profile.routes)
    for kind in TaskKind:
        if kind.value in table:
            where = f"{profile.id}.{kind.value}"
            route = _route(where, kind, routes.pop(kind, None), table.pop(kind.value), problems)
            if route is not None:
                routes[kind] = route
    if not routes:
        problems.append(t("[{name}] offers nothing.", name=profile.id))
    found = read.all_of(profile.id, table, _PROFILE_KEYS, problems)
    sources = _changed_sources(profile.sources, found)
    return replace(profile, routes=routes, sources=sources, **found)


def _copy(profile: ProviderProfile, like: object, problems: list[str]) -> ProviderProfile:
    """A server of one's own that speaks as `like` does; its name, key and address stay its own."""
    model = PROFILES.get(like) if isinstance(like, str) else None
    if model is None:
        problems.append(t("{key} is none of {able}.", key="like", able=", ".join(PROFILES)))
        return profile
    return replace(
        profile,
        routes=model.routes,
        costs_path=model.costs_path,
        retention_days=model.retention_days,
        key_variables=dict.fromkeys(model.key_variables, ()) | dict(profile.key_variables),
        sources={"routes": f"a copy of {model.id}'s"},
    )


def _in_region(profile: ProviderProfile, name: object, problems: list[str]) -> ProviderProfile:
    for region in profile.regions:
        if region.id == name:
            return replace(profile, base_url=region.base_url)
    able = ", ".join(region.id for region in profile.regions) or "–"
    problems.append(t("{key} is none of {able}.", key=f"{profile.id}.region", able=able))
    return profile


def _route(
    where: str, kind: TaskKind, route: Route | None, given: object, problems: list[str]
) -> Route | None:
    """The route as changed; None where it is switched off, or cannot be made."""
    table = dict(dict_of(given))
    if table.pop("offered", True) is False:
        return None
    if "like" in table:
        model = PROFILES.get(str(table.pop("like")))
        route = model.routes.get(kind) if model else None
    if route is None:
        problems.append(t("[{name}] needs “like”, a provider that offers it.", name=where))
        return None
    can = {key: table.pop(key) for key in list(table) if key in _CAPABILITY_KEYS}
    found = read.all_of(where, table, _ROUTE_KEYS, problems)
    changed = replace(route, sources=_changed_sources(route.sources, found), **found)
    return replace(changed, capabilities=_capabilities(where, route.capabilities, can, problems))


def _capabilities(
    where: str, can: Capabilities, table: Mapping[str, Any], problems: list[str]
) -> Capabilities:
    found = read.all_of(where, table, _CAPABILITY_KEYS, problems)
    prefix = "limits."
    limits = {name: found.pop(name) for name in list(found) if name.startswith(prefix)}
    if limits:
        bare = {name.removeprefix(prefix): value for name, value in limits.items()}
        found["limits"] = replace(can.limits, **bare)
    changed = replace(can, sources=_changed_sources(can.sources, found), **found)
    if changed.models and changed.default_model not in changed.models:
        if "default_model" in found:
            problems.append(t("{key} is none of its models.", key=f"{where}.default_model"))
        changed = replace(changed, default_model=changed.models[0])
    if changed.aspect_ratios and changed.default_aspect_ratio not in changed.aspect_ratios:
        changed = replace(changed, default_aspect_ratio=changed.aspect_ratios[0])
    if changed.fewest_images > changed.most_images:
        problems.append(t("{key} is above most_images.", key=f"{where}.fewest_images"))
    return changed


def _changed_sources(sources: Sources, found: Mapping[str, Any]) -> Sources:
    return MappingProxyType(dict(sources) | dict.fromkeys(found, "providers.toml"))


def _wrong(path: Path, problems: list[str]) -> ErrorRecord:
    title = t("{file} has a mistake", file=path.name)
    return ErrorRecord(title, f"{' '.join(problems)} {_not_sent()}", Remedy.FIX_SETTINGS)


def _unreadable(path: Path, problem: Exception) -> ErrorRecord:
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    title = t("{file} cannot be read", file=path.name)
    return ErrorRecord(
        title, f"{reason or type(problem).__name__}. {_not_sent()}", Remedy.FIX_SETTINGS
    )


def _not_sent() -> str:
    return t("Until it is put right nothing is sent to the providers concerned.")
