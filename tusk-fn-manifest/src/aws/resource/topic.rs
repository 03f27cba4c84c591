//! A topic. It holds nothing, so that it goes with its stack.

use super::named;
use crate::ResourceKind;
use crate::aws::{Part, cfn};
use crate::yaml::entries;

pub(super) fn part(name: &str) -> Part {
    // AWS's own key for SNS, which costs nothing; whoever may publish in this account may use it.
    let properties = entries([("KmsMasterKeyId", "alias/aws/sns".into())]);
    named(ResourceKind::Topic, name, cfn::resource("AWS::SNS::Topic", properties))
}
