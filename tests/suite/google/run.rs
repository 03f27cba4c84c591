//! Cloud Run: services whose containers are processes, behind a front end that admits whom the invoker's role is granted
//! ("Container runtime contract", "Authentication overview").

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Google;
use super::deployment::Target;
use crate::container::listening;
use crate::support::{Connection, Program, Response, program};

/// A service, with one instance.
pub(crate) struct Service {
    pub(crate) name: String,
    /// What the manifest says of the container's environment.
    pub(crate) environment: Vec<(String, String)>,
    /// Who has the invoker's role.
    invokers: Vec<String>,
    audiences: Vec<String>,
    binary: PathBuf,
    emulators: Vec<(&'static str, String)>,
    instance: Instance,
    /// What earlier instances logged.
    past: String,
}

struct Instance {
    program: Program,
    address: std::net::SocketAddr,
}

impl Service {
    /// Starts a service that was deployed, with the program that is in its image.
    pub(crate) fn start(service: &Value, binary: PathBuf, google: &Google) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
        let name = text(&service["metadata"]["name"]);
        let template = &service["spec"]["template"]["spec"];
        let container = &template["containers"][0];
        let variable = |variable: &Value| (text(&variable["name"]), text(&variable["value"]));
        let environment: Vec<_> = container["env"].as_array().unwrap().iter().map(variable).collect();
        let annotations = &service["metadata"]["annotations"];
        let audiences = annotations["run.googleapis.com/custom-audiences"].as_str().unwrap_or("[]");
        let emulators = google.variables(Some(&text(&template["serviceAccountName"]))).to_vec();
        Self {
            invokers: google.services().grants.members("roles/run.invoker", "run services", &name),
            audiences: serde_json::from_str(audiences).unwrap(),
            instance: Instance::start(&binary, &name, &environment, &emulators),
            name,
            environment,
            binary,
            emulators,
            past: String::new(),
        }
    }

    /// A variable of its environment.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.as_str())
    }

    /// Replaces the instance.
    pub(crate) fn replace(&mut self) {
        self.past += &self.instance.program.stop();
        self.instance = Instance::start(&self.binary, &self.name, &self.environment, &self.emulators);
    }

    /// What all instances logged.
    pub(crate) fn log(&self) -> String {
        format!("{}{}", self.past, self.instance.program.log())
    }

    /// Whether everybody may call it.
    pub(crate) fn is_public(&self) -> bool {
        self.invokers.iter().any(|member| member == "allUsers")
    }

    fn url(&self) -> String {
        format!("https://{}.example.run.app", self.name)
    }

    /// The path and query of a URL, if it is one of this service.
    pub(crate) fn path_of<'a>(&self, url: &'a str) -> Option<&'a str> {
        url.strip_prefix(&self.url()).filter(|path| path.starts_with('/'))
    }

    /// A request of somebody who shows no token: the service must be public.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        assert!(self.is_public(), "403: {} asks for a token", self.name);
        self.forward(method, path, headers, body)
    }

    /// A request with a token of an account that has the invoker's role.
    pub(crate) fn forward(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let host = self.url().replace("https://", "");
        let own = [
            ("host", host.as_str()),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "203.0.113.7"),
            ("forwarded", "for=\"203.0.113.7\";proto=https"),
            ("traceparent", "00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-01"),
            ("x-cloud-trace-context", "bb2bd5eef54cb15a1506d0326d2489e7/15273428716549590390;o=1"),
        ];
        Connection::to(self.instance.address).request(method, path, &[&own, headers].concat(), body)
    }

    /// A request of one of Google's services, with the token that it was told to send.
    pub(crate) fn event(&self, to: &Target, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        let member = format!("serviceAccount:{}", to.account);
        assert!(self.invokers.contains(&member), "403: {member} may not call {}", self.name);
        let is_for = self.audiences.contains(&to.audience) || to.audience == self.url();
        assert!(is_for, "401: a token for {} is none for {}", to.audience, self.name);
        // Verified, and of no more use to anybody ("Troubleshoot Cloud Run issues").
        let token = ("authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.e30.SIGNATURE_REMOVED_BY_GOOGLE");
        self.forward("POST", self.path_of(&to.url).unwrap(), &[headers, &[token]].concat(), body).status
    }
}

impl Instance {
    fn start(
        binary: &Path,
        name: &str,
        environment: &[(String, String)],
        emulators: &[(&'static str, String)],
    ) -> Self {
        let revision = format!("{name}-00001-abc");
        let contract = [("K_SERVICE", name), ("K_CONFIGURATION", name), ("K_REVISION", &revision)];
        let mut starter = program(binary.to_str().unwrap());
        for (variable, value) in contract {
            starter = starter.env(variable, value);
        }
        for (variable, value) in emulators {
            starter = starter.env(variable, value);
        }
        for (variable, value) in environment {
            starter = starter.env(variable, value);
        }
        let mut program = starter.start();
        let address = listening(&mut program);
        Self { program, address }
    }
}
