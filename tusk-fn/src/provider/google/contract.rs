//! What the Functions Framework's contract has in the environment: which function a process serves, and how it is
//! called.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use crate::dispatch::Function;
use crate::provider::variable;
use crate::registry::Only;

/// The variable that names the one function of a process, in the place of `TUSK_FN`.
const TARGET_VARIABLE: &str = "FUNCTION_TARGET";
/// The variable that says how the platform calls that function.
const SIGNATURE_VARIABLE: &str = "FUNCTION_SIGNATURE_TYPE";

/// The function that the platform names, if it does.
pub(crate) fn target() -> Option<Only> {
    variable(TARGET_VARIABLE).map(|names| Only { by: TARGET_VARIABLE, names })
}

/// The function that all paths lead to: the one that the platform names, if it is the only one.
pub(crate) fn sole(functions: &[Function]) -> Option<usize> {
    let [function] = functions else { return None };
    (target()?.names == function.record.name).then_some(0)
}

/// Checks that the functions are such as the platform is told to call.
pub(crate) fn check_signature(functions: &[Function]) -> Result<(), SignatureError> {
    let Some(signature) = variable(SIGNATURE_VARIABLE).filter(|signature| !signature.is_empty()) else { return Ok(()) };
    functions.iter().try_for_each(|function| check(&signature, &function.record))
}

/// Why functions cannot be called as the platform is told to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The variable's value has no meaning.
    #[error("`FUNCTION_SIGNATURE_TYPE` is {found:?}; set it to `http`, `typed`, `cloudevent` or `event`, or unset it")]
    Unknown {
        /// The value.
        found: String,
    },
    /// A function is of another kind.
    #[error(
        "`FUNCTION_SIGNATURE_TYPE` is `{signature}`, and the function `{function}` has `trigger = \"{trigger}\"`, \
         which is called as {wanted}; set the variable to that, or unset it"
    )]
    Contradiction {
        /// The variable's value.
        signature: String,
        /// The function.
        function: String,
        /// Its trigger.
        trigger: &'static str,
        /// What the variable would have to be.
        wanted: &'static str,
    },
}

/// Cloud Scheduler sends plain requests; whatever else is no request of a client's is an event, or mapped to one.
pub(super) fn check(signature: &str, record: &FunctionRecord) -> Result<(), SignatureError> {
    let (signatures, wanted): (&[&str], _) = match &record.trigger {
        Trigger::Http(_) => (&["http", "typed"], "`http` or `typed`"),
        Trigger::Timer(_) => (&["http"], "`http`"),
        _ => (&["cloudevent", "event"], "`cloudevent` or `event`"),
    };
    if signatures.contains(&signature) {
        return Ok(());
    }
    if !["http", "typed", "cloudevent", "event"].contains(&signature) {
        return Err(SignatureError::Unknown { found: signature.to_owned() });
    }
    Err(SignatureError::Contradiction {
        signature: signature.to_owned(),
        function: record.name.clone(),
        trigger: record.trigger.name(),
        wanted,
    })
}
