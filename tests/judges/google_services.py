"""Pub/Sub, Firestore, Eventarc and Secret Manager in one server, as far as functions call them.

What they hold is a double's. How they are spoken to is not: each body is read, strictly, into the message that Google's own
clients have for it, and each answer is written from one, by the rules for JSON that Google's servers go by. Usage: PORT.
"""

import datetime
import http.server
import json
import re
import sys
import threading
import urllib.parse

from google.cloud.eventarc_publishing_v1 import types as eventarc
from google.cloud.firestore_v1 import types as firestore
from google.cloud.secretmanager_v1 import types as secretmanager
from google.protobuf import descriptor_pb2, descriptor_pool, json_format
from google.pubsub_v1 import types as pubsub

CODES = {"INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "NOT_FOUND": 404, "ALREADY_EXISTS": 409}


EVENTARC = ".google.cloud.eventarc.publishing.v1."


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, message):
        super().__init__(message)
        self.code = CODES[status]
        self.body = {"error": {"code": self.code, "message": message, "status": status}}


def know_cloud_events():
    """Makes `io.cloudevents.v1.CloudEvent` known. Eventarc's own message of that name is a copy of it."""
    file = descriptor_pb2.FileDescriptorProto()
    eventarc.CloudEvent.pb().DESCRIPTOR.file.CopyToProto(file)
    file.name, file.package = "io/cloudevents/v1/cloudevents.proto", "io.cloudevents.v1"

    def rename(message):
        for field in message.field:
            if field.type_name:
                field.type_name = field.type_name.replace(EVENTARC, ".io.cloudevents.v1.")
            if field.name == "type_":
                field.name = field.json_name = "type"
        for inner in message.nested_type:
            rename(inner)

    for message in file.message_type:
        rename(message)
    descriptor_pool.Default().Add(file)


def read(kind, body):
    """A request's body as the message it is."""
    message = kind.pb()()
    try:
        json_format.Parse(body, message)
    except json_format.ParseError as error:
        raise Refused("INVALID_ARGUMENT", str(error)) from error
    return kind.wrap(message)


def written(message):
    return json_format.MessageToDict(type(message).pb(message))


class Services:
    def __init__(self):
        self.lock = threading.Lock()
        self.subscriptions = {}  # by name: the topic, and what waits
        self.topics = set()
        self.documents = {}
        self.secrets = {}
        self.commits = 0
        self.messages = 0

    def create_topic(self, name, _):
        self.topics.add(name)
        return {"name": name}

    def create_subscription(self, name, body):
        self.subscriptions[name] = (read(pubsub.Subscription, body).topic, [])
        return {"name": name}

    def publish(self, topic, body):
        messages = read(pubsub.PublishRequest, body).messages
        if topic not in self.topics:
            raise Refused("NOT_FOUND", f"Resource not found (resource={topic}).")
        if not messages or len(messages) > 1000:
            raise Refused("INVALID_ARGUMENT", "a request has 1 to 1000 messages")
        if len({message.ordering_key for message in messages}) > 1:
            raise Refused("INVALID_ARGUMENT", "all messages of a request have the same ordering key")
        ids = []
        for message in messages:
            if not message.data and not message.attributes:
                raise Refused("INVALID_ARGUMENT", "a message has data or attributes")
            self.messages += 1
            ids.append(str(self.messages))
            message.message_id = ids[-1]
            for of, waiting in self.subscriptions.values():
                if of == topic:
                    waiting.append(message)
        return written(pubsub.PublishResponse(message_ids=ids))

    def pull(self, subscription, body):
        most = read(pubsub.PullRequest, body).max_messages
        _, waiting = self.subscriptions[subscription]
        taken = [waiting.pop(0) for _ in range(min(most, len(waiting)))]
        received = [pubsub.ReceivedMessage(ack_id="a", message=message) for message in taken]
        return written(pubsub.PullResponse(received_messages=received))

    def batch_get(self, database, body):
        answers = []
        for name in read(firestore.BatchGetDocumentsRequest, body).documents:
            check_name(name, database)
            found = self.documents.get(name)
            part = {"found": found} if found else {"missing": name}
            answers.append(written(firestore.BatchGetDocumentsResponse(read_time=now(), **part)))
        return answers

    def commit(self, database, body):
        results = []
        for write in read(firestore.CommitRequest, body).writes:
            name = write.update.name or write.delete
            check_name(name, database)
            found = self.documents.get(name)
            condition = firestore.Precondition.pb(write.current_document).WhichOneof("condition_type")
            if condition == "exists" and write.current_document.exists != (found is not None):
                status = "ALREADY_EXISTS" if found else "NOT_FOUND"
                raise Refused(status, f"Document already exists: {name}" if found else f"No document to update: {name}")
            if condition == "update_time":
                if found is None:
                    raise Refused("NOT_FOUND", f"No document to update: {name}")
                if found.update_time != write.current_document.update_time:
                    raise Refused("FAILED_PRECONDITION", "the stored version does not match the required base version")
            if write.delete:
                self.documents.pop(name, None)
                results.append(firestore.WriteResult())
                continue
            for value in write.update.fields.values():
                check_value(value)
            self.commits += 1
            time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=self.commits)
            document = firestore.Document(write.update)
            document.create_time, document.update_time = found.create_time if found else time, time
            self.documents[name] = document
            results.append(firestore.WriteResult(update_time=time))
        return written(firestore.CommitResponse(write_results=results, commit_time=now()))

    def publish_events(self, channel, body):
        for event in read(eventarc.PublishEventsRequest, body).events:
            if event.type_url != "type.googleapis.com/io.cloudevents.v1.CloudEvent":
                raise Refused("INVALID_ARGUMENT", f"{event.type_url} is no event")
        if not channel.endswith("/channels/shop"):
            raise Refused("NOT_FOUND", f"{channel} is not there")
        return {}

    def add_version(self, secret, body):
        self.secrets[secret] = read(secretmanager.AddSecretVersionRequest, body).payload
        return {}

    def access(self, version, _):
        secret, _, number = version.partition("/versions/")
        if secret not in self.secrets or number != "latest":
            raise Refused("NOT_FOUND", f"Secret [{secret}] not found or has no versions.")
        payload = self.secrets[secret]
        payload.data_crc32c = crc32c(payload.data)
        return written(secretmanager.AccessSecretVersionResponse(name=f"{secret}/versions/1", payload=payload))


def crc32c(data):
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ (0x82F63B78 if total & 1 else 0)
    return total ^ 0xFFFFFFFF


def check_name(name, database):
    """As Firestore has it in "Usage and limits"."""
    prefix, _, path = name.partition("/documents/")
    segments = path.split("/")
    bad = [it for it in segments if it in ("", ".", "..") or re.fullmatch("__.*__", it) or len(it.encode()) > 1500]
    if prefix != database or len(segments) % 2 or bad:
        raise Refused("INVALID_ARGUMENT", f"Document name {name!r} is invalid")


def check_value(value, in_list=False):
    kind = firestore.Value.pb(value).WhichOneof("value_type")
    if kind is None:
        raise Refused("INVALID_ARGUMENT", "a value has no type")
    if kind == "array_value":
        if in_list:
            raise Refused("INVALID_ARGUMENT", "Cannot convert an array value in an array value")
        for inner in value.array_value.values:
            check_value(inner, True)
    if kind == "map_value":
        for name, inner in value.map_value.fields.items():
            if not name or re.fullmatch("__.*__", name):
                raise Refused("INVALID_ARGUMENT", f"the name of a field is {name!r}")
            check_value(inner)


def now():
    return datetime.datetime.now(datetime.UTC)


SERVICES = Services()
# The rules for paths are those of the `google.api.http` options of each method.
ROUTES = [
    ("PUT", r"v1/(projects/[^/]+/topics/[^/:]+)", SERVICES.create_topic),
    ("PUT", r"v1/(projects/[^/]+/subscriptions/[^/:]+)", SERVICES.create_subscription),
    ("POST", r"v1/(projects/[^/]+/topics/[^/:]+):publish", SERVICES.publish),
    ("POST", r"v1/(projects/[^/]+/subscriptions/[^/:]+):pull", SERVICES.pull),
    ("POST", r"v1/(projects/[^/]+/databases/[^/]+)/documents:batchGet", SERVICES.batch_get),
    ("POST", r"v1/(projects/[^/]+/databases/[^/]+)/documents:commit", SERVICES.commit),
    ("POST", r"v1/(projects/[^/]+/locations/[^/]+/channels/[^/:]+):publishEvents", SERVICES.publish_events),
    ("POST", r"v1/(projects/[^/]+/secrets/[^/:]+):addVersion", SERVICES.add_version),
    ("GET", r"v1/(projects/[^/]+/secrets/[^/]+/versions/[^/:]+):access", SERVICES.access),
]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}"
        in_parts = self.path.endswith(":batchGet")
        code, answer = 404, {"error": {"code": 404, "message": f"no method {self.path}", "status": "NOT_FOUND"}}
        for method, path, handle in ROUTES:
            found = re.fullmatch("/" + path, self.path) if method == self.command else None
            if found:
                try:
                    with SERVICES.lock:
                        code, answer = 200, handle(urllib.parse.unquote(found[1]), body)
                except Refused as refused:
                    code, answer = refused.code, [refused.body] if in_parts else refused.body
                break
        text = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer


if __name__ == "__main__":
    know_cloud_events()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
