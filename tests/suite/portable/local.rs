//! The shop on the programmer's machine: the program is its own cloud, and delivers without being asked to.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use tusk_fn_manifest::Project;

use crate::shop::{Answer, Shop, Ways};
use crate::support::{Program, Response, program, until};

/// The shop as one process, on a folder.
pub(super) struct Local {
    binary: PathBuf,
    data: TempDir,
    functions: Vec<String>,
    /// It is started once there are secrets.
    running: Option<Program>,
    /// Whether it has all functions.
    is_whole: bool,
    /// What processes logged that have ended.
    past: String,
}

impl Local {
    pub(super) fn deploy((binary, project): (PathBuf, Project)) -> Self {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir(data.path().join("secrets")).unwrap();
        let functions = project.functions.into_iter().map(|record| record.name).collect();
        Self { binary, data, functions, running: None, is_whole: false, past: String::new() }
    }

    fn program(&self) -> &Program {
        self.running.as_ref().unwrap()
    }

    fn admin(&self, method: &str, path: &str, body: &Value) -> Response {
        self.program().admin(method, path, &body.to_string())
    }

    /// What the queue of each function holds.
    fn queues(&self) -> Vec<Value> {
        self.program().admin("GET", "/queues", "").json().as_array().unwrap().clone()
    }

    fn is_quiet(&self, of: impl Fn(&Value) -> bool) -> bool {
        let waits = |queue: &Value| ["visible", "in_flight", "delayed"].iter().any(|count| queue[count] != 0);
        !self.queues().iter().filter(|queue| of(queue)).any(waits)
    }

    /// Starts another process in place of the one that runs, with all functions but one.
    fn restart(&mut self, without: Option<&str>) {
        if let Some(mut running) = self.running.take() {
            self.past += &running.stop();
        }
        let functions: Vec<&str> =
            self.functions.iter().map(String::as_str).filter(|name| Some(*name) != without).collect();
        let starter = program(self.binary.to_str().unwrap()).env("TUSK_FN_PROVIDER", "local");
        let starter = starter.env("TUSK_FN", functions.join(",")).env("TUSK_FN_DATA", self.data.path());
        self.running = Some(starter.serve());
        self.is_whole = without.is_none();
    }
}

impl Shop for Local {
    fn ways(&self) -> Ways {
        // A lease ends with the process that has it, and is no attempt then.
        Ways { tells_each_change: true, tells_inserts: true, tells_removals: true, counts_crashes: false }
    }

    fn request(&mut self, _function: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let headers = [("content-type", "application/json")];
        let response = self.program().request(method, path, &headers, body.to_string().as_bytes());
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    /// What failed once comes again soon, unless the function is no longer there.
    fn attempt(&mut self, function: &str, answer: Answer) {
        match answer {
            Answer::Heard => {
                until("it was tried", || {
                    let waits = |queue: &Value| queue["function"] == function && queue["delayed"] != 0;
                    self.queues().iter().any(waits).then_some(())
                });
                self.restart(Some(function));
            }
            // There is no network between the cloud and the function in which an answer could be lost.
            Answer::Lost => {}
            Answer::Crash => unreachable!("it is not one of a message's attempts"),
        }
    }

    fn settle(&mut self, function: &str) {
        if !self.is_whole {
            self.restart(None);
        }
        until("nothing waits", || self.is_quiet(|queue| queue["function"] == function).then_some(()));
    }

    fn fire(&mut self, _function: &str) {
        assert_eq!(self.admin("POST", "/clock", &json!({ "advance": "24h" })).status, 200);
    }

    fn record(&mut self, stream: &str, partition: &str, data: &Value) {
        let record = json!({ "partition": partition, "body": data });
        assert_eq!(self.admin("POST", &format!("/streams/{stream}/records"), &record).status, 202);
    }

    fn put_secret(&mut self, secret: &str, value: &str) {
        fs::write(self.data.path().join("secrets").join(secret), value).unwrap();
        self.restart(None);
    }

    fn item(&mut self, table: &str, key: &str) -> Option<Value> {
        let found = self.program().admin("GET", &format!("/tables/{table}/{key}"), "");
        assert!(matches!(found.status, 200 | 404), "{found:?}");
        (found.status == 200).then(|| found.json())
    }

    fn object(&mut self, bucket: &str, key: &str) -> Option<String> {
        fs::read_to_string(self.data.path().join("buckets").join(bucket).join(key)).ok()
    }

    fn log(&mut self, _function: &str) -> String {
        format!("{}{}", self.past, self.program().log())
    }

    fn left(&mut self) -> Vec<String> {
        until("nothing waits", || self.is_quiet(|_| true).then_some(()));
        let dead = self.queues().into_iter().filter(|queue| queue["dead"] != 0);
        dead.map(|queue| queue["function"].to_string()).collect()
    }
}
