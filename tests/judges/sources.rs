//! What SAM's command line makes for each event source, through the emulator, to the right function.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::setup::{judges, output, scratch};

/// An event source, what is asked of SAM, what the function takes of it, and what is replied.
struct Case {
    function: &'static str,
    generate: &'static [&'static str],
    taken: &'static str,
    reply: Value,
}

fn cases() -> Vec<Case> {
    let all_done = || json!({ "batchItemFailures": [] });
    vec![
        Case {
            function: "queue",
            generate: &["sqs", "receive-message", "--body", "hello"],
            taken: "queue hello 1 false",
            reply: all_done(),
        },
        Case {
            function: "topic",
            generate: &["sns", "notification", "--message", "hello"],
            taken: "topic hello Some(\"TestString\")",
            reply: Value::Null,
        },
        Case {
            function: "blob",
            generate: &["s3", "put", "--bucket", "uploads", "--key", "in/a b.csv"],
            taken: "blob Created in a b",
            reply: Value::Null,
        },
        Case {
            function: "blob",
            generate: &["s3", "delete", "--bucket", "uploads", "--key", "in/gone.csv"],
            taken: "blob Deleted in gone",
            reply: Value::Null,
        },
        Case {
            function: "database",
            generate: &["dynamodb", "update"],
            taken: "database {\"Id\":101} \"New item!\"\n\
                    database {\"Id\":101} \"This item has changed\"\n\
                    database {\"Id\":101} null",
            reply: all_done(),
        },
        Case {
            function: "stream",
            generate: &["kinesis", "get-records"],
            taken: "stream partitionKey-03 Hello, this is a test 123.",
            reply: all_done(),
        },
        Case {
            function: "event",
            generate: &["cloudwatch", "scheduled-event"],
            taken: "event Scheduled Event aws.events {}",
            reply: Value::Null,
        },
    ]
}

pub(crate) fn each_source_reaches_its_function() {
    for (number, Case { function, generate, taken, reply }) in cases().into_iter().enumerate() {
        let event: Value = serde_json::from_str(&generated(generate)).expect("SAM makes JSON");
        let file = scratch(&format!("taken-{number}")).join("lines");
        let path = file.display().to_string();
        let binary = Path::new(env!("CARGO_BIN_EXE_taken"));
        let emulator = Emulator::start(binary, &[("TUSK_FN", function), ("TAKEN_FILE", &path)], function);
        assert_eq!(emulator.invoke(&event), reply, "{generate:?}");
        let lines = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(lines.trim_end(), taken, "{generate:?}");
    }
}

fn generated(arguments: &[&str]) -> String {
    let mut sam = Command::new(judges().join("bin/sam"));
    sam.env("SAM_CLI_TELEMETRY", "0").args(["local", "generate-event"]).args(arguments);
    output(sam)
}
