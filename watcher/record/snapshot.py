"""A record as we saw it: its exact bytes, and two digests that tell whether it moved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
import orjson

from watcher.errors import MalformedRecord

if TYPE_CHECKING:
    from datetime import datetime

NCT_ID = re.compile(r"NCT[0-9]{8}")

# What the registry computes and re-computes for every record, with no meaning for its readers (law 3).
MASK: tuple[tuple[str, ...], ...] = (
    ("derivedSection", "miscInfoModule", "versionHolder"),
    ("derivedSection", "miscInfoModule", "modelPredictions"),
    ("derivedSection", "conditionBrowseModule"),
    ("derivedSection", "interventionBrowseModule"),
)

# Real records nest 12 deep; a bomb of brackets would exhaust the stack of everything that walks it.
MAX_DEPTH = 60
_DEEP = f"nested deeper than {MAX_DEPTH} levels"

# Inside a JSON string the quotes are escaped, so this can only be the key itself.
_HOLDER_KEY = b'"versionHolder"'
_VERSION_HOLDER = re.compile(rb'"versionHolder"\s*:\s*"(\d{4}-\d\d-\d\d)"')
# How every record of the registry begins.
_BEGINNING = re.compile(
    rb'\s*\{\s*"protocolSection"\s*:\s*\{\s*"identificationModule"\s*:\s*\{\s*"nctId"\s*:\s*"(NCT[0-9]{8})"'
)


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: str
    nct_id_aliases: list[str] = []


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification


class _Misc(msgspec.Struct, rename="camel"):
    version_holder: str = ""


class _Derived(msgspec.Struct, rename="camel"):
    misc_info_module: _Misc = msgspec.field(default_factory=_Misc)


class _Head(msgspec.Struct, rename="camel"):
    """The few fields that are read without parsing the rest."""

    protocol_section: _Protocol
    derived_section: _Derived = msgspec.field(default_factory=_Derived)


_head_of = msgspec.json.Decoder(_Head)


@dataclass(frozen=True)
class Snapshot:
    """One record at one moment. `raw` is what the registry sent; equal `raw_digest` implies equal `content_digest`.

    `data_version` is the registry's own versionHolder (a day, "" where absent): a smaller one is an older copy.
    """

    nct_id: str
    seen_at: datetime
    raw: bytes
    data_version: str = ""
    aliases: tuple[str, ...] = ()

    @cached_property
    def raw_digest(self) -> str:
        """The quick gate: digest of the bytes without versionHolder."""
        # A single mention that says what the head says is the head's own; one elsewhere would be content.
        holder = _only_holder(self.raw)
        own = holder is not None and holder[1] == self.data_version.encode()
        return _digest_without(self.raw, holder if own else None)

    @cached_property
    def content_digest(self) -> str:
        """The truth: digest of the canonical content under the whole mask."""
        return _digest(orjson.dumps(self.content, option=orjson.OPT_SORT_KEYS))

    @cached_property
    def record(self) -> dict[str, Any]:
        """The whole record, parsed on first use; MalformedRecord where that cannot be done safely."""
        try:
            parsed: dict[str, Any] = orjson.loads(self.raw)
        except orjson.JSONDecodeError as error:
            raise MalformedRecord("not valid JSON") from error
        _require_shallow(parsed)
        return parsed

    @cached_property
    def content(self) -> dict[str, Any]:
        """The record without what the mask hides (shares its values with `record`: read only)."""
        return masked(self.record)


def snapshot_of(record: bytes | dict[str, Any], *, seen_at: datetime) -> Snapshot:
    """The snapshot of one record, as JSON bytes or already parsed; only its head is read here.

    Raises MalformedRecord, with the reason, for what is not a registry record.
    """
    raw = _written(record) if isinstance(record, dict) else bytes(record)
    try:
        head = _head_of.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedRecord("not a registry record") from error
    identification = head.protocol_section.identification_module
    if not NCT_ID.fullmatch(identification.nct_id):
        raise MalformedRecord(f"its nctId {identification.nct_id[:40]!r} is not an NCT number")
    return Snapshot(
        identification.nct_id,
        seen_at,
        raw,
        head.derived_section.misc_info_module.version_holder,
        tuple(identification.nct_id_aliases),
    )


@dataclass(frozen=True, slots=True)
class Glance:
    """What the bytes of a record tell without being parsed: whose it is, and its raw digest."""

    nct_id: str
    raw_digest: str


def glance(raw: bytes) -> Glance | None:
    """The quick gate of a whole page; None where the bytes begin otherwise than the registry's: parse the head then.

    A record whose stamp stands at an odd place gets another digest here than from its Snapshot, never an equal one
    with other content: it looks as if it had moved, and is read.
    """
    begins = _BEGINNING.match(raw)
    return Glance(begins[1].decode(), _digest_without(raw, _only_holder(raw))) if begins else None


def _only_holder(raw: bytes) -> re.Match[bytes] | None:
    """The stamp, where it is mentioned once and looks as the registry writes it."""
    at = raw.find(_HOLDER_KEY)
    if at < 0 or raw.find(_HOLDER_KEY, at + 1) >= 0:
        return None
    return _VERSION_HOLDER.match(raw, at)


def _digest_without(raw: bytes, holder: re.Match[bytes] | None) -> str:
    """The digest of the bytes without the stamp, which are not copied for it."""
    if holder is None:
        return _digest(raw)
    view, digest = memoryview(raw), blake2b(digest_size=16)
    digest.update(view[: holder.start()])
    digest.update(view[holder.end() :])
    return digest.hexdigest()


def _written(record: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(record)
    except orjson.JSONEncodeError as error:
        raise MalformedRecord("not representable as JSON") from error


def masked(record: dict[str, Any]) -> dict[str, Any]:
    """A copy of `record` without the masked paths; unmasked branches are shared, not copied."""
    for path in MASK:
        record = _without(record, path)
    return record


def _without(node: Any, path: tuple[str, ...]) -> Any:
    key, *rest = path
    if not isinstance(node, dict) or key not in node:
        return node
    if not rest:
        return {name: value for name, value in node.items() if name != key}
    return {**node, key: _without(node[key], tuple(rest))}


def _require_shallow(record: Any) -> None:
    try:
        written = orjson.dumps(record, option=orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError as error:
        raise MalformedRecord(_DEEP) from error
    # The writer indents each level by two blanks, and a line break inside a text is written as \n: no text looks so.
    if b"\n" + b"  " * (MAX_DEPTH + 1) in written:
        raise MalformedRecord(_DEEP)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
