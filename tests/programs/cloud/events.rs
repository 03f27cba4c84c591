//! Events and streams.

use tusk_fn::prelude::*;

use crate::{Job, JobError, note, work};

fn take(of: &str, event: &CloudEvent<Job>) {
    note(format!("{of} {} {} {}", event.data.name, event.source, event.subject.as_deref().unwrap_or("-")));
}

#[tusk_fn(trigger = "event", type = "com.example.order.paid")]
async fn paid(event: CloudEvent<Job>) {
    take("paid", &event);
}

#[tusk_fn(trigger = "event", type = "com.example.order.*")]
async fn any_order(event: CloudEvent<Job>) {
    take("any-order", &event);
}

#[tusk_fn(trigger = "event", type = "com.example.*", source = "/shop/*")]
async fn of_shop(event: CloudEvent<Job>) {
    take("of-shop", &event);
}

#[tusk_fn(trigger = "event", type = "com.example.*", subject = "lamps/*")]
async fn of_lamps(event: CloudEvent<Job>) -> Result<(), JobError> {
    take("of-lamps", &event);
    work("of-lamps", &event.data, 1).await
}

#[tusk_fn(trigger = "http", route = "paid/<name>", methods = ["POST"])]
async fn pay(name: String, #[event("com.example.order.paid")] paid: Sender<Job>) -> Result<String, HttpError> {
    let job = Job { name: name.clone(), ..Job::default() };
    Ok(paid.send(Outgoing::new(job).subject(format!("lamps/{name}"))).await?)
}

/// Answers with a payment, as it may where a broker takes it. A job of no name it answers with what is no event.
#[tusk_fn(trigger = "event", type = "com.example.asked", targets = ["knative"])]
async fn answer(asked: CloudEvent<Job>, context: Context) -> CloudEvent<Job> {
    note(format!("answer {}", context.attempt()));
    let event_type = if asked.data.name.is_empty() { "" } else { "com.example.order.paid" };
    CloudEvent::new(event_type, "", asked.data)
}

#[tusk_fn(trigger = "stream", stream = "clicks", batch_size = 4)]
async fn clicks(record: Record<Job>, context: Context) -> Result<(), JobError> {
    work(&format!("clicks {}", record.partition), &record.body, context.attempt()).await
}

#[tusk_fn(trigger = "stream", stream = "clicks", batch_size = 4)]
async fn clicks_together(batch: Batch<Record<Job>>) {
    for record in batch {
        note(format!("together {} {}", record.partition, record.body.name));
    }
}
