//! What the objects are called: the program's name, then what they are for.
//!
//! A Service's name is part of a domain name, and a Trigger's is the value of a label (knative/eventing,
//! `pkg/reconciler/broker/trigger/resources`), so that all of them are DNS labels that begin with a letter.

use std::collections::BTreeMap;

use tusk_fn_spec::name::resource_fault_at;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::{Deployed, KnativeError};
use crate::RenderError;

/// Kubernetes: 63 characters of a DNS label ("Object Names and IDs", RFC 1035 label names).
pub(super) const LONGEST: usize = 63;

/// Kubernetes: 253 characters of a DNS subdomain ("Object Names and IDs").
pub(super) const LONGEST_SUBDOMAIN: usize = 253;

/// What is wrong with the names.
pub(super) fn check(deployed: &Deployed<'_>, functions: &[&FunctionRecord]) -> Vec<RenderError> {
    let program = &deployed.program;
    if !is_label(program) {
        let kind = KnativeError::Name { name: program.clone(), most: LONGEST }.into();
        return vec![RenderError::of_project(kind)];
    }
    let mut errors = Vec::new();
    for service in deployed.services.iter().filter(|it| it.name.len() > LONGEST) {
        let kind = KnativeError::Name { name: service.name.clone(), most: LONGEST }.into();
        errors.push(RenderError::of_project(kind));
    }
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for record in functions.iter().filter(|it| !matches!(it.trigger, Trigger::Http(_))) {
        let name = deployed.object(record);
        if name.len() > LONGEST {
            let kind = KnativeError::Name { name: name.clone(), most: LONGEST }.into();
            errors.push(RenderError::of(record, kind));
        }
        match taken.get(&name) {
            // Two of one name are refused already.
            Some(other) if *other == record.name => {}
            Some(other) => {
                let kind = KnativeError::Twice { name, other: (*other).to_owned() }.into();
                errors.push(RenderError::of(record, kind));
            }
            None => {
                taken.insert(name, &record.name);
            }
        }
    }
    errors
}

/// Whether a text is a DNS label that begins with a letter.
pub(super) fn is_label(name: &str) -> bool {
    // Kubernetes takes two hyphens as well, which names of ours never have.
    resource_fault_at(&name.replace("--", "-")).is_none() && name.len() <= LONGEST
}

/// Whether a text is a DNS subdomain, as the name of a Secret is.
pub(super) fn is_subdomain(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(is_plain) && !part.starts_with('-') && !part.ends_with('-')
    };
    name.len() <= LONGEST_SUBDOMAIN && name.split('.').all(is_part)
}
