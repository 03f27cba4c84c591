//! What is written for Azure: the template by the official schemas of its resources and by checkov, `host.json` by its schema, the
//! script by shellcheck and by a double of the Azure CLI that writes down how it is called.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::setup;

/// The official schemas of resources.
pub(crate) const RESOURCES: &str = "arm";
/// The schema of `host.json`.
pub(crate) const HOST: &str = "azure-functions-host.json";

/// What checkov asks for and these templates leave to whoever deploys.
const LEFT_OPEN: [&str; 12] = [
    // Networks: the plan's instances are in none, so that what they use is reached by its public name, and only as an identity.
    "CKV_AZURE_35",
    "CKV_AZURE_36",
    "CKV_AZURE_99",
    "CKV_AZURE_101",
    "CKV_AZURE_193",
    "CKV_AZURE_222",
    // Copies elsewhere and instances that wait cost money; the plan starts instances when they are needed.
    "CKV_AZURE_206",
    "CKV_AZURE_212",
    "CKV_AZURE_225",
    // The host pings the program itself.
    "CKV_AZURE_213",
    // Callers show keys, where a function is not public, and no certificates.
    "CKV_AZURE_17",
    // It takes the expression of a name for the name.
    "CKV_AZURE_43",
];

/// The folders with manifests: those of the example, and the golden ones.
fn folders() -> Vec<PathBuf> {
    let golden = setup::tests().with_file_name("tusk-fn-manifest").join("tests/golden/azure");
    let entries = std::fs::read_dir(&golden).expect("the golden files are there");
    entries.map(|entry| entry.expect("it can be read").path()).chain([orders().to_owned()]).collect()
}

fn all(name: &str) -> Vec<PathBuf> {
    folders().into_iter().map(|folder| folder.join(name)).collect()
}

/// The example with all kinds of trigger and output.
fn orders() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let out = setup::scratch("azure-orders");
        setup::tusk(&["build", "--provider", "azure", "-p", "orders", "--out", &out.display().to_string()]);
        out
    })
}

pub(crate) fn resources() {
    let mut check = setup::script("arm_check.py");
    check.arg(setup::schemas(RESOURCES).expect("it was found before")).args(all("template.json"));
    setup::succeed(check);
}

pub(crate) fn host() {
    let mut check = setup::script("schema_check.py");
    check.arg(setup::schemas(HOST).expect("it was found before")).args(all("app/host.json"));
    setup::succeed(check);
}

pub(crate) fn shellcheck() {
    let mut shellcheck = Command::new(setup::judges().join("bin/shellcheck"));
    shellcheck.args(all("deploy.sh"));
    setup::succeed(shellcheck);
}

pub(crate) fn checkov() {
    let mut checkov = Command::new(setup::judges().join("bin/checkov"));
    checkov.args(["--compact", "--quiet", "--framework", "arm", "--skip-check", &LEFT_OPEN.join(",")]);
    checkov.arg("--file").args(all("template.json"));
    setup::succeed(checkov);
}

/// An Azure CLI that knows a resource group once it was made, and writes down what it is asked to do.
const DOUBLE: &str = r#"#!/bin/sh
case "$1 $2" in
"group exists") [ -e "$DOUBLE/group" ] && echo true || echo false ;;
"account show") ;;
*) echo "$*" >>"$DOUBLE/calls" ;;
esac
case "$1 $2" in
"group create") touch "$DOUBLE/group" ;;
"deployment group") echo orders-abc ;;
esac
"#;

/// The script makes the group once, and deploys each time.
pub(crate) fn deploys() {
    let folder = orders();
    let kept = setup::scratch("azure-cli");
    std::fs::write(kept.join("az"), DOUBLE).expect("it can be written");
    setup::make_executable(&kept.join("az"));
    let path = format!("{}:{}", kept.display(), std::env::var("PATH").expect("there is a PATH"));
    let deploy = |more: &[(&str, &str)], arguments: &[&str]| {
        let mut deploy = Command::new("bash");
        deploy.arg(folder.join("deploy.sh")).args(arguments).env_clear().envs(more.iter().copied());
        setup::run(deploy.env("PATH", &path).env("DOUBLE", &kept))
    };
    let refused = |more: &[(&str, &str)], said: &str| {
        let error = deploy(more, &[]).expect_err("something is missing");
        assert!(error.contains(said), "{error}");
    };
    refused(&[], "deploy.sh: RESOURCE_GROUP is not set");
    refused(&[("RESOURCE_GROUP", "shop")], "deploy.sh: KEY_VAULT is not set");
    refused(&[("RESOURCE_GROUP", "shop"), ("KEY_VAULT", "v")], "deploy.sh: LOCATION is not set");
    assert!(deploy(&[], &["--help"]).expect("it says how").starts_with("usage: "));
    let set = [("RESOURCE_GROUP", "my shop"), ("LOCATION", "westeurope"), ("KEY_VAULT", "v")];
    for _ in 0..2 {
        let printed = deploy(&set, &["maximumInstanceCount=40"]).expect("it deploys");
        assert_eq!(printed, "deployed: orders-abc\n");
    }
    let folder = folder.display();
    let deployed = format!(
        "deployment group create --resource-group my shop --name orders --template-file {folder}/template.json --parameters \
         maximumInstanceCount=40 keyVaultName=v --query properties.outputs.app.value --output tsv\n\
         functionapp deployment source config-zip --resource-group my shop --name orders-abc --src {folder}/app.zip \
         --output none\n"
    );
    let made = "group create --name my shop --location westeurope --output none\n";
    let calls = std::fs::read_to_string(kept.join("calls")).expect("it was called");
    assert_eq!(calls, format!("{made}{deployed}{deployed}"));
}
