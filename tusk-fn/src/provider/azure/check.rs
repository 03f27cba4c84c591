//! Names that Azure cannot serve: found before the first event.

use tusk_fn_spec::record::FunctionRecord;

/// The name that the host keeps to itself (`Utility.IsValidFunctionName`).
const RESERVED: &str = "host";

/// What is wrong with a program's functions for Azure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unservable {
    /// No function is for Azure.
    #[error("none of this program's functions is for `azure`: each lists other `targets`")]
    None,
    /// A function's name is what the paths of requests begin with.
    #[error(
        "the function `{function}` has the name of the routes' prefix: what the host sends it as an event would look \
         like a client's request to `/{function}`; give it another `name`"
    )]
    Prefix {
        /// The function.
        function: String,
    },
    /// A function's name is the host's own.
    #[error("the function `{function}` has a name that Azure's host keeps to itself; give it another `name`")]
    Reserved {
        /// The function.
        function: String,
    },
    /// Two functions' names differ only in case.
    #[error(
        "the functions `{one}` and `{other}` are one to Azure, where the case of a name does not count; rename one of \
         them"
    )]
    Alike {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
}

/// Whether Azure can serve them.
pub(super) fn check(functions: &[&FunctionRecord], prefix: &str) -> Result<(), Vec<Unservable>> {
    let mut faults = Vec::new();
    if functions.is_empty() {
        faults.push(Unservable::None);
    }
    for (index, record) in functions.iter().enumerate() {
        let function = record.name.clone();
        if let Some(other) = functions[..index].iter().find(|other| other.name.eq_ignore_ascii_case(&record.name)) {
            faults.push(Unservable::Alike { one: other.name.clone(), other: function.clone() });
        }
        if function.eq_ignore_ascii_case(prefix) {
            faults.push(Unservable::Prefix { function });
        } else if function.eq_ignore_ascii_case(RESERVED) {
            faults.push(Unservable::Reserved { function });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::azure::tests::support::record;
    use serde_json::json;

    #[test]
    fn what_azure_cannot_serve_is_said_before_the_first_event() {
        let queue = json!({"kind": "queue", "queue": "orders"});
        let route = json!({"kind": "http", "route": "x", "methods": ["GET"]});
        let checked = |functions: &[(&str, &serde_json::Value)], prefix: &str| {
            let records: Vec<FunctionRecord> = functions.iter().map(|(name, trigger)| record(name, trigger)).collect();
            let faults = check(&records.iter().collect::<Vec<_>>(), prefix).err().unwrap_or_default();
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        for (functions, prefix, why) in [
            (vec![("fulfil", &queue)], "api", ""),
            (vec![], "api", "none of this program's functions is for `azure`"),
            (vec![("api", &queue)], "api", "the function `api` has the name of the routes' prefix"),
            (vec![("API", &route)], "api", "the function `API` has the name of the routes' prefix"),
            (vec![("shop", &queue)], "Shop", "the function `shop` has the name of the routes' prefix"),
            (vec![("Host", &queue)], "api", "the function `Host` has a name that Azure's host keeps to itself"),
            (vec![("a", &queue), ("A", &route)], "api", "the functions `a` and `A` are one to Azure"),
        ] {
            let faults = checked(&functions, prefix);
            assert!(faults.starts_with(why) && faults.is_empty() == why.is_empty(), "{faults}");
        }
    }
}
