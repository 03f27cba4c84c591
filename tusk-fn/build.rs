//! Decides which providers are compiled in: those whose feature is on, and of them, where `TUSK_FN_ONLY` is set, those that it
//! lists. `cargo tusk build` sets it, so that what is deployed to one provider carries no other.

/// Each provider is a feature of the same name.
const PROVIDERS: [&str; 5] = ["local", "aws", "azure", "google", "knative"];
/// Those that are reached through an HTTP server in the program.
const SERVING: [&str; 4] = ["local", "azure", "google", "knative"];
/// Those that have tables, in which a deployed program remembers what it has handled.
const WITH_TABLES: [&str; 3] = ["aws", "azure", "google"];
/// Those whose services are called by clients of our own, each with a feature such as `aws-clients`.
const WITH_CLIENTS: [&str; 4] = ["aws", "azure", "google", "knative"];

fn main() {
    println!("cargo::rerun-if-env-changed=TUSK_FN_ONLY");
    println!("cargo::rerun-if-changed=build.rs");
    let only = std::env::var("TUSK_FN_ONLY").ok().filter(|only| !only.trim().is_empty());
    let listed: Option<Vec<&str>> = only.as_deref().map(|only| only.split(',').map(str::trim).collect());
    if let Some(unknown) = listed.iter().flatten().find(|name| !PROVIDERS.contains(name)) {
        println!(
            "cargo::error=`TUSK_FN_ONLY` lists `{unknown}`, which is no provider; write some of: {}",
            PROVIDERS.join(",")
        );
    }
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    println!("cargo::rustc-check-cfg=cfg(deployed_without_clients)");
    let has_clients =
        |provider: &str| std::env::var_os(format!("CARGO_FEATURE_{}_CLIENTS", provider.to_uppercase())).is_some();
    let deployed = |provider: &&str| listed.as_ref().is_some_and(|listed| listed.contains(provider));
    if let Some(without) = WITH_CLIENTS.iter().filter(|it| deployed(it)).find(|provider| !has_clients(provider)) {
        println!("cargo::rustc-cfg=deployed_without_clients");
        println!("cargo::rustc-env=TUSK_FN_WITHOUT_CLIENTS={without}");
    }
    println!("cargo::rustc-check-cfg=cfg(deployed_with_tables)");
    if WITH_TABLES.iter().any(deployed) {
        println!("cargo::rustc-cfg=deployed_with_tables");
    }
    println!("cargo::rustc-check-cfg=cfg(clients)");
    println!("cargo::rustc-check-cfg=cfg(platform)");
    let mut clients = false;
    let mut platform = false;
    let mut serves = false;
    for provider in PROVIDERS {
        println!("cargo::rustc-check-cfg=cfg(provider_{provider})");
        let feature = std::env::var_os(format!("CARGO_FEATURE_{}", provider.to_uppercase())).is_some();
        if feature && listed.as_ref().is_none_or(|listed| listed.contains(&provider)) {
            println!("cargo::rustc-cfg=provider_{provider}");
            serves |= SERVING.contains(&provider);
            clients |= has_clients(provider);
            // What deployed programs run on.
            platform |= provider != "local";
        }
    }
    println!("cargo::rustc-check-cfg=cfg(http_server)");
    if serves {
        println!("cargo::rustc-cfg=http_server");
    }
    if platform {
        println!("cargo::rustc-cfg=platform");
    }
    if clients {
        println!("cargo::rustc-cfg=clients");
    }
}
