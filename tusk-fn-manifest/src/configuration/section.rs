//! Sections and their keys.

use tusk_tsk::value::{Entry, Node, Value};

use super::fault::{ConfigurationErrorKind, Faults};
use super::setting::{instances, map, memory, text, texts, timeout};
use super::{Configuration, GLOBAL, Setting, Settings, published};

/// Sections that are read elsewhere, with their keys. A resource has a section of its own below its kind.
const KNOWN: [(&str, &[&str]); 2] = [
    ("api_gateway", &["stage", "cors_enabled", "authorization"]),
    ("monitoring", &["log_level", "xray_tracing", "cloudwatch_logs", "custom_metrics", "alarms"]),
];
const RESOURCES: [&str; 6] = ["queue", "topic", "bucket", "table", "stream", "secret"];
const RESOURCE_KEYS: &[&str] = &["name", "service", "connection", "existing"];

/// The keys of a function, and of all; other names of the same come behind it.
const KEYS: [&[&str]; 9] = [
    &["name", "function_name"],
    &["memory_size", "memory"],
    &["timeout"],
    &["environment_variables", "environment", "app_settings"],
    &["vpc_config"],
    &["min_instances"],
    &["max_instances"],
    &["reserved_concurrency", "concurrency"],
    &["provisioned_concurrency"],
];

/// The keys that only a section for all functions has.
const GLOBAL_KEYS: [&str; 2] = ["provider", "region"];

/// What [`known`] says of a section.
#[derive(Clone, Copy)]
pub(super) enum Known {
    /// Its keys.
    Keys(&'static [&'static str]),
    /// It holds a section for each resource.
    Resources,
}

pub(super) fn known(name: &str) -> Option<Known> {
    if RESOURCES.contains(&name) {
        return Some(Known::Resources);
    }
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, keys)| Known::Keys(keys))
}

/// Every name that a section can have.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let known = KNOWN.iter().map(|(name, _)| *name);
    let others = ["gateway_routes", "functions"];
    GLOBAL.into_iter().chain(known).chain(others).chain(RESOURCES).chain(published::names())
}

pub(super) fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    tusk_fn_spec::suggest::nearest(word, names).map(str::to_owned)
}

/// The entries of a section; what is no section is a fault.
pub(super) fn entries<'t, 's>(entry: &'t Entry<'s>, faults: &mut Faults) -> &'t [Entry<'s>] {
    if let Value::Table(table) = &entry.node.value {
        return table.entries();
    }
    faults.wrong(&entry.node, "a section");
    &[]
}

/// Finds the keys that a section has not.
pub(super) fn check(section: &Entry<'_>, known: Known, faults: &mut Faults) {
    match known {
        Known::Keys(known) => {
            for entry in entries(section, faults) {
                if !known.contains(&entry.key.as_ref()) {
                    let near = nearest(&entry.key, known.iter().copied());
                    unknown(entry, &section.key, near, known.to_vec(), faults);
                }
            }
        }
        Known::Resources => {
            for entry in entries(section, faults) {
                check(entry, Known::Keys(RESOURCE_KEYS), faults);
            }
        }
    }
}

fn unknown(entry: &Entry<'_>, section: &str, near: Option<String>, known: Vec<&'static str>, faults: &mut Faults) {
    let found = entry.key.clone().into_owned();
    let kind = ConfigurationErrorKind::UnknownKey { found, section: section.to_owned(), near, known };
    faults.push(entry.key_span, kind);
}

/// Reads the settings of a section. Those of the stage, in a section below it, lie over them; other stages are checked.
pub(super) fn settings(
    section: &Entry<'_>,
    stage: Option<&str>,
    mut global: Option<&mut Configuration>,
    faults: &mut Faults,
) -> Settings {
    let mut settings = Settings::default();
    let mut of_stage = Settings::default();
    let mut seen = Vec::new();
    for entry in entries(section, faults) {
        let name = entry.key.as_ref();
        if let Some(global) = global.as_deref_mut()
            && global_key(entry, global, faults)
        {
            continue;
        }
        match KEYS.iter().find(|names| names.contains(&name)) {
            Some([first, ..]) => {
                if seen.contains(first) {
                    faults.push(entry.key_span, ConfigurationErrorKind::GivenTwice { key: first });
                }
                seen.push(first);
                set(first, &entry.node, &mut settings, faults);
            }
            _ if matches!(entry.node.value, Value::Table(_)) && near_key(name).is_none() => {
                let read = self::settings(entry, None, None, faults);
                if stage == Some(name) {
                    of_stage = read;
                }
            }
            _ => {
                let near = near_key(name);
                let own = KEYS.iter().filter_map(|names| names.first().copied());
                let known = own.chain(GLOBAL_KEYS.into_iter().filter(|_| global.is_some())).collect();
                unknown(entry, &section.key, near, known, faults);
            }
        }
    }
    of_stage.or(&settings)
}

fn near_key(name: &str) -> Option<String> {
    nearest(name, KEYS.iter().flat_map(|names| names.iter().copied()).chain(GLOBAL_KEYS))
}

/// Reads what only a section for all functions has.
fn global_key(entry: &Entry<'_>, global: &mut Configuration, faults: &mut Faults) -> bool {
    match entry.key.as_ref() {
        "provider" => {
            let target = published::provider(&entry.node, faults);
            global.add_target(target);
            true
        }
        "region" => {
            global.region = text(&entry.node, "a region's name in quotes", faults);
            true
        }
        _ => published::switch(entry, global, faults),
    }
}

fn set(key: &str, node: &Node<'_>, settings: &mut Settings, faults: &mut Faults) {
    match key {
        "name" => settings.name = text(node, "a name in quotes", faults),
        "memory_size" => settings.memory = memory(node, faults),
        "timeout" => settings.timeout = timeout(node, faults),
        "environment_variables" => settings.environment = map(node, faults),
        "min_instances" => settings.min_instances = instances(node, faults),
        "max_instances" => settings.max_instances = instances(node, faults),
        "reserved_concurrency" => settings.reserved_concurrency = instances(node, faults),
        "provisioned_concurrency" => settings.provisioned_concurrency = instances(node, faults),
        _ => vpc(node, settings, faults),
    }
}

fn vpc(node: &Node<'_>, settings: &mut Settings, faults: &mut Faults) {
    let Value::Table(table) = &node.value else { return faults.wrong(node, "a block with `subnet_ids`") };
    for entry in table.entries() {
        let read = |faults: &mut Faults| -> Option<Setting<Vec<_>>> { texts(&entry.node, faults) };
        match entry.key.as_ref() {
            "subnet_ids" => settings.subnets = read(faults),
            "security_group_ids" => settings.security_groups = read(faults),
            other => {
                let known = vec!["subnet_ids", "security_group_ids"];
                unknown(entry, "vpc_config", nearest(other, known.iter().copied()), known, faults);
            }
        }
    }
}
