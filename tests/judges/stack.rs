//! What `cargo tusk build` wrote, deployed: its resources to moto, and its functions to emulators.

use std::path::PathBuf;

use serde_json::Value;

use crate::emulator::Emulator;
use crate::event_source::EventSource;
use crate::moto::Moto;
use crate::setup::{Built, output, script};

/// A deployed program.
pub(crate) struct Stack {
    pub(crate) moto: Moto,
    binary: PathBuf,
    /// What `moto_deploy.py` printed.
    deployed: Value,
}

impl Stack {
    pub(crate) fn deploy(built: &Built) -> Self {
        let moto = Moto::start("moto-stack");
        let mut deploy = script("moto_deploy.py");
        deploy.arg(&built.template).arg(moto.url()).envs(moto.variables());
        let deployed = serde_json::from_str(&output(deploy)).expect("JSON");
        Self { moto, binary: built.binary.clone(), deployed }
    }

    /// What a resource is called, by its name in the template.
    pub(crate) fn resource(&self, name: &str) -> &str {
        text(&self.deployed["resources"][name])
    }

    /// The URLs of all queues.
    pub(crate) fn queues(&self) -> Vec<&str> {
        let resources = self.deployed["resources"].as_object().expect("an object").values();
        resources.map(text).filter(|name| name.starts_with("https://sqs.")).collect()
    }

    /// What functions know a resource by, such as `queue/orders`: the template tells each of those that use it.
    pub(crate) fn known(&self, logical: &str) -> String {
        let functions = self.deployed["functions"].as_object().expect("an object").values();
        let resources = functions.filter_map(|function| function["environment"]["TUSK_FN_RESOURCES"].as_str());
        let resources = resources.map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
        let mut found = resources.filter_map(|resources| resources[logical].as_str().map(str::to_owned));
        found.next().unwrap_or_else(|| panic!("no function knows {logical}"))
    }

    /// Starts a function, in the environment that the template gives it.
    pub(crate) fn start(&self, name: &str) -> Emulator {
        let environment = self.function(name)["environment"].as_object().expect("an object");
        let from_moto = self.moto.variables();
        let mut variables: Vec<(&str, &str)> = from_moto.iter().map(|(name, value)| (*name, &**value)).collect();
        variables.extend(environment.iter().map(|(name, value)| (&**name, text(value))));
        Emulator::start(&self.binary, &variables, &format!("stack-{name}"))
    }

    /// A function's event source, if that is a queue, a table or a stream, for the process that runs the function.
    pub(crate) fn source<'a>(&'a self, name: &str, emulator: &'a Emulator) -> Option<EventSource<'a>> {
        let mapping = &self.function(name)["mapping"];
        (!mapping.is_null()).then_some(EventSource { moto: &self.moto, emulator, mapping })
    }

    /// The events that a function's rule let through since the last call, as moto delivers them.
    pub(crate) fn arrivals(&self, name: &str) -> Vec<Value> {
        let queue = text(&self.function(name)["arrivals"]);
        let event = |message: Value| {
            self.moto.delete(queue, &message);
            serde_json::from_str(text(&message["Body"])).expect("JSON")
        };
        self.moto.receive(queue).into_iter().map(event).collect()
    }

    fn function(&self, name: &str) -> &Value {
        let function = &self.deployed["functions"][name];
        assert!(function.is_object(), "the template has no function `{name}`");
        function
    }
}

/// A text of JSON.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
