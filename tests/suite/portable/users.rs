//! The example `users` on each provider, as its platform starts and calls it.

use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::json;

use crate::support::{Connection, Program, Starter, built, program, until};

/// The functions that answer requests.
pub(super) const REQUESTS: &str = "create-user,get-user,health,list-users";
/// The one that a schedule runs.
pub(super) const TIMER: &str = "clean-up";

/// A provider, as the program sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Provider {
    Local,
    Azure,
    Google,
    Knative,
}

pub(super) const ALL: [Provider; 4] = [Provider::Local, Provider::Azure, Provider::Google, Provider::Knative];

/// The program on a provider, with what its service there has.
pub(super) struct Deployed {
    provider: Provider,
    program: Program,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Deployed {
    pub(super) fn start(provider: Provider, functions: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let path = built(&["users"]).join("users");
        let users: Starter = program(path.to_str().unwrap()).env("USERS_FILE", folder.path().join("users.json"));
        // Found out from what the platform itself sets.
        let users = match provider {
            Provider::Local => users.env("TUSK_FN_PROVIDER", "local").env("PORT", &port),
            Provider::Azure => users.env("FUNCTIONS_CUSTOMHANDLER_PORT", &port),
            Provider::Google => users.env("PORT", &port).env("K_SERVICE", "users").env("GOOGLE_CLOUD_PROJECT", "shop"),
            Provider::Knative => users.env("PORT", &port).env("K_SERVICE", "users").env("K_REVISION", "users-1"),
        };
        // Locally and on Azure, who may call is decided for each function: one process has them all.
        let users = match provider {
            Provider::Local => users.env("TUSK_FN_ADMIN_PORT", "0"),
            Provider::Azure => users,
            Provider::Google | Provider::Knative => users.env("TUSK_FN", functions),
        };
        let program = if provider == Provider::Local { users.serve() } else { users.start() };
        let address = SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
        until("the program listens", || TcpStream::connect(address).ok());
        Self { provider, program, address, _folder: folder }
    }

    /// A client's request.
    pub(super) fn call(&self, method: &str, path: &str, body: Option<&str>) -> (u16, String) {
        let path = if self.provider == Provider::Azure { format!("/api{path}") } else { path.to_owned() };
        let host = self.address.to_string();
        let mut headers = vec![("host", &*host)];
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let response = self.request(method, &path, &headers, body.unwrap_or_default());
        (response.0, response.1)
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let response = Connection::to(self.address).request(method, path, headers, body.as_bytes());
        (response.status, response.text().to_owned())
    }

    /// Lets the timer fire, as the platform's scheduler does; whether it is told that all went well.
    pub(super) fn fire(&self) -> bool {
        let host = self.address.to_string();
        let json = ("content-type", "application/json");
        let (status, _) = match self.provider {
            Provider::Local => {
                let answer = self.program.admin("POST", &format!("/functions/{TIMER}/invoke"), "");
                (answer.status, String::new())
            }
            Provider::Azure => {
                let timer = json!({"Schedule": {"AdjustForDST": true}, "ScheduleStatus": null, "IsPastDue": false});
                let body = json!({"Data": {"timer": timer}, "Metadata": {"sys": {}}}).to_string();
                self.request("POST", &format!("/{TIMER}"), &[("host", &host), json], &body)
            }
            Provider::Google => {
                let headers = [
                    ("user-agent", "Google-Cloud-Scheduler"),
                    ("x-cloudscheduler", "true"),
                    ("x-cloudscheduler-jobname", TIMER),
                    ("x-cloudscheduler-scheduletime", "2026-01-31T04:05:00-08:00"),
                ];
                self.request("POST", &format!("/{TIMER}"), &headers, "")
            }
            Provider::Knative => {
                let headers = [
                    ("ce-specversion", "1.0"),
                    ("ce-id", "83a33220"),
                    ("ce-source", "/apis/v1/namespaces/shop/pingsources/clean-up"),
                    ("ce-type", "dev.knative.sources.ping"),
                    ("ce-time", "2026-01-31T12:05:00.271Z"),
                ];
                self.request("POST", &format!("/{TIMER}"), &headers, "")
            }
        };
        (200..300).contains(&status)
    }
}
