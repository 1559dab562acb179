# Copies what the profiler reports into the ConfigMap @CONFIGMAP@, from which the operator reads it.
# It needs a shell, sed and kubectl. The operator fills in the words between at signs.
set -eu
trap 'exit 143' TERM # The first process of a container ignores it otherwise: a Pod would take half a minute to go.
status_file='@FOLDER@/profiler_status.yaml'
result_file='@FOLDER@/final_config.yaml'
metadata='@METADATA@'

# field NAME: a field of the status as one line, however YAML broke and quoted it; nothing where it is absent.
field() {
  text=''
  inside=''
  while IFS= read -r line; do
    case "$line" in
      "$1:"*)
        inside=yes
        text="${line#"$1:"}"
        ;;
      [!\ ]*) inside='' ;;
      *) if [ -n "$inside" ]; then text="$text $line"; fi ;;
    esac
  done <<STATUS
$content
STATUS
  printf '%s\n' "$text" |
    sed -e 's/  */ /g' -e 's/^ //' -e 's/ $//' -e "/^'.*'\$/{s/^'//;s/'\$//;s/''/'/g}" \
        -e '/^".*"$/{s/^"//;s/"$//;s/\\n/ /g;s/\\ \\ / /g;s/\\ //g;s/  */ /g;s/\\"/"/g;s/\\\\/\\/g}'
}

# publish ARGUMENT...: the ConfigMap with the data that `kubectl create configmap` is told; retried, because the
# API server may be away for a moment and the profiler's work should not be lost to that.
publish() {
  tries=0
  until kubectl create configmap '@CONFIGMAP@' --namespace '@NAMESPACE@' "$@" --dry-run=client --output yaml |
    kubectl patch --local --filename - --type merge --patch "$metadata" --output yaml |
    kubectl apply --filename - > /dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -ge 30 ]; then
      echo "the ConfigMap could not be written" >&2
      return 1
    fi
    sleep 2
  done
}

terminated() {
  [ -n "$(kubectl get pod "$HOSTNAME" --namespace '@NAMESPACE@' --output \
    jsonpath='{.status.containerStatuses[?(@.name=="profiler")].state.terminated.reason}' 2> /dev/null)" ]
}

# relay: the phase and the message, if the phase is another than the last one that was written.
relay() {
  if [ ! -f "$status_file" ]; then return; fi
  content=$(cat "$status_file")
  phase=$(field phase)
  if [ -z "$phase" ] || [ "$phase" = "$relayed" ]; then return; fi
  message=$(field message)
  echo "$phase: $message"
  if publish --from-literal="phase=$phase" --from-literal="message=$message"; then relayed="$phase"; fi
}

# The real operator's copier looks every ten seconds, and copies the result only after the profiler's container ended.
relayed=''
relay
until terminated; do
  sleep 10 &
  wait $! # A trap waits for what is in the foreground, not for this.
  relay
done
relay

tries=0
until [ -f "$status_file" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo 'the profiler ended without a status file' >&2
    exit 1
  fi
  sleep 2
done
content=$(cat "$status_file")
status=$(field status)

case "$status" in
  success)
    publish --from-literal="phase=$(field phase)" --from-literal="message=$(field message)" \
      --from-literal=profiler_status=success --from-file="profiler_status.yaml=$status_file" \
      --from-file="final_config.yaml=$result_file"
    ;;
  failed)
    error=$(field error)
    if [ -z "$error" ]; then error=$(field message); fi
    publish --from-literal="phase=$(field phase)" --from-literal="message=$(field message)" \
      --from-literal=profiler_status=failed --from-literal="profiler_error=$error" \
      --from-file="profiler_status.yaml=$status_file"
    ;;
  *)
    echo "the profiler ended without saying how (status '$status')" >&2
    exit 1
    ;;
esac
