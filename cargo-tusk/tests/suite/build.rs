//! `cargo tusk build`.

use std::fs;
use std::process::Command;

use crate::support::{Outcome, Workspace, command, files_below, finish, http, timer};

fn app() -> Workspace {
    let workspace = Workspace::with_app(&[http("app", "users", "users/<id?>"), timer("app", "sweep", "0 0 * * * *")]);
    workspace.write_root("[profile.release]\nlto = \"fat\"\nstrip = true");
    workspace
}

/// Builds for AWS, if the target is installed; else makes sure that the message says how to install it.
fn build(workspace: &Workspace, arch: &str, more: &[&str]) -> Option<Outcome> {
    build_for("aws", workspace, arch, more)
}

fn build_for(provider: &str, workspace: &Workspace, arch: &str, more: &[&str]) -> Option<Outcome> {
    let outcome = workspace.run(&[&["build", "--provider", provider, "--arch", arch], more].concat());
    let triple = match arch {
        "arm64" => "aarch64-unknown-linux-musl",
        _ => "x86_64-unknown-linux-musl",
    };
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", triple]).output().unwrap();
    if fs::exists(String::from_utf8(output.stdout).unwrap().trim()).unwrap() {
        return Some(outcome);
    }
    let outcome = outcome.expect_code(2);
    assert!(outcome.stderr.contains(&format!("rustup target add {triple}")), "{}", outcome.stderr);
    None
}

#[test]
fn both_processors_are_packed_and_described() {
    for (arch, machine) in [("arm64", 0xb7), ("x86_64", 0x3e)] {
        let workspace = app();
        let Some(outcome) = build(&workspace, arch, &[]) else { continue };
        let outcome = outcome.expect_code(0);
        assert!(outcome.stderr.contains("Compiling app"), "progress is visible: {}", outcome.stderr);
        let template = workspace.read("target/tusk/aws/template.yaml");
        assert!(template.contains(&format!("      - {arch}\n")), "{template}");
        assert!(template.contains("TUSK_FN: sweep"), "{template}");

        let archive = fs::File::open(workspace.path().join("target/tusk/aws/bootstrap.zip")).unwrap();
        let mut archive = zip::ZipArchive::new(archive).unwrap();
        let mut program = archive.by_name("bootstrap").unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut program, &mut bytes).unwrap();
        assert_eq!(bytes[..4], *b"\x7fELF");
        assert_eq!(bytes[18], machine, "the processor of the ELF header");
        fs::write(workspace.path().join("bootstrap"), bytes).unwrap();
        workspace.run(&["list", "bootstrap"]).expect_code(0);
    }
}

#[test]
fn an_app_for_azure_is_packed_with_what_its_host_reads() {
    let workspace = app();
    let Some(outcome) = build_for("azure", &workspace, "x86_64", &[]) else { return };
    outcome.expect_code(0);
    let folder = workspace.path().join("target/tusk/azure");
    let mut archive = zip::ZipArchive::new(fs::File::open(folder.join("app.zip")).unwrap()).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["h120-users/function.json", "handler", "host.json", "sweep/function.json"]);
    for (name, mode) in [("handler", 0o755), ("host.json", 0o644)] {
        let mut packed = Vec::new();
        let mut file = archive.by_name(name).unwrap();
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(mode), "{name}");
        std::io::copy(&mut file, &mut packed).unwrap();
        assert!(packed == fs::read(folder.join("app").join(name)).unwrap(), "{name} lies beside the archive as well");
    }
    assert!(folder.join("app/local.settings.json").is_file());
    assert!(workspace.read("target/tusk/azure/template.json").contains("with `cargo tusk build --provider azure"));
    #[cfg(unix)]
    for path in ["deploy.sh", "app/handler"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{path}");
    }
    build_for("azure", &workspace, "x86_64", &["--check"]).unwrap().expect_code(0);

    // What an earlier build wrote for a function that is gone would still be one to the host.
    let gone = folder.join("app/h10-gone");
    fs::create_dir(&gone).unwrap();
    fs::write(gone.join("function.json"), "{\"bindings\": []}").unwrap();
    build_for("azure", &workspace, "x86_64", &["--check"]).unwrap().expect_code(1);
    build_for("azure", &workspace, "x86_64", &[]).unwrap().expect_code(0);
    assert!(!gone.exists());
}

#[test]
fn only_the_provider_that_is_deployed_to_is_compiled_in() {
    let workspace = app();
    let main = workspace.read("app/src/main.rs");
    let assertion = "const _: () = assert!(matches!(env!(\"TUSK_FN_ONLY\").as_bytes(), b\"aws\"));";
    workspace.write("app/src/main.rs", &format!("{main}\n{assertion}\n"));
    if let Some(outcome) = build(&workspace, "x86_64", &[]) {
        outcome.expect_code(0);
    }
}

#[test]
fn two_checkouts_give_the_same_bytes() {
    let built = [app(), app()].map(|workspace| {
        build(&workspace, "x86_64", &["--out", "deploy"])?.expect_code(0);
        let files = files_below(&workspace.path().join("deploy"));
        Some(files.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>())
    });
    assert!(built[0] == built[1], "the files differ");
    assert!(built[0].as_ref().is_none_or(|files| files.len() == 2));
}

#[test]
fn check_compares_and_writes_nothing() {
    let workspace = app();
    let Some(missing) = build(&workspace, "x86_64", &["--out", "deploy", "--check"]) else { return };
    let missing = missing.expect_code(1);
    assert!(missing.stdout.contains("+AWSTemplateFormatVersion"), "{}", missing.stdout);
    assert!(!workspace.path().join("deploy").exists());

    let check = || workspace.run(&["build", "--provider", "aws", "--arch", "x86_64", "--out", "deploy", "--check"]);
    build(&workspace, "x86_64", &["--out", "deploy"]).unwrap().expect_code(0);
    assert_eq!(check().expect_code(0).stdout, "");

    let template = workspace.read("deploy/template.yaml").replace("MemorySize: 256", "MemorySize: 512");
    workspace.write("deploy/template.yaml", &template);
    let stale = check().expect_code(1);
    assert!(
        stale.stdout.starts_with("--- deploy/template.yaml\n+++ deploy/template.yaml (now)\n@@ "),
        "{}",
        stale.stdout
    );
    assert!(stale.stdout.contains("\n-      MemorySize: 512\n+      MemorySize: 256\n"), "{}", stale.stdout);
    assert!(
        stale.stderr.contains("error: `deploy/template.yaml` is not what would be written now"),
        "{}",
        stale.stderr
    );
    assert_eq!(workspace.read("deploy/template.yaml"), template);
}

#[test]
fn what_the_provider_cannot_run_is_said_all_at_once() {
    let lines = [timer("app", "often", "*/10 * * * * *"), timer("app", "both", "30 * * * * *")];
    let Some(outcome) = build(&Workspace::with_app(&lines), "x86_64", &[]) else { return };
    let outcome = outcome.expect_code(1);
    assert_eq!(outcome.stderr.matches("error: the seconds are").count(), 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("--> app/src/lib.rs:3 (`often`), key `schedule`"), "{}", outcome.stderr);
}

#[test]
fn an_unknown_provider_is_refused_before_anything_is_built() {
    let workspace = app();
    let outcome = workspace.run(&["build", "--provider", "asw"]).expect_code(2);
    assert!(outcome.stderr.contains("aws"), "{}", outcome.stderr);
    assert!(!workspace.path().join("target").exists());
}

#[test]
fn only_images_are_pushed() {
    let workspace = app();
    let outcome = workspace.run(&["build", "--provider", "aws", "--push", "r.example.com/shop:1"]).expect_code(2);
    assert!(outcome.stderr.starts_with("error: `--push` is for images, and `aws` is given an archive\n"));
    assert!(outcome.stderr.contains("\nhelp: leave out `--push`"), "{}", outcome.stderr);
    for (arguments, said) in [
        (["--push", "shop:1"].as_slice(), "which registry is meant?"),
        (&["--push", "r.example.com/shop:1", "--check"], "cannot be used with"),
        (&["--insecure"], "--push"),
    ] {
        let outcome = workspace.run(&[&["build", "--provider", "knative"], arguments].concat()).expect_code(2);
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
    }
    assert!(!workspace.path().join("target").exists());
}

#[test]
fn processors_that_a_provider_has_not_are_refused() {
    let workspace = app();
    for provider in ["azure", "google"] {
        let outcome = workspace.run(&["build", "--provider", provider, "--arch", "arm64"]).expect_code(2);
        let said = format!("error: `{provider}` runs programs for x86_64 only\n");
        assert!(outcome.stderr.starts_with(&said), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("write `--arch x86_64`"), "{}", outcome.stderr);
    }
    assert!(!workspace.path().join("target").exists());
}

#[cfg(unix)]
#[test]
fn a_missing_target_says_the_line_to_type() {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace = app();
    let rustc = workspace.path().join("rustc");
    let script = "#!/bin/sh\ncase \"$*\" in *target-libdir*) echo /no/such/folder; echo /no/such/folder;; *) exec rustc \"$@\";; esac\n";
    fs::write(&rustc, script).unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    let outcome =
        finish(command(workspace.path()).env("RUSTC", rustc).args(["build", "--provider", "aws"])).expect_code(2);
    assert!(
        outcome.stderr.contains("help: install it: rustup target add aarch64-unknown-linux-musl"),
        "{}",
        outcome.stderr
    );
    assert!(!workspace.path().join("target").exists());
}

#[test]
fn the_manifests_alone_are_those_of_a_build() {
    let workspace = Workspace::with_app(&[http("app", "users", "users")]);
    workspace.run(&["manifest", "--provider", "azure", "--out", "deploy"]).expect_code(0);
    let written = files_below(&workspace.path().join("deploy"));
    assert!(written.iter().any(|path| path.ends_with("template.json")), "{written:?}");
    assert!(!written.iter().any(|path| path.ends_with("app.zip")), "{written:?}");
    workspace.run(&["manifest", "--provider", "azure", "--out", "deploy", "--check"]).expect_code(0);
    workspace.write("deploy/template.json", "{}");
    let outcome = workspace.run(&["manifest", "--provider", "azure", "--out", "deploy", "--check"]).expect_code(1);
    assert!(outcome.stderr.contains("template.json` is not what would be written now"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("the same command without `--check`"), "{}", outcome.stderr);
}
