//! The table of errors in the documentation, made of the cases: the line that each is about, and that line corrected.
//!
//! `ui::cases` sees that the faulty line has the error that the table names. Here the corrected one is compiled.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::coverage::{cases, fail};
use super::crates::target;

/// What stands before the corrected lines, at the end of a case.
const HEADING: &str = "// Corrected:";

/// How the names of cases begin that share a part of the table, and the part's heading.
const PARTS: [(&str, &[&str]); 12] = [
    ("Routes", &["route_"]),
    ("Schedules", &["schedule_", "unknown_zone", "unknown_day_match"]),
    ("Paths of blobs", &["pattern_"]),
    ("Conditions and types of events", &["filter_", "condition_"]),
    ("Sizes and durations", &["unit_", "memory_"]),
    ("What a platform has not", &["limit_", "impossible_"]),
    ("Arguments", &["argument_", "parameter_", "unbound_"]),
    ("Outputs", &["output_", "unknown_output", "unknown_access", "several_outputs"]),
    ("What a function returns", &["return_", "future_", "never_"]),
    ("Inits", &["init_"]),
    ("Declared twice, or not at the root", &["duplicate_name", "duplicate_route", "duplicate_queue", "main_"]),
    // Whatever begins otherwise.
    ("Attributes and signatures", &[]),
];

/// A case with its correction.
pub(super) struct Row {
    pub(super) name: String,
    error: String,
    faulty: Vec<String>,
    corrected: Vec<String>,
    /// The whole file, corrected.
    program: String,
}

#[test]
fn the_table_in_the_documentation_is_that_of_the_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tusk-fn/src/docs/errors.md");
    let table = render(&rows());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &table).expect("it can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == table,
        "the cases changed; `UPDATE=1 cargo test -p tusk-fn-tests --test suite ui::table` writes {}",
        path.display()
    );
}

#[test]
fn corrected_lines_compile() {
    let package = target().with_file_name("corrected");
    let programs = package.join("src/bin");
    // A case that is gone leaves nothing behind.
    let _ = std::fs::remove_dir_all(&programs);
    std::fs::create_dir_all(&programs).expect("a directory can be made");
    for row in rows() {
        std::fs::write(programs.join(&row.name).with_extension("rs"), row.program).expect("it can be written");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::write(package.join("Cargo.toml"), manifest(&root)).expect("it can be written");
    // The versions that everything else is tested with.
    std::fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("it can be copied");

    let mut check = Command::new(env!("CARGO"));
    check.args(["check", "--quiet", "--bins", "--keep-going"]).arg("--target-dir").arg(target()).current_dir(&package);
    check.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let output = check.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn manifest(root: &Path) -> String {
    format!(
        "[package]\nname = \"corrected\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n\
         axum = {{ version = \"0.8\", default-features = false, features = [\"json\"] }}\n\
         aws_lambda_events = {{ version = \"1.2\", default-features = false, features = [\"sqs\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         tusk-fn = {{ path = {}, features = [\"aws-events\", \"blob-store\", \"clients\"] }}\n\n\
         [lints.rust]\nwarnings = \"allow\"\n\n[workspace]\n",
        serde_json::Value::from(root.join("tusk-fn").to_string_lossy())
    )
}

/// The cases that have a correction, by name.
pub(super) fn rows() -> Vec<Row> {
    let mut names = cases();
    names.sort();
    names.iter().filter_map(|name| read(name)).collect()
}

fn read(name: &str) -> Option<Row> {
    let path: PathBuf = fail().join(format!("{name}.rs"));
    let source = std::fs::read_to_string(&path).expect("a case can be read");
    let (case, corrections) = source.split_once(HEADING)?;
    let mut by_line: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for line in corrections.lines().filter(|line| !line.is_empty()) {
        let line = line.strip_prefix("// ").unwrap_or_else(|| panic!("{name}: `// LINE: …`, and not {line}"));
        let (number, text) = line.split_once(':').unwrap_or_else(|| panic!("{name}: `// LINE: …`, and not {line}"));
        let number = number.parse().unwrap_or_else(|_| panic!("{name}: {number:?} is no line"));
        by_line.entry(number).or_default().push(text.strip_prefix(' ').unwrap_or(text).to_owned());
    }
    let mut program = Vec::new();
    let mut faulty = Vec::new();
    for (number, line) in (1..).zip(case.lines()) {
        match by_line.get(&number) {
            Some(corrected) => {
                faulty.push(line.to_owned());
                program.extend(corrected.iter().cloned());
            }
            None => program.push(line.to_owned()),
        }
    }
    assert!(faulty.len() == by_line.len() && !faulty.is_empty(), "{name} corrects lines that it has not");
    let words = std::fs::read_to_string(path.with_extension("stderr")).expect("a case has its words");
    let error = words.lines().find(|line| line.starts_with("error")).and_then(|line| line.split_once(": "));
    let error = error.map(|(_, error)| error.to_owned()).unwrap_or_default();
    let corrected = by_line.into_values().flatten().collect();
    Some(Row { name: name.to_owned(), error, faulty, corrected, program: program.join("\n") })
}

fn render(rows: &[Row]) -> String {
    let mut text = "Every error that the attributes know, with a line that has it, and that line corrected.\n\n\
        The compiler shows more than this table: the place within a text, and what to type instead. What several mistakes have in \
        common is here more than once.\n"
        .to_owned();
    for (heading, _) in PARTS {
        let _ = write!(text, "\n# {heading}\n\n| error | faulty | corrected |\n|---|---|---|\n");
        for row in rows.iter().filter(|row| part(&row.name) == heading) {
            let _ = writeln!(text, "| {} | {} | {} |", prose(&row.error), code(&row.faulty), code(&row.corrected));
        }
    }
    text
}

/// The heading of the part that a case belongs to.
fn part(name: &str) -> &'static str {
    let found = PARTS.iter().find(|(_, begins)| begins.iter().any(|begin| name.starts_with(begin)));
    found.or(PARTS.last()).map_or("", |(heading, _)| heading)
}

/// A message as it stands in a cell.
fn prose(error: &str) -> String {
    // Outside of backticks a `<` would begin a tag.
    let parts = error.split('`').enumerate();
    let escaped = parts.map(|(at, part)| if at % 2 == 0 { part.replace('<', "\\<") } else { part.to_owned() });
    escaped.collect::<Vec<_>>().join("`").replace('|', "\\|")
}

/// Lines of code as they stand in a cell.
fn code(lines: &[String]) -> String {
    const LONGEST: usize = 130;
    let cell = |line: &String| {
        let line = line.trim();
        let shown = match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{} …", &line[..end]),
            None => line.to_owned(),
        };
        let quotes = if shown.contains('`') { "``" } else { "`" };
        format!("{quotes}{}{quotes}", shown.replace('|', "\\|"))
    };
    lines.iter().filter(|line| !line.trim().is_empty()).map(cell).collect::<Vec<_>>().join("<br>")
}
