//! Azurite, which stands for a storage account of Azure's.

use std::process::Command;

use crate::setup::{Running, free_port, judges, output, repository, scratch};

/// The clients' own tests, those that are left out where there is no emulator. It takes tokens over HTTPS only.
pub(crate) fn takes_what_clients_send() {
    let (blobs, queues) = (free_port(), free_port());
    let certificates = repository().join("tusk-fn/src/provider/client/tests/certificates");
    let log = std::fs::File::create(scratch("azurite").join("log")).expect("there is a log");
    let mut azurite = Command::new(judges().join("node/node_modules/.bin/azurite"));
    azurite.args(["--inMemoryPersistence", "--disableTelemetry", "--silent", "--oauth", "basic"]);
    for (option, port) in [("--blobPort", blobs), ("--queuePort", queues), ("--tablePort", free_port())] {
        azurite.args([option, &port.to_string()]);
    }
    azurite.arg("--cert").arg(certificates.join("rsa-server.pem"));
    azurite.arg("--key").arg(certificates.join("rsa-server.key"));
    azurite.stderr(log.try_clone().expect("a handle")).stdout(log);
    // It opens the port of the queues last of these two.
    let _azurite = Running::start(azurite, queues);

    // The certificate is for that name.
    let [queues, blobs] = [queues, blobs].map(|port| format!("https://localhost:{port}/devstoreaccount1"));
    let mut tests = Command::new(env!("CARGO"));
    tests.current_dir(repository()).env("SSL_CERT_FILE", certificates.join("rsa-authority.pem"));
    tests.env("TUSK_FN_TEST_AZURITE", format!("{queues} {blobs}"));
    tests.args(["test", "--quiet", "-p", "tusk-fn", "--lib", "--all-features", "azure::client::tests::emulator"]);
    let printed = output(tests);
    assert!(printed.contains("test result: ok.") && !printed.contains(" 0 passed"), "{printed}");
}
