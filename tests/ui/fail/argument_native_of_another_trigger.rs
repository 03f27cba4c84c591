//! An event of AWS's queues in a function for a stream.

use aws_lambda_events::event::sqs::SqsEvent;
use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "stream", stream = "clicks", targets = ["aws"])]
async fn handle(event: SqsEvent) {
    let _ = event;
}

tusk_fn::main!();
