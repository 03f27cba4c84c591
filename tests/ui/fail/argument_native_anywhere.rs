//! An event of AWS in a function that may be deployed anywhere.

use aws_lambda_events::event::sqs::SqsEvent;
use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(event: SqsEvent) {
    let _ = event;
}

tusk_fn::main!();

// Corrected:
// 6: #[tusk_fn(trigger = "queue", queue = "orders", targets = ["aws"])]
