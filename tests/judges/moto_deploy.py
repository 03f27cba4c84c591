#!/usr/bin/env python3
"""Deploy a SAM template to moto, and print as JSON what came of it.

AWS's own translator makes CloudFormation of the template, and moto's CloudFormation makes the resources and resolves
the references. It knows neither secrets nor subscriptions, and of a bucket not whom it notifies: these are made with
calls, out of the same properties. Functions run in emulators and not in moto, so that what would call them is left
out; what a rule sends goes to a queue instead, where it is found as moto delivers it.

usage: moto_deploy.py TEMPLATE URL
"""
import json
import sys

import boto3

import cloudformation

STACK = "shop"
MADE_BY_MOTO = ("AWS::DynamoDB::Table", "AWS::Events::Rule", "AWS::Kinesis::Stream", "AWS::S3::Bucket",
                "AWS::SNS::Topic", "AWS::SQS::Queue")
RESOLVED_ONLY = ("AWS::Lambda::EventSourceMapping", "AWS::SNS::Subscription")


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[2])


def of_types(resources, *types):
    return {name: resource for name, resource in resources.items() if resource["Type"] in types}


def name_ordered_queues(queues):
    """AWS ends the names that it makes for them like this, and moto does not."""
    for name, queue in queues.items():
        if queue["Properties"].get("FifoQueue"):
            queue["Properties"]["QueueName"] = f"{STACK}-{name}.fifo"


def send_into_queues(rules):
    """A queue for each rule, its only target from now on."""
    for name, rule in rules.items():
        [target] = rule["Properties"]["Targets"]
        target["Arn"] = {"Fn::GetAtt": [name + "Arrivals", "Arn"]}
    return {name + "Arrivals": {"Type": "AWS::SQS::Queue", "Properties": {}} for name in rules}


def make_secrets(secrets):
    """Their ARNs by their names in the template."""
    def make(secret):
        name = secret["Properties"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", STACK)
        return client("secretsmanager").create_secret(Name=name)["ARN"]
    return {name: make(secret) for name, secret in secrets.items()}


def subscribe(properties):
    places = {key: properties.pop(key) for key in ("TopicArn", "Protocol", "Endpoint")}
    attributes = {key: value if isinstance(value, str) else json.dumps(value) for key, value in properties.items()}
    client("sns").subscribe(**places, Attributes=attributes)


def notify(bucket, name):
    notifications = bucket["Properties"].get("NotificationConfiguration", {})
    if notifications.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        client("s3").put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}})


def create(resources, wanted, parameters):
    """Create the resources, and give what is wanted, resolved. Parameters stand for what else is referred to."""
    template = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": resources,
        "Outputs": {name: {"Value": {"Fn::ToJsonString": value}} for name, value in wanted.items()},
    }
    values = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    moto = client("cloudformation")
    moto.create_stack(StackName=STACK, TemplateBody=json.dumps(template), Parameters=values)
    [stack] = moto.describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: json.loads(output["OutputValue"]) for output in stack["Outputs"]}


def main():
    resources = cloudformation.of_template(sys.argv[1])["Resources"]
    functions = of_types(resources, "AWS::Lambda::Function")
    made = of_types(resources, *MADE_BY_MOTO)
    name_ordered_queues(of_types(resources, "AWS::SQS::Queue"))
    made.update(send_into_queues(of_types(resources, "AWS::Events::Rule")))
    parameters = make_secrets(of_types(resources, "AWS::SecretsManager::Secret"))
    names = {name: {"Ref": name} for name in [*made, *parameters]}
    environments = {name: it["Properties"]["Environment"]["Variables"] for name, it in functions.items()}
    properties = {name: it["Properties"] for name, it in of_types(resources, *RESOLVED_ONLY).items()}
    # A function's name is as good as its ARN here: it only says whose mapping it is.
    parameters.update({name: name for name in functions})
    resolved = create(made, {**names, **environments, **properties}, parameters)

    for name in of_types(resources, "AWS::SNS::Subscription"):
        subscribe(resolved[name])
    for name, bucket in of_types(resources, "AWS::S3::Bucket").items():
        notify(bucket, resolved[name])
    mappings = [resolved[name] for name in of_types(resources, "AWS::Lambda::EventSourceMapping")]
    print(json.dumps({
        "resources": {name: resolved[name] for name in names},
        "functions": {resolved[name]["TUSK_FN"]: {
            "environment": resolved[name],
            "mapping": next((it for it in mappings if it["FunctionName"] == name), None),
            "arrivals": resolved.get(name + "RuleArrivals"),
        } for name in functions},
    }))


main()
