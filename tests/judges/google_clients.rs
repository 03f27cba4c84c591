//! Google's own messages, which decide whether what the clients of Google's services send and read is as their interfaces
//! have it.

use std::process::Command;

use crate::setup::{Running, free_port, output, repository, scratch, script};

/// The clients' own tests, those that are left out where there is no emulator.
pub(crate) fn takes_what_clients_send() {
    let port = free_port();
    let log = std::fs::File::create(scratch("google-services").join("log")).expect("there is a log");
    let mut services = script("google_services.py");
    services.arg(port.to_string()).stderr(log.try_clone().expect("a handle")).stdout(log);
    let _services = Running::start(services, port);
    let host = format!("127.0.0.1:{port}");
    let mut tests = Command::new(env!("CARGO"));
    tests.current_dir(repository());
    for variable in [
        "PUBSUB_EMULATOR_HOST",
        "FIRESTORE_EMULATOR_HOST",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_EVENTARCPUBLISHING",
    ] {
        tests.env(variable, &host);
    }
    tests.args(["test", "--quiet", "-p", "tusk-fn", "--lib", "--all-features", "google::client::tests::emulator"]);
    let printed = output(tests);
    assert!(printed.contains("test result: ok. 4 passed"), "{printed}");
}
