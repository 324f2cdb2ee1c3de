#!/bin/sh
# Waits until the server answers, then makes Onward's namespace where it is missing. The CLI takes TEMPORAL_ADDRESS from
# the environment; Onward registers its search attributes itself.
set -eu

# Tries the rest of its arguments each second, a minute long.
within_a_minute() {
  failed=$1
  shift
  left=60
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    if [ "$left" -eq 0 ]; then
      echo "create-namespace: $failed within a minute" >&2
      exit 1
    fi
    sleep 1
  done
}

within_a_minute "$TEMPORAL_ADDRESS did not become healthy" temporal operator cluster health
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  echo "create-namespace: $TEMPORAL_NAMESPACE is there"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
  # The server knows it with a delay, and Onward ends its start where it does not.
  within_a_minute "$TEMPORAL_NAMESPACE did not appear" temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE"
fi
