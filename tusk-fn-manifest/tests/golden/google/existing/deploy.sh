#!/usr/bin/env bash
# Written by tusk-fn 0.1.0 out of the compiled program. Do not edit: the next build overwrites it.
#
# write it again:  cargo tusk build --provider google
# deploy:          PROJECT_ID=… REGION=… IMAGE=… ./deploy.sh
#
# What stands between single quotes is meant as it stands:
# shellcheck disable=SC2016

set -euo pipefail

readonly PROGRAM=legacy

usage() {
  cat <<'TEXT'
usage: PROJECT_ID=… REGION=… IMAGE=… ./deploy.sh

Deploys the program to Google Cloud: makes what is missing, changes what differs, and deletes nothing.
It can be run again at any time.

  PROJECT_ID   the project to deploy to
  REGION       where to deploy, such as europe-west1
  IMAGE        the image, such as europe-west1-docker.pkg.dev/PROJECT/REPOSITORY/PROGRAM:TAG
TEXT
}

say() {
  printf '\n== %s\n' "$*"
}

# die MESSAGE [HELP]
die() {
  printf 'error: %s\n' "$1" >&2
  if [[ $# -gt 1 ]]; then
    printf 'help: %s\n' "$2" >&2
  fi
  exit 1
}

remarks=''

# Something to be done by hand: said at the end, however that comes.
remark() {
  remarks="$remarks  - $*"$'\n'
}

finish() {
  rm -rf "$scratch"
  printf '%s' "$remarks"
}

# gcloud, which asks nothing.
g() {
  gcloud --project="$PROJECT_ID" --quiet "$@"
}

# What changes something is shown.
run() {
  printf '  gcloud %s\n' "$*"
  g "$@"
}

# What was made a moment ago is not known everywhere at once: an account to IAM, an API to the agents of its service.
patiently() {
  local wait
  for wait in 2 5 10 20 40; do
    if run "$@"; then
      return
    fi
    printf '  trying again in %s s\n' "$wait"
    sleep "$wait"
  done
  run "$@"
}

# Whether something is there: `describe` finds it. Whatever else keeps it from answering ends the script.
exists() {
  local answer
  if answer="$(g "$@" --format='value(name)' 2>&1)"; then
    return 0
  fi
  case "$answer" in
    *NOT_FOUND* | *'not found'* | *'Cannot find'* | *'does not exist'*) return 1 ;;
    *) die "gcloud $* failed: $answer" ;;
  esac
}

# The variables, gcloud, and the project.
prepare() {
  case "${1:-}" in
    '') ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  [[ ${PROJECT_ID:-} =~ ^[a-z][a-z0-9-]{4,28}[a-z0-9]$ ]] ||
    die 'PROJECT_ID is not the id of a project' 'set it: export PROJECT_ID=my-project'
  [[ ${REGION:-} =~ ^[a-z]+-[a-z]+[0-9]+$ ]] || die 'REGION is not a region' 'set it: export REGION=europe-west1'
  [[ ${IMAGE:-} =~ ^[A-Za-z0-9][A-Za-z0-9._/:@-]*$ ]] ||
    die 'IMAGE is not the name of an image' 'set it: export IMAGE=europe-west1-docker.pkg.dev/my-project/images/program:1'
  command -v gcloud >/dev/null || die 'gcloud is not installed' 'see https://cloud.google.com/sdk/docs/install'
  [[ -n "$(gcloud auth list --filter=status:ACTIVE --format='value(account)' 2>/dev/null)" ]] ||
    die 'gcloud is not logged in' 'log in: gcloud auth login'
  exists projects describe "$PROJECT_ID" || die "there is no project $PROJECT_ID" 'see them all: gcloud projects list'
  folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
  scratch="$(mktemp -d)"
  trap finish EXIT
}

# database PROJECT DATABASE: makes sure that it is there. Where it is cannot be changed later, so that nobody chooses that here.
database() {
  exists firestore databases describe --project="$1" --database="$2" ||
    die "the Firestore database $2 is not there" \
      "make it: gcloud firestore databases create --project='$1' --database='$2' --location='$REGION'"
  [[ "$(g firestore databases describe --project="$1" --database="$2" --format='value(type)')" == FIRESTORE_NATIVE ]] ||
    die "the database $2 is in Datastore mode" 'use one in native mode'
}

# forgetting DATABASE COLLECTION: documents are deleted when the time in their field `expires_at` has come.
forgetting() {
  local now
  now="$(g firestore fields ttls list --database="$1" --collection-group="$2" --format='value(name)')"
  if [[ "$now" != */fields/expires_at* ]]; then
    run firestore fields ttls update expires_at --database="$1" --collection-group="$2" --enable-ttl --async
  fi
}

# account ID DESCRIPTION
account() {
  if ! exists iam service-accounts describe "$1@$PROJECT_ID.iam.gserviceaccount.com"; then
    run iam service-accounts create "$1" --display-name="$2"
  fi
}

# may MEMBER ROLE COMMAND…: lets a member act in a role, where the command's resource is concerned.
may() {
  local member="$1" role="$2"
  shift 2
  patiently "$@" --member="$member" --role="$role" --format=none
}

# publishers CHANNEL MEMBER…: lets these and nobody else publish to a channel of the program's own. gcloud has no command for it.
publishers() {
  local channel="$1" members
  shift
  members="$(printf '"%s",' "$@")"
  printf '  PUBLISHERS %s %s\n' "$channel" "$*"
  printf 'Authorization: Bearer %s\n' "$(gcloud auth print-access-token)" |
    curl --silent --show-error --fail --retry 5 --header @- --header 'Content-Type: application/json' \
      --data "{\"policy\":{\"bindings\":[{\"role\":\"roles/eventarc.publisher\",\"members\":[${members%,}]}]}}" \
      "https://eventarc.googleapis.com/v1/$channel:setIamPolicy" >/dev/null
}

# topic NAME
topic() {
  if ! exists pubsub topics describe "$1"; then
    run pubsub topics create "$1" --labels="tusk-fn=$PROGRAM"
  fi
}

# keep SUBSCRIPTION TOPIC: messages that no function is called for wait there for whoever fetches them, for 14 days.
keep() {
  if ! exists pubsub subscriptions describe "$1"; then
    run pubsub subscriptions create "$1" --topic="$2" --labels="tusk-fn=$PROGRAM" \
      --message-retention-duration=14d --expiration-period=never
  fi
}

# subscribe SUBSCRIPTION TOPIC ORDERED FILTER: messages wait there until `push` says where to. ORDERED is True or empty.
subscribe() {
  local flags=(--topic="$2" --labels="tusk-fn=$PROGRAM" --message-retention-duration=7d --expiration-period=never)
  local format='value[separator=" "](topic,enableMessageOrdering,filter)'
  if exists pubsub subscriptions describe "$1"; then
    [[ "$(g pubsub subscriptions describe "$1" --format="$format")" == "$2 $3 $4" ]] ||
      die "the topic, the order or the filter of the subscription ${1##*/} is another one, and Pub/Sub changes none of them" \
        "once nothing waits in it: gcloud pubsub subscriptions delete $1"
    return
  fi
  if [[ -n $3 ]]; then
    flags+=(--enable-message-ordering)
  fi
  if [[ -n $4 ]]; then
    flags+=(--message-filter="$4")
  fi
  run pubsub subscriptions create "$1" "${flags[@]}"
}

# deliver SUBSCRIPTION URL DEADLINE ATTEMPTS DEAD: has messages sent to a URL, for so many seconds and so many times.
deliver() {
  run pubsub subscriptions update "$1" --push-endpoint="$2" \
    --push-auth-service-account="$INVOKER" --push-auth-token-audience="$AUDIENCE" \
    --ack-deadline="$3" --max-delivery-attempts="$4" --dead-letter-topic="$5" \
    --min-retry-delay=10s --max-retry-delay=10m --message-retention-duration=7d --expiration-period=never
  may "$PUBSUB" roles/pubsub.subscriber pubsub subscriptions add-iam-policy-binding "$1"
}

# push SUBSCRIPTION FUNCTION DEADLINE ATTEMPTS DEAD
push() {
  deliver "$1" "$url/$2" "$3" "$4" "$5"
}

# trigger NAME LOCATION CHANNEL FUNCTION DEADLINE ATTEMPTS DEAD FILTERS…: Eventarc makes a subscription of its own for it.
trigger() {
  local name="$1" location="$2" channel="$3" function="$4" deadline="$5" attempts="$6" dead="$7" subscription endpoint
  shift 7
  local flags=(--location="$location" --service-account="$INVOKER" --destination-run-service="$EVENTS_SERVICE"
    --destination-run-region="$REGION" --destination-run-path="/$function" "$@")
  if exists eventarc triggers describe "$name" --location="$location"; then
    run eventarc triggers update "$name" "${flags[@]}"
  elif [[ -n $channel ]]; then
    patiently eventarc triggers create "$name" "${flags[@]}" --channel="$channel" --labels="tusk-fn=$PROGRAM"
  else
    patiently eventarc triggers create "$name" "${flags[@]}" --labels="tusk-fn=$PROGRAM"
  fi
  subscription="$(g eventarc triggers describe "$name" --location="$location" --format='value(transport.pubsub.subscription)')"
  endpoint="$(g pubsub subscriptions describe "$subscription" --format='value(pushConfig.pushEndpoint)')"
  deliver "$subscription" "$endpoint" "$deadline" "$attempts" "$dead"
}

# job NAME FUNCTION SCHEDULE ZONE DEADLINE
job() {
  local verb=create
  if exists scheduler jobs describe "$1" --location="$REGION"; then
    verb=update
  fi
  run scheduler jobs "$verb" http "$1" --location="$REGION" --schedule="$3" --time-zone="$4" \
    --uri="$url/$2" --http-method=POST --attempt-deadline="$5" \
    --oidc-service-account-email="$INVOKER" --oidc-token-audience="$AUDIENCE" \
    --max-retry-attempts=2 --min-backoff=60s
}

# bucket NAME
bucket() {
  if ! exists storage buckets describe "gs://$1"; then
    run storage buckets create "gs://$1" --location="$REGION" --uniform-bucket-level-access --public-access-prevention
  fi
  run storage buckets update "gs://$1" --uniform-bucket-level-access --public-access-prevention \
    --update-labels="tusk-fn=$PROGRAM"
}

# own_project PROJECT WHAT: Eventarc brings events of the project's own only.
own_project() {
  [[ $1 == "$PROJECT_ID" ]] || die "$2 is in the project $1" "deploy there: export PROJECT_ID=$1"
}

# Triggers are where what they are told of is.
location_of_bucket() {
  g storage buckets describe "gs://$1" --format='value(location)' | tr '[:upper:]' '[:lower:]'
}

location_of_database() {
  g firestore databases describe --database="$1" --format='value(locationId)'
}

# secret NAME
secret() {
  if ! exists secrets describe "$1"; then
    run secrets create "$1" --replication-policy=automatic --labels="tusk-fn=$PROGRAM"
  fi
  if [[ -z "$(g secrets versions list "$1" --filter=state=ENABLED --limit=1 --format='value(name)')" ]]; then
    remark "the secret $1 has no value; put it in: gcloud secrets versions add $1 --project=$PROJECT_ID --data-file=FILE"
  fi
}

# channel NAME
channel() {
  if ! exists eventarc channels describe "$1" --location="$REGION"; then
    run eventarc channels create "$1" --location="$REGION" --labels="tusk-fn=$PROGRAM"
  fi
}

# service NAME: deploys its document of service.yaml, with the values put in.
service() {
  awk -v name="  name: $1" '
    function out() { if (found) printf "%s", text; text = ""; found = 0 }
    /^---$/ { out(); next }
    { text = text $0 "\n" }
    $0 == name { found = 1 }
    END { out() }
  ' "$folder/service.yaml" |
    sed -e "s|[$]{PROJECT_ID}|$PROJECT_ID|g" -e "s|[$]{REGION}|$REGION|g" -e "s|[$]{IMAGE}|$IMAGE|g" >"$scratch/$1.yaml"
  [[ -s "$scratch/$1.yaml" ]] || die "$folder/service.yaml has no service $1" 'write both files again, by one build'
  run run services replace "$scratch/$1.yaml" --region="$REGION"
}

# stale COMMAND KNOWN LISTED [FLAGS]: says what was deployed earlier and is described here no longer.
stale() {
  local name
  while IFS= read -r name; do
    name="${name%/}"
    if [[ -n $name && " $2 " != *" ${name##*/} "* ]]; then
      remark "no longer part of the program: gcloud $1 delete $name --project=$PROJECT_ID ${4:-}"
    fi
  done <<<"$3"
}

prepare "$@"
readonly EVENTS_SERVICE=legacy-events
readonly INVOKER="legacy-invoker@${PROJECT_ID}.iam.gserviceaccount.com"
readonly AUDIENCE="tusk-fn/${PROJECT_ID}/${REGION}/legacy-events"
project_number="$(g projects describe "$PROJECT_ID" --format='value(projectNumber)')"
readonly PUBSUB="serviceAccount:service-${project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
readonly EVENTS="serviceAccount:legacy-events@${PROJECT_ID}.iam.gserviceaccount.com"

say 'APIs'
run services enable iam.googleapis.com run.googleapis.com pubsub.googleapis.com eventarc.googleapis.com eventarcpublishing.googleapis.com firestore.googleapis.com storage.googleapis.com secretmanager.googleapis.com
run beta services identity create --service=pubsub.googleapis.com
run beta services identity create --service=eventarc.googleapis.com

say 'databases'
database "other-project" '(default)'
database "other-project" 'ledgers'

say 'service accounts'
account legacy-events 'the service legacy-events'
account legacy-invoker 'calls the service legacy-events'

say 'topics'
topic "projects/${PROJECT_ID}/topics/legacy--follow.dead"
keep "projects/${PROJECT_ID}/subscriptions/legacy--follow.dead" "projects/${PROJECT_ID}/topics/legacy--follow.dead"
topic "projects/${PROJECT_ID}/topics/legacy--hear.dead"
keep "projects/${PROJECT_ID}/subscriptions/legacy--hear.dead" "projects/${PROJECT_ID}/topics/legacy--hear.dead"
topic "projects/${PROJECT_ID}/topics/legacy--import.dead"
keep "projects/${PROJECT_ID}/subscriptions/legacy--import.dead" "projects/${PROJECT_ID}/topics/legacy--import.dead"
topic "projects/${PROJECT_ID}/topics/legacy--react.dead"
keep "projects/${PROJECT_ID}/subscriptions/legacy--react.dead" "projects/${PROJECT_ID}/topics/legacy--react.dead"
topic "projects/${PROJECT_ID}/topics/legacy--read.dead"
keep "projects/${PROJECT_ID}/subscriptions/legacy--read.dead" "projects/${PROJECT_ID}/topics/legacy--read.dead"

say 'what the services may do'
may "$EVENTS" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/other-project/topics/Paid"
may "$EVENTS" roles/storage.objectUser storage buckets add-iam-policy-binding "gs://example-uploads" --condition=None
may "$EVENTS" roles/datastore.viewer projects add-iam-policy-binding "other-project" "--condition=expression=resource.name == \"projects/other-project/databases/ledgers\",title=database ledgers"
may "$EVENTS" roles/secretmanager.secretAccessor secrets add-iam-policy-binding "projects/other-project/secrets/Stripe" --condition=None
may "$EVENTS" roles/eventarc.publisher projects add-iam-policy-binding "other-project" --condition=None

say 'what the agents of services may do'
may "$PUBSUB" roles/iam.serviceAccountTokenCreator iam service-accounts add-iam-policy-binding "$INVOKER" --condition=None
may "$PUBSUB" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/${PROJECT_ID}/topics/legacy--follow.dead"
may "$PUBSUB" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/${PROJECT_ID}/topics/legacy--hear.dead"
may "$PUBSUB" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/${PROJECT_ID}/topics/legacy--import.dead"
may "$PUBSUB" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/${PROJECT_ID}/topics/legacy--react.dead"
may "$PUBSUB" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/${PROJECT_ID}/topics/legacy--read.dead"
may "$PUBSUB" roles/pubsub.publisher pubsub topics add-iam-policy-binding "projects/other-project/topics/Failed"
may "serviceAccount:$INVOKER" roles/eventarc.eventReceiver projects add-iam-policy-binding "$PROJECT_ID" --condition=None
storage_agent="$(g storage service-agent)"
may "serviceAccount:$storage_agent" roles/pubsub.publisher projects add-iam-policy-binding "$PROJECT_ID" --condition=None

say 'subscriptions'
subscribe "projects/${PROJECT_ID}/subscriptions/legacy--hear" "projects/other-project/topics/Paid" '' ''
subscribe "projects/${PROJECT_ID}/subscriptions/legacy--read" "projects/other-project/topics/Clicks" True ''
subscribe "projects/${PROJECT_ID}/subscriptions/legacy--receive" "projects/other-project/topics/Orders" '' ''

say 'the service legacy-events'
service legacy-events
may "serviceAccount:$INVOKER" roles/run.invoker run services add-iam-policy-binding legacy-events --region="$REGION" --condition=None
url="$(g run services describe "$EVENTS_SERVICE" --region="$REGION" --format='value(status.url)')"
own_project other-project 'the table stock'
location="$(location_of_database '(default)')"
trigger legacy--follow-created "$location" '' follow 40 11 "projects/${PROJECT_ID}/topics/legacy--follow.dead" --event-filters=type=google.cloud.firestore.document.v1.created --event-filters=database='(default)' --event-filters-path-pattern=document='Stock/{id}' --event-data-content-type=application/json
push "projects/${PROJECT_ID}/subscriptions/legacy--hear" hear 40 5 "projects/${PROJECT_ID}/topics/legacy--hear.dead"
location="$(location_of_bucket "example-uploads")"
trigger legacy--import-created "$location" '' import 40 5 "projects/${PROJECT_ID}/topics/legacy--import.dead" --event-filters=type=google.cloud.storage.object.v1.finalized --event-filters=bucket="example-uploads"
trigger legacy--import-deleted "$location" '' import 40 5 "projects/${PROJECT_ID}/topics/legacy--import.dead" --event-filters=type=google.cloud.storage.object.v1.deleted --event-filters=bucket="example-uploads"
own_project other-project 'the event bus default'
trigger legacy--react-56352bd9 "europe-west4" "projects/other-project/locations/europe-west4/channels/events" react 40 5 "projects/${PROJECT_ID}/topics/legacy--react.dead" --event-filters=type='com.example.read'
push "projects/${PROJECT_ID}/subscriptions/legacy--read" read 40 11 "projects/${PROJECT_ID}/topics/legacy--read.dead"
push "projects/${PROJECT_ID}/subscriptions/legacy--receive" receive 40 5 "projects/other-project/topics/Failed"

say 'what is no longer part of the program'
stale 'run services' "legacy-events" "$(g run services list --region="$REGION" --filter=metadata.labels.tusk-fn=legacy --format='value(metadata.name)')" "--region=$REGION"
stale 'pubsub subscriptions' "legacy--hear legacy--read legacy--receive legacy--follow.dead legacy--hear.dead legacy--import.dead legacy--react.dead legacy--read.dead" "$(g pubsub subscriptions list --filter=labels.tusk-fn=legacy --format='value(name)')"
stale 'pubsub topics' "legacy--follow.dead legacy--hear.dead legacy--import.dead legacy--react.dead legacy--read.dead" "$(g pubsub topics list --filter=labels.tusk-fn=legacy --format='value(name)')"
stale 'eventarc triggers' "legacy--follow-created legacy--import-created legacy--import-deleted legacy--react-56352bd9" "$(g eventarc triggers list --location=- --filter=labels.tusk-fn=legacy --format='value(name)')"
stale 'eventarc channels' "" "$(g eventarc channels list --location="$REGION" --filter=labels.tusk-fn=legacy --format='value(name)')"
stale 'scheduler jobs' "" "$(g scheduler jobs list --location="$REGION" --filter='name~/jobs/legacy--[^/]+$' --format='value(name)')"
stale 'secrets' "" "$(g secrets list --filter=labels.tusk-fn=legacy --format='value(name)')"
stale 'storage buckets' "" "$(g storage buckets list --filter=labels.tusk-fn=legacy --format='value(storage_url)')"

say 'done'
