"""CloudFormation of a SAM template, as AWS's own translator makes it."""
import os

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
from samtranslator.translator.transform import transform  # noqa: E402  (reads the region when imported)
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class ManagedPolicies:
    def load(self):
        prefix = "arn:aws:iam::aws:policy/"
        return {name.split("/")[-1]: prefix + name for name in (
            "service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole",
            "service-role/AWSLambdaSQSQueueExecutionRole", "service-role/AWSLambdaDynamoDBExecutionRole",
            "service-role/AWSLambdaKinesisExecutionRole", "AWSXrayWriteOnlyAccess", "AWSXRayDaemonWriteAccess")}


def upload(properties):
    """A local CodeUri is what `sam package` would have put in a bucket."""
    code = properties.get("CodeUri")
    if isinstance(code, str) and not code.startswith("s3://"):
        properties["CodeUri"] = "s3://bucket/code.zip"


def of_template(path):
    with open(path) as file:
        template = yaml_parse(file.read())
    upload(template.get("Globals", {}).get("Function", {}))
    for resource in template["Resources"].values():
        upload(resource.get("Properties", {}))
    return transform(template, {}, ManagedPolicies())
