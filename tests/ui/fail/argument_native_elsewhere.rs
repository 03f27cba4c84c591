//! An event of AWS in a function for AWS and another platform, before another argument.

use aws_lambda_events::event::sqs::SqsEvent;
use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", targets = ["aws", "google"])]
async fn handle(event: SqsEvent, context: Context) {
    let _ = (event, context);
}

tusk_fn::main!();
