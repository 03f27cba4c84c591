//! On an import.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
use std::string::String as Users;

tusk_fn::main!();
