"""Finding out where the values of a loaded context file will come from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from damnit_ctx.codes import codes_of
from damnit_ctx.context import LoadedContext
from damnit_ctx.environment import environment
from damnit_ctx.origin import Origin
from damnit_ctx.user_files import own_modules

#: Looked up before user code, which may change what `json` has.
_encode = json.JSONEncoder(sort_keys=True).encode


def origin_of(context: LoadedContext) -> Origin:
    """To be asked for soon after the file was loaded: the modules beside it are read again."""
    modules = own_modules(context.path)
    files = {module.label: module.text for module in modules.values()}
    codes = codes_of(context, modules)
    digest = context.digest
    if files:
        digest = hashlib.sha256(_canonical({"": digest, **files})).hexdigest()
    surroundings = environment()
    return Origin(
        digest, context.text, files, codes, surroundings, hashlib.sha256(_canonical(surroundings)).hexdigest()[:32]
    )


def _canonical(value: Any) -> bytes:
    return _encode(value).encode()
