#!/usr/bin/env python3
"""Check each resource of ARM templates against the official schema of its type and apiVersion.

A type and apiVersion without a schema counts as a fault.

usage: arm_check.py SCHEMAS TEMPLATE...        SCHEMAS: the folder `schemas` of Azure/azure-resource-manager-schemas
"""
import functools
import glob
import json
import os
import sys
import warnings

import jsonschema

warnings.filterwarnings("ignore", category=DeprecationWarning)
ROOT = sys.argv[1]


@functools.lru_cache(None)
def load(path):
    with open(os.path.join(ROOT, path), encoding="utf-8-sig") as file:
        return json.load(file)


def retrieve(uri):
    return load(uri.split("/schemas/")[1].split("#")[0])


@functools.lru_cache(None)
def validator(kind, version):
    for path in glob.glob(os.path.join(ROOT, version, "*.json")):
        schema = load(os.path.relpath(path, ROOT))
        for group in ("resourceDefinitions", "extension_resourceDefinitions", "unknown_resourceDefinitions"):
            for body in schema.get(group, {}).values():
                kinds = body.get("properties", {}).get("type", {}).get("enum", [])
                if kind.lower() in (it.lower() for it in kinds):
                    base = schema.get("id", "").rstrip("#")
                    handlers = {"https": retrieve, "http": retrieve}
                    resolver = jsonschema.RefResolver(base + "#", schema, handlers=handlers)
                    return jsonschema.Draft4Validator(body, resolver=resolver)
    return None


def faults(resource):
    check = validator(resource.get("type", ""), resource.get("apiVersion", ""))
    if check is None:
        return ["no schema for that type and version"]
    return [f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in check.iter_errors(resource)]


def main():
    seen, found = 0, 0
    for path in sys.argv[2:]:
        with open(path) as file:
            resources = json.load(file)["resources"]
        seen += len(resources)
        for resource in resources:
            for fault in faults(resource):
                found += 1
                print(f"{path}: {resource.get('type')} {resource.get('apiVersion')}: {fault}")
    print(f"{seen} resources, {found} faults")
    sys.exit(1 if found or not seen else 0)


main()
