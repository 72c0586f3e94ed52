#!/usr/bin/env python3
"""Writes crates/asl/data/operations.zip from the API models of botocore: what a Task may call through `aws-sdk`.

    python3 -m venv v && v/bin/pip install botocore==1.44.8 && v/bin/python scripts/sdk-operations.py

A file a service, under the name that `aws-sdk` gives it; a line an operation: its name and its parameters, `!` behind one
that must be given. The same models give the same bytes.
"""

import pathlib
import re
import zipfile

import botocore.loaders

DATA = pathlib.Path(__file__).resolve().parent.parent / "crates/asl/data"
# What the SDK fills in by itself.
FILLED = {"glacier": {"accountId"}}


def service_name(model, known):
    """The name of the SDK for Java 2: the service id in small letters, without a `Service` at its end."""
    name = re.sub(r"[^a-z0-9]", "", model["metadata"].get("serviceId", "").lower())
    return name if name in known else name.removesuffix("service")


def operation(name, operation, shapes, filled):
    shape = shapes[operation["input"]["shape"]] if "input" in operation else {}
    required = set(shape.get("required", [])) - filled
    words = [name]
    for member, reference in shape.get("members", {}).items():
        # The SDK makes up a token of idempotency.
        must = member in required and not reference.get("idempotencyToken")
        words.append(member + "!" * must)
    return " ".join(words)


def main():
    known = set((DATA / "sdk-services.txt").read_text().split())
    loader = botocore.loaders.Loader()
    services = {}
    for name in loader.list_available_services("service-2"):
        model = loader.load_service_model(name, "service-2")
        service = service_name(model, known)
        if service in known:
            filled = FILLED.get(service, set())
            lines = services.setdefault(service, set())
            lines.update(operation(n, o, model["shapes"], filled) for n, o in model["operations"].items())
    with zipfile.ZipFile(DATA / "operations.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for service in sorted(services):
            entry = zipfile.ZipInfo(service, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, "\n".join(sorted(services[service])) + "\n")
    print(len(services), "services; without a model:", sorted(known - set(services)) or "none")


if __name__ == "__main__":
    main()
