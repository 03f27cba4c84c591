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

/// A function of it.
pub(crate) struct Function<'a> {
    pub(crate) emulator: Emulator,
    stack: &'a Stack,
    name: String,
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

    /// Starts a function, in the environment that the template gives it.
    pub(crate) fn function(&self, name: &str) -> Function<'_> {
        let environment = self.deployed["functions"][name]["environment"].as_object();
        let environment = environment.unwrap_or_else(|| panic!("the template has no function `{name}`"));
        let from_moto = self.moto.variables();
        let mut variables: Vec<(&str, &str)> = from_moto.iter().map(|(name, value)| (*name, &**value)).collect();
        variables.extend(environment.iter().map(|(name, value)| (&**name, text(value))));
        let emulator = Emulator::start(&self.binary, &variables, &format!("stack-{name}"));
        Function { emulator, stack: self, name: name.to_owned() }
    }
}

impl Function<'_> {
    /// Its event source: a queue, a table or a stream.
    pub(crate) fn source(&self) -> EventSource<'_> {
        EventSource { moto: &self.stack.moto, emulator: &self.emulator, mapping: &self.of_template()["mapping"] }
    }

    /// The events that its rule let through since the last call, as moto delivers them.
    pub(crate) fn arrivals(&self) -> Vec<Value> {
        let queue = text(&self.of_template()["arrivals"]);
        let moto = &self.stack.moto;
        let event = |message: Value| {
            moto.delete(queue, &message);
            serde_json::from_str(text(&message["Body"])).expect("JSON")
        };
        moto.receive(queue).into_iter().map(event).collect()
    }

    fn of_template(&self) -> &Value {
        &self.stack.deployed["functions"][&self.name]
    }
}

/// A text of JSON.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
