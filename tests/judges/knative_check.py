#!/usr/bin/env python3
"""Check manifests against the CRDs' own schemas, refusing unknown fields as the API server does in strict mode.

usage: knative_check.py CRDS FILE...        CRDS: the folder of the CRDs of knative/serving and knative/eventing
"""
import glob
import os
import sys

import jsonschema
import yaml


def strict(schema):
    if not isinstance(schema, dict):
        return schema
    schema = dict(schema)
    if schema.get("x-kubernetes-int-or-string"):
        schema.pop("type", None)
        schema["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if "properties" in schema:
        schema["properties"] = {key: strict(value) for key, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields") and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = strict(schema[key])
    if schema.get("nullable"):
        schema["type"] = [schema["type"], "null"]
    return schema


def load(crds):
    kinds = {}
    for path in glob.glob(os.path.join(crds, "*.yaml")):
        with open(path) as file:
            for document in yaml.safe_load_all(file):
                if not document or document.get("kind") != "CustomResourceDefinition":
                    continue
                spec = document["spec"]
                for version in spec["versions"]:
                    kinds[(f"{spec['group']}/{version['name']}", spec["names"]["kind"])] = version["schema"]["openAPIV3Schema"]
    return kinds


def check(kinds, document):
    schema = kinds.get((document.get("apiVersion"), document.get("kind")))
    if schema is None:
        return [f"no CRD for {document.get('apiVersion')} {document.get('kind')}"]
    schema = strict(schema)
    schema["properties"].update(apiVersion={"type": "string"}, kind={"type": "string"}, metadata={"type": "object"})
    return ["/".join(map(str, e.path)) + ": " + e.message[:200] for e in jsonschema.Draft7Validator(schema).iter_errors(document)]


def main():
    kinds, faults, seen = load(sys.argv[1]), 0, 0
    for path in sys.argv[2:]:
        with open(path) as file:
            for document in yaml.safe_load_all(file):
                if not document:
                    continue
                seen += 1
                for fault in check(kinds, document):
                    faults += 1
                    print(f"{path}: {document.get('kind')}: {fault}")
    print(f"{seen} documents, {faults} faults")
    sys.exit(1 if faults or not seen else 0)


main()
