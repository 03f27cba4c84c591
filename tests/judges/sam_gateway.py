#!/usr/bin/env python3
"""Serve a SAM template's HTTP API without docker.

SAM CLI's own template parser, router, event builder and response parser are used unchanged; only its container runner is
replaced, by one real aws-lambda-rie per function with that function's environment from the template.

usage: sam_gateway.py TEMPLATE BINARY PORT
"""
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import samcli.local.rapid
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samcli.local.apigw.local_apigw_service import LocalApigwService

RIE = os.path.join(list(samcli.local.rapid.__path__)[0], "aws-lambda-rie-x86_64")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    """Until something listens; ten seconds at most."""
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


class RieRunner:
    """Stands where SAM expects its docker runner."""

    def __init__(self, stacks, binary):
        self.functions = SamFunctionProvider(stacks)
        self.binary = binary
        self.running = {}

    def is_debugging(self):
        return False

    def start(self, name):
        function = self.functions.get(name)
        port, runtime_api = free_port(), free_port()
        variables = (function.environment or {}).get("Variables") or {}
        env = {
            **os.environ,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory or 128),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout or 3),
            **{key: str(value) for key, value in variables.items()},
        }
        process = subprocess.Popen(
            [RIE, "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
             "--runtime-api-address", f"127.0.0.1:{runtime_api}", self.binary],
            env=env, stdout=sys.stderr, stderr=sys.stderr)
        wait_for(port)
        self.running[name] = (process, port)

    def invoke(self, name, event, stdout=None, **_):
        if name not in self.running:
            self.start(name)
        url = f"http://127.0.0.1:{self.running[name][1]}/2015-03-31/functions/function/invocations"
        reply = urllib.request.urlopen(urllib.request.Request(url, data=event.encode(), method="POST")).read()
        stdout.write_str(reply.decode()) if hasattr(stdout, "write_str") else stdout.write_bytes(reply)

    def stop(self):
        for process, _ in self.running.values():
            process.terminate()


def main():
    template, binary, port = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
    stacks, _ = SamLocalStackProvider.get_stacks(template)
    api = ApiProvider(stacks, cwd=os.path.dirname(os.path.abspath(template))).api
    for route in api.routes:
        print("route", route.function_name, route.methods, route.path, route.event_type, flush=True)
    runner = RieRunner(stacks, binary)
    service = LocalApigwService(api, runner, port=port, host="127.0.0.1", stderr=None)
    service.create()
    # So that the emulators are stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        service.run()
    finally:
        runner.stop()


main()
