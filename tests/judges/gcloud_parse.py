#!/usr/bin/env python3
"""Let gcloud's own parser read command lines; nothing is called.

usage: gcloud_parse.py SDK_ROOT CALLS        CALLS: a command a line, its words parted by U+001F
"""
import os
import sys

root, calls = sys.argv[1:]
sys.path[:0] = [os.path.join(root, "lib"), os.path.join(root, "lib", "third_party")]

from googlecloudsdk import gcloud_main  # noqa: E402

# The service that a deployment replaces is read by the parser; the script has removed its file again.
SERVICE = os.path.join(os.path.dirname(os.path.abspath(calls)), "service.yaml")
with open(SERVICE, "w") as file:
    file.write("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: service\n")

parser = gcloud_main.CreateCLI([])._CLI__parser
with open(calls) as file:
    lines = sorted(set(file.read().splitlines()))
faults = seen = 0
for line in lines:
    words = line.split("\x1f")
    if words[0] == "curl":
        continue
    if "replace" in words:
        words[words.index("replace") + 1] = SERVICE
    seen += 1
    try:
        parser.parse_args(words)
    except SystemExit:
        faults += 1
        print("gcloud " + " ".join(words))
print(f"{seen} commands, {faults} faults")
sys.exit(1 if faults or not seen else 0)
