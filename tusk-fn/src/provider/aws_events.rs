//! The events and replies of AWS as the crate `aws_lambda_events` has them, for functions that take an event as it is.
//!
//! Apart from the provider, since such a function must compile wherever its program is built for: it says `targets = ["aws"]`,
//! and is left out elsewhere.

use std::any::type_name;

use aws_lambda_events::event::dynamodb::Event as DynamoDbEvent;
use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use aws_lambda_events::event::kinesis::KinesisEvent;
use aws_lambda_events::event::s3::S3Event;
use aws_lambda_events::event::sns::SnsEvent;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_lambda_events::event::streams::{DynamoDbEventResponse, KinesisEventResponse, SqsEventResponse};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Failure, short_type_name};
use crate::private::argument::NativeEvent;
use crate::private::output::Settlement;
use crate::private::{Outcome, kind, target};

macro_rules! events {
    ($($event:ty: $($kind:ident)*;)*) => {$($(
        impl NativeEvent<kind::$kind> for $event {
            type Target = target::Aws;

            fn read(event: &Bytes) -> Result<Self, Failure> {
                read(event)
            }
        }
    )*)*};
}
events! {
    SqsEvent: Queue Topic Blob Event;
    SnsEvent: Topic Blob Event;
    S3Event: Blob;
    DynamoDbEvent: Database;
    KinesisEvent: Stream;
}

/// Of `EventBridge`, with the detail as a type of the application's own.
impl<T: DeserializeOwned + Serialize> NativeEvent<kind::Event> for EventBridgeEvent<T> {
    type Target = target::Aws;

    fn read(event: &Bytes) -> Result<Self, Failure> {
        read(event)
    }
}

/// Of `EventBridge`, about an object of S3.
impl<T: DeserializeOwned + Serialize> NativeEvent<kind::Blob> for EventBridgeEvent<T> {
    type Target = target::Aws;

    fn read(event: &Bytes) -> Result<Self, Failure> {
        read(event)
    }
}

fn read<T: DeserializeOwned>(event: &Bytes) -> Result<T, Failure> {
    serde_json::from_slice(event).map_err(|error| {
        let expected = short_type_name(type_name::<T>());
        Failure::new("UndecodablePayload", format!("the event is no `{expected}`: {error}")).rejecting()
    })
}

macro_rules! replies {
    ($($reply:ty)*) => {$(
        impl Settlement for $reply {
            fn settle(self) -> Outcome {
                match serde_json::to_value(self) {
                    Ok(value) => Outcome::Completed(value),
                    Err(error) => Outcome::Failed(Failure::new("ResultNotSerializable", error.to_string())),
                }
            }
        }
    )*};
}
replies! { SqsBatchResponse SqsEventResponse KinesisEventResponse DynamoDbEventResponse }
