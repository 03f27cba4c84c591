//! AWS's Runtime Interface Emulator, which comes with SAM's command line.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::setup::{Running, free_port, judges, scratch};

/// An emulator that runs a binary.
pub(crate) struct Emulator {
    port: u16,
    log: PathBuf,
    process: Option<Running>,
}

impl Emulator {
    /// Starts one; `name` tells the scratch folders of tests apart.
    pub(crate) fn start(binary: &Path, variables: &[(&str, &str)], name: &str) -> Self {
        let (port, runtime_api) = (free_port(), free_port());
        let folder = scratch(name);
        let log = folder.join("log");
        let file = File::create(&log).expect("there is a log");
        let mut command = Command::new(judges().join("aws-lambda-rie"));
        command
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{runtime_api}")])
            .arg(binary)
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "30")
            .env("TUSK_FN_PROVIDER", "aws")
            .env("USERS_FILE", folder.join("users.json"))
            .envs(variables.iter().copied())
            .stdout(file.try_clone().expect("a handle"))
            .stderr(file);
        Self { port, log, process: Some(Running::start(command, port)) }
    }

    /// Invokes the function, and gives its answer or error.
    pub(crate) fn invoke(&self, event: &Value) -> Value {
        let path = "/2015-03-31/functions/function/invocations";
        let (_, body) = crate::http::call(self.port, "POST", path, Some(&event.to_string()));
        serde_json::from_str(&body).unwrap_or_else(|_| panic!("no JSON: {body:?}"))
    }

    /// Ends it; gives what the function has logged.
    pub(crate) fn stop(mut self) -> String {
        self.process = None;
        self.log()
    }

    /// What the function has logged so far. The emulator writes it down some time after the answer.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Emulator {
    /// A test that fails shows what was logged.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}:\n{}", self.log.display(), self.log());
        }
    }
}

/// An event of an HTTP API.
pub(crate) fn http_event(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": "",
        "headers": {"host": "x.execute-api.eu-central-1.amazonaws.com"}, "isBase64Encoded": false,
        "requestContext": {"stage": "$default", "domainName": "x.execute-api.eu-central-1.amazonaws.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}}
    })
}
