//! `DynamoDB`: items of a table by their key.
//!
//! Items are `serde_dynamo`'s, which makes them of what serde can write, and back.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_dynamo::{AttributeValue, Item};

use super::endpoint::{Place, Service};
use super::json::{self, Operation, V1_0};
use super::{Answer, Client};
use crate::provider::client::error::ClientError;

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
    /// The item is there: it has the attribute of the first name, which is to be the key's. It has none of the second
    /// name.
    Without(&'a str, &'a str),
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Write {
    Done,
    /// The condition does not hold. After a lost answer this may be the effect of the write itself, attempted again:
    /// the item that is there tells.
    ConditionFailed {
        /// The item that is there, if one is.
        found: Option<Item>,
    },
}

/// The code that says so.
const CONDITION_FAILED: &str = "ConditionalCheckFailedException";

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
        let answer: GetItemAnswer = self.call_json(&GET_ITEM, Place::of(table), &input, deadline).await?;
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
        let place = Place::of(table);
        match self.answer_json(operation, place, input, deadline.into(), Some(CONDITION_FAILED)).await? {
            Answer::Done(body) => json::read(operation, place, &body).map(|Nothing {}| Write::Done),
            Answer::Foreseen(body) => {
                json::read(operation, place, &body).map(|Found { item }| Write::ConditionFailed { found: item })
            }
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

/// What is said beside a condition that does not hold.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    item: Option<Item>,
}

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
    /// The refusal is to have the item that is there: asking for it afterwards would need a permission to read, and the
    /// item might be another one by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values_on_condition_check_failure: Option<&'static str>,
}

impl<'a> When<'a> {
    fn new(
        expression: &'static str,
        names: impl IntoIterator<Item = (&'static str, &'a str)>,
        values: impl IntoIterator<Item = (&'static str, AttributeValue)>,
    ) -> Self {
        Self {
            condition_expression: Some(expression),
            expression_attribute_names: names.into_iter().collect(),
            expression_attribute_values: values.into_iter().collect(),
            return_values_on_condition_check_failure: Some("ALL_OLD"),
        }
    }
}

impl<'a> From<Condition<'a>> for When<'a> {
    fn from(condition: Condition<'a>) -> Self {
        match condition {
            Condition::None => Self::default(),
            Condition::Absent(key) => Self::new("attribute_not_exists(#key)", [("#key", key)], []),
            Condition::Equal(name, value) => Self::new("#name = :value", [("#name", name)], [(":value", value)]),
            Condition::Without(key, name) => {
                let expression = "attribute_exists(#key) AND attribute_not_exists(#name)";
                Self::new(expression, [("#key", key), ("#name", name)], [])
            }
        }
    }
}
