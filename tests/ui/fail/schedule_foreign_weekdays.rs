//! Monday to Friday in Quartz, Tuesday to Saturday here.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 9 ? * 2-6")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 9 ? * MON-FRI")]
