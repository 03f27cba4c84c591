//! Values of settings: what each may be written as.

use std::collections::BTreeMap;

use tusk_fn_spec::limits::MEGABYTE;
use tusk_fn_spec::units::{parse_duration, parse_size};
use tusk_tsk::value::{Node, Piece, Value};
use tusk_tsk::{Symbolic, SymbolicPiece};

use super::Setting;
use super::fault::Faults;

const MEMORY: &str = "megabytes, as in `512`, `\"512MB\"` or `\"512Mi\"`";
const TIMEOUT: &str = "seconds, as in `30`, `\"30s\"` or `\"00:05:00\"`";
const INSTANCES: &str = "a whole number from 0 on";
const TEXT: &str = "a text in quotes";

/// Memory in bytes. A number, also as a text, counts megabytes.
pub(super) fn memory(node: &Node<'_>, faults: &mut Faults) -> Option<Setting<Symbolic<u64>>> {
    read(node, MEMORY, faults, |value| match value {
        Value::Integer(number) => u64::try_from(*number).ok()?.checked_mul(MEGABYTE),
        Value::Text(text) => {
            // Kubernetes leaves the byte out.
            let size = || parse_size(&format!("{}B", text.trim_end_matches('B'))).ok();
            text.parse::<u64>().map_or_else(|_| size(), |number| number.checked_mul(MEGABYTE))
        }
        _ => None,
    })
}

/// A time in milliseconds. A number, also as a text, counts seconds.
pub(super) fn timeout(node: &Node<'_>, faults: &mut Faults) -> Option<Setting<Symbolic<u64>>> {
    read(node, TIMEOUT, faults, |value| match value {
        Value::Integer(number) => u64::try_from(*number).ok()?.checked_mul(1000).filter(|time| *time > 0),
        Value::Text(text) => match text.parse::<u64>() {
            Ok(number) => number.checked_mul(1000).filter(|time| *time > 0),
            Err(_) if text.contains(':') => clock(text),
            Err(_) => u64::try_from(parse_duration(text).ok()?.as_millis()).ok(),
        },
        _ => None,
    })
}

/// Hours, minutes and seconds, as Azure's `functionTimeout` has them.
fn clock(text: &str) -> Option<u64> {
    let parts: Vec<u64> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes @ 0..60, seconds @ 0..60] = parts[..] else { return None };
    let seconds = hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds)?;
    seconds.checked_mul(1000).filter(|time| *time > 0)
}

pub(super) fn instances(node: &Node<'_>, faults: &mut Faults) -> Option<Setting<Symbolic<u64>>> {
    read(node, INSTANCES, faults, |value| match value {
        Value::Integer(number) => u64::try_from(*number).ok(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    })
}

pub(super) fn text(node: &Node<'_>, wanted: &'static str, faults: &mut Faults) -> Option<Setting<Symbolic<String>>> {
    read(node, wanted, faults, |value| match value {
        Value::Text(text) => Some(text.to_string()),
        _ => None,
    })
}

/// The variables of an environment: texts, numbers and booleans, which all become texts.
pub(super) fn map(node: &Node<'_>, faults: &mut Faults) -> BTreeMap<String, Setting<Symbolic<String>>> {
    let Value::Table(table) = &node.value else {
        faults.wrong(node, "a block of variables");
        return BTreeMap::new();
    };
    let written = |value: &Value<'_>| match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        _ => None,
    };
    let entries = table.entries().iter();
    entries.filter_map(|entry| Some((entry.key.to_string(), read(&entry.node, TEXT, faults, written)?))).collect()
}

pub(super) fn texts(node: &Node<'_>, faults: &mut Faults) -> Option<Setting<Vec<Symbolic<String>>>> {
    let Value::List(nodes) = &node.value else {
        faults.wrong(node, "a list of texts");
        return None;
    };
    let texts = nodes.iter().filter_map(|node| text(node, TEXT, faults)).map(|text| text.value).collect();
    Some(Setting { value: texts, span: node.span })
}

/// Reads a value, or what it will be made of later. A secret is for texts alone, and the manifest decides where.
fn read<T>(
    node: &Node<'_>,
    wanted: &'static str,
    faults: &mut Faults,
    convert: impl Fn(&Value<'_>) -> Option<T>,
) -> Option<Setting<Symbolic<T>>> {
    let value = match &node.value {
        Value::Variable(variable) => {
            let name = variable.name.to_string();
            match variable.default.as_ref().map(|node| (node, convert(&node.value))) {
                None => Some(Symbolic::Variable { name, default: None }),
                Some((_, Some(default))) => Some(Symbolic::Variable { name, default: Some(default) }),
                Some((node, None)) => {
                    faults.wrong(node, wanted);
                    return None;
                }
            }
        }
        Value::Template(pieces) if wanted == TEXT || wanted.ends_with("in quotes") => {
            pieces_of(pieces).map(Symbolic::Text)
        }
        Value::Secret(name) if wanted == TEXT => Some(Symbolic::Secret(tusk_tsk::Secret::new(name.as_ref()))),
        value => convert(value).map(Symbolic::Value),
    };
    if value.is_none() {
        faults.wrong(node, wanted);
    }
    value.map(|value| Setting { value, span: node.span })
}

fn pieces_of(pieces: &[Piece<'_>]) -> Option<Vec<SymbolicPiece>> {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => Some(SymbolicPiece::Text(text.to_string())),
        Piece::Variable(variable) => {
            let default = match &variable.default {
                None => None,
                Some(Node { value: Value::Text(text), .. }) => Some(text.to_string()),
                Some(_) => return None,
            };
            Some(SymbolicPiece::Variable { name: variable.name.to_string(), default })
        }
    };
    pieces.iter().map(piece).collect()
}
