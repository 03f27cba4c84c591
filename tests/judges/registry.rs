//! A registry: that of the CNCF, as Debian packages it.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::setup::{self, Running, free_port, scratch};

/// A registry of a test's own, with nothing in it.
pub(crate) struct Registry {
    address: String,
    folder: PathBuf,
    _process: Running,
}

impl Registry {
    /// Starts one, for everybody or for one user.
    pub(crate) fn start(name: &str, user: Option<(&str, &str)>) -> Self {
        Self::on("127.0.0.1", name, user, false)
    }

    /// Starts one that speaks TLS. Its address is this machine on Linux, without being one that is spoken to without TLS.
    pub(crate) fn start_with_tls(name: &str) -> Self {
        Self::on("0.0.0.0", name, None, true)
    }

    fn on(host: &str, name: &str, user: Option<(&str, &str)>, tls: bool) -> Self {
        let (folder, port) = (scratch(name), free_port());
        let address = format!("{host}:{port}");
        let mut configuration = json!({
            "version": 0.1,
            "log": {"level": "error", "accesslog": {"disabled": true}},
            "storage": {"filesystem": {"rootdirectory": folder.join("storage")}},
            "http": {"addr": address, "secret": "of a test"},
        });
        if let Some((user, password)) = user {
            let file = folder.join("users");
            let mut htpasswd = Command::new("htpasswd");
            let line = setup::output({
                htpasswd.args(["-Bbn", user, password]);
                htpasswd
            });
            std::fs::write(&file, line).expect("a file");
            configuration["auth"] = json!({"htpasswd": {"realm": "a test", "path": file}});
        }
        if tls {
            let (certificate, key) = (folder.join("authority.pem"), folder.join("key.pem"));
            let mut openssl = Command::new("openssl");
            openssl.args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ]);
            openssl.args(["-subj", "/CN=a test", "-addext", &format!("subjectAltName=IP:{host}")]);
            // One for both would be refused: an authority's certificate is no server's.
            openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
            openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
            setup::succeed(openssl);
            configuration["http"]["tls"] = json!({"certificate": certificate, "key": key});
        }
        // YAML, of which JSON is a part.
        let file = folder.join("config.yml");
        std::fs::write(&file, configuration.to_string()).expect("a file");
        let log = std::fs::File::create(folder.join("log")).expect("there is a log");
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(file).env("OTEL_TRACES_EXPORTER", "none");
        command.stderr(log.try_clone().expect("a handle")).stdout(log);
        Self { address, folder, _process: Running::start(command, port) }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An image of it.
    pub(crate) fn reference(&self, tag: &str) -> String {
        format!("{}/team/users:{tag}", self.address)
    }

    /// A file with whom it is trusted by.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }
}
