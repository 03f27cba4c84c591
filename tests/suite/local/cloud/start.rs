//! What the local cloud needs to start, what it leaves on the disk, and what it prints.

use std::fs;
use std::path::Path;

use super::{cloud, folder, send};
use crate::support::{Starter, program, until};

fn fails(starter: Starter) -> String {
    let (errors, status) = starter.fail();
    assert_eq!(status.code(), Some(1), "{errors}");
    errors
}

#[test]
fn a_secret_is_a_variable_or_a_file() {
    let data = folder();
    let by_variable = cloud(&data, "secret").env("TUSK_FN_SECRET_API_KEY", "from the variable").serve();
    assert_eq!(by_variable.get("/secret").text(), "from the variable");
    drop(by_variable);
    fs::create_dir_all(data.path().join("secrets")).unwrap();
    for (content, value) in [
        ("from the file", "from the file"),
        ("a line\n", "a line"),
        ("of Windows\r\n", "of Windows"),
        ("two\n\n", "two\n"),
    ] {
        fs::write(data.path().join("secrets/api-key"), content).unwrap();
        let by_file = cloud(&data, "secret").env("TUSK_FN_SECRET_API_KEY", "").serve();
        assert_eq!(by_file.get("/secret").text(), value);
    }
}

#[test]
fn a_missing_secret_is_said_at_start_with_what_to_set() {
    let data = folder();
    let path = data.path().join("secrets").join("api-key");
    let expected = format!(
        "error: `secret`: secret api-key: this process was not told where it is: set the environment variable \
         `TUSK_FN_SECRET_API_KEY`, or write its value into the file {}",
        path.display()
    );
    assert!(fails(cloud(&data, "secret")).contains(&expected));
    fs::create_dir_all(&path).unwrap();
    let errors = fails(cloud(&data, "secret"));
    assert!(errors.contains(&format!("{} cannot be read: ", path.display())), "{errors}");
}

#[test]
fn a_second_process_on_the_same_folder_is_told_so() {
    let data = folder();
    let first = cloud(&data, "jobs").serve();
    let errors = fails(cloud(&data, "jobs"));
    let expected = "store.redb is in use by another process (perhaps this program, still running); stop it, or use another \
                    folder: `TUSK_FN_DATA=../other cargo run`";
    assert!(errors.contains(expected), "{errors}");
    send(&first, "jobs", &serde_json::json!({"name": "a"}));
    first.wait_for_event("jobs a 1");
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_that_names_it() {
    let data = folder();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [&file, &file.join("below")] {
        let errors = fails(cloud(&data, "jobs").env("TUSK_FN_DATA", path));
        let expected = format!("the data cannot be kept in {}: ", path.display());
        assert!(errors.contains(&expected) && errors.contains("`TUSK_FN_DATA="), "{errors}");
    }
    let locked = data.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o500)).unwrap();
    // The superuser may write all the same.
    if fs::write(locked.join("probe"), "").is_err() {
        let errors = fails(cloud(&data, "jobs").env("TUSK_FN_DATA", locked));
        assert!(errors.contains("make its folder writable for this user"), "{errors}");
    }
}

#[test]
fn a_program_without_anything_to_keep_makes_no_folder() {
    let data = folder();
    let unused = data.path().join("unused");
    let program = cloud(&data, "tick").env("TUSK_FN_DATA", &unused).serve();
    program.wait_for_event("tick");
    assert!(!program.log().contains("local cloud"), "{}", program.log());
    let response = program.admin("GET", "/queues", "");
    assert_eq!(response.status, 404);
    assert!(response.detail().ends_with("leaves nothing in a local cloud"), "{}", response.detail());
    assert!(!unused.exists());
    let plain = program_of(env!("CARGO_BIN_EXE_clock"), &unused).serve();
    plain.get("/ticks");
    assert!(!unused.exists());
}

fn program_of(path: &str, data: &Path) -> Starter {
    program(path).env("TUSK_FN_DATA", data)
}

/// There may be secrets in it. What was there before is the user's own.
#[test]
fn a_folder_that_is_made_is_kept_out_of_git() {
    let data = folder();
    let made = data.path().join("made");
    drop(cloud(&data, "jobs").env("TUSK_FN_DATA", &made).serve());
    assert_eq!(fs::read_to_string(made.join(".gitignore")).unwrap(), "*\n");
    drop(cloud(&data, "jobs").serve());
    assert!(!data.path().join(".gitignore").exists());
}

#[test]
fn a_process_serves_its_own_functions_only() {
    let data = folder();
    let mut program = cloud(&data, "letters").serve();
    send(&program, "letters", &serde_json::json!({"name": "a", "rejects": true}));
    super::wait_for_dead(&program, "letters", 1);
    let response = program.admin("POST", "/queues/jobs/messages", r#"{"body": {}}"#);
    let said = "no function of this program has to do with a queue `jobs`; there is `letters` and `undelivered`";
    assert_eq!((response.status, response.detail()), (404, said.to_owned()));
    assert!(super::notes(&program, "undelivered").is_empty());
    program.stop();
    let program = cloud(&data, "undelivered").serve();
    program.wait_for_event("undelivered a 1");
}

#[test]
fn the_banner_tells_of_every_kind_in_columns() {
    let data = folder();
    let functions = "tick,yearly,jobs,groups,news,of-shop,of-lamps,shelf-changes,inbox,clicks,write";
    let mut program = cloud(&data, functions).serve();
    let banner = program.log();
    let lines: Vec<&str> = banner.lines().collect();
    for line in ["  timer  \"* * * * * *\" (UTC)  tick    next: ", "  timer  \"0 3 1 1 *\" (UTC)    yearly  next: "] {
        assert!(lines.iter().any(|it| it.starts_with(line)), "no {line:?} in\n{banner}");
    }
    let first = lines.iter().position(|line| line.starts_with("  blob")).unwrap();
    assert_eq!(
        lines[first..first + 9],
        [
            "  blob      inbox/<path..> created,deleted  inbox",
            "  database  shelf insert,modify,remove      shelf-changes",
            "  event     com.example.* from /shop/*      of-shop",
            "  event     com.example.* of lamps/*        of-lamps",
            "  queue     groups                          groups",
            "  queue     jobs                            jobs",
            "  stream    clicks                          clicks",
            "  topic     news                            news",
            "",
        ]
    );
    assert!(banner.contains(&format!("  local cloud {}\n", data.path().display())), "{banner}");
    // What it says works as it stands, but for what the function makes of the message.
    let curl = lines.iter().find_map(|line| line.strip_prefix("  to send     ")).unwrap().to_owned();
    let token = program.token.clone();
    let admin = program.admin;
    assert_eq!(
        curl,
        format!(
            "curl -H 'authorization: Bearer {token}' http://{admin}/queues/groups/messages -d '{{\"body\": {{}}}}'"
        )
    );
    assert_eq!(program.admin("POST", "/queues/groups/messages", "{\"body\": {}}").status, 202);
    until("it is delivered", || program.events().iter().any(|note| note.starts_with("groups ")).then_some(()));
    program.stop();
}
