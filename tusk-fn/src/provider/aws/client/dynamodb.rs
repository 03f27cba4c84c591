//! `DynamoDB`: items of a table by their key.
//!
//! Items are `serde_dynamo`'s, which makes them of what serde can write, and back.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_dynamo::{AttributeValue, Item};

use super::Client;
use super::endpoint::Service;
use super::error::ClientError;
use super::json::{Operation, V1_0};

const fn operation(name: &'static str, target: &'static str) -> Operation {
    Operation { service: Service::DynamoDb, name, target, version: V1_0 }
}

const GET_ITEM: Operation = operation("GetItem", "DynamoDB_20120810.GetItem");
const PUT_ITEM: Operation = operation("PutItem", "DynamoDB_20120810.PutItem");
const DELETE_ITEM: Operation = operation("DeleteItem", "DynamoDB_20120810.DeleteItem");

/// What must hold for a write.
#[derive(Clone, Debug, Default)]
pub(crate) enum Condition<'a> {
    /// Nothing.
    #[default]
    None,
    /// The item is not there: it has not the attribute of this name, which is to be the key's.
    Absent(&'a str),
    /// The item is there, and the attribute of this name has this value.
    Equal(&'a str, AttributeValue),
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Done,
    /// The condition does not hold. After a lost answer this may be the effect of the write itself, attempted again.
    ConditionFailed,
}

impl Client {
    /// The item of that key, if it is there. A consistent read sees every write that was answered before, and costs twice.
    ///
    /// # Errors
    /// The table did not give it.
    pub(crate) async fn get_item(
        &self,
        table: &str,
        key: &Item,
        consistent: bool,
        deadline: Option<Instant>,
    ) -> Result<Option<Item>, ClientError> {
        let input = GetItem { table_name: table, key, consistent_read: consistent };
        let answer: GetItemAnswer = self.call_json(&GET_ITEM, table, &input, deadline).await?;
        Ok(answer.item)
    }

    /// Writes an item, also over another one.
    ///
    /// # Errors
    /// The table did not take it, for another reason than the condition.
    pub(crate) async fn put_item(
        &self,
        table: &str,
        item: &Item,
        condition: Condition<'_>,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let input = PutItem { table_name: table, item, condition: condition.into() };
        self.write(&PUT_ITEM, table, &input, deadline).await
    }

    /// Deletes the item of that key, if it is there.
    ///
    /// # Errors
    /// The table did not do it, for another reason than the condition.
    pub(crate) async fn delete_item(
        &self,
        table: &str,
        key: &Item,
        condition: Condition<'_>,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let input = DeleteItem { table_name: table, key, condition: condition.into() };
        self.write(&DELETE_ITEM, table, &input, deadline).await
    }

    async fn write(
        &self,
        operation: &Operation,
        table: &str,
        input: &(impl Serialize + Sync),
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let answer: Result<Nothing, _> = self.call_json(operation, table, input, deadline).await;
        match answer {
            Ok(Nothing {}) => Ok(Write::Done),
            Err(failed) if failed.code() == Some("ConditionalCheckFailedException") => Ok(Write::ConditionFailed),
            Err(failed) => Err(failed),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetItem<'a> {
    table_name: &'a str,
    key: &'a Item,
    consistent_read: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetItemAnswer {
    item: Option<Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutItem<'a> {
    table_name: &'a str,
    item: &'a Item,
    #[serde(flatten)]
    condition: When<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteItem<'a> {
    table_name: &'a str,
    key: &'a Item,
    #[serde(flatten)]
    condition: When<'a>,
}

/// What is of no interest in an answer.
#[derive(Deserialize)]
struct Nothing {}

/// A condition as the table reads it. Names and values stand beside it: a name may be one of its many reserved words.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct When<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_expression: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_names: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_values: BTreeMap<&'static str, AttributeValue>,
}

impl<'a> From<Condition<'a>> for When<'a> {
    fn from(condition: Condition<'a>) -> Self {
        match condition {
            Condition::None => Self::default(),
            Condition::Absent(name) => Self {
                condition_expression: Some("attribute_not_exists(#name)"),
                expression_attribute_names: BTreeMap::from([("#name", name)]),
                expression_attribute_values: BTreeMap::new(),
            },
            Condition::Equal(name, value) => Self {
                condition_expression: Some("#name = :value"),
                expression_attribute_names: BTreeMap::from([("#name", name)]),
                expression_attribute_values: BTreeMap::from([(":value", value)]),
            },
        }
    }
}
