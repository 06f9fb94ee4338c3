#!/bin/sh
# engine.sh FOLDER
#
# A Docker Engine with a containerd of its own, socket, state and data below FOLDER. TERM stops both, containers first.
# FOLDER/bridge names a bridge, and its address, that it has in the place of docker0: that is another engine's, perhaps.
# While FOLDER/restart is there, an engine that ended is started again, but not before FOLDER/down is gone.
set -u
folder=$1
bridge=$(ls -d /sys/class/net/docker0 2>/dev/null)
own=
[ ! -e "$folder/bridge" ] || read -r own address <"$folder/bridge"
if [ -n "$own" ]; then
  busybox ip link add "$own" type bridge
  busybox ip addr add "$address" dev "$own"
  busybox ip link set "$own" up
fi
dockerd=
containerd --root "$folder/containerd" --state "$folder/run/containerd" --address "$folder/run/containerd.sock" &
containerd=$!
trap 'rm -f "$folder/restart"; kill ${dockerd:-$containerd} 2>/dev/null' TERM
while [ ! -S "$folder/run/containerd.sock" ]; do
  kill -0 "$containerd" 2>/dev/null || exit 1
  sleep 0.1
done
while :; do
  dockerd --containerd "$folder/run/containerd.sock" --data-root "$folder/data" --exec-root "$folder/run/docker" \
    --pidfile "$folder/run/dockerd.pid" --config-file "$folder/daemon.json" ${own:+--bridge "$own"} --host "unix://$folder/docker.sock" &
  dockerd=$!
  # A signal ends `wait` early.
  while kill -0 "$dockerd" 2>/dev/null; do wait "$dockerd"; done
  while [ -e "$folder/restart" ] && [ -e "$folder/down" ]; do sleep 0.1; done
  [ -e "$folder/restart" ] || break
done
kill "$containerd" 2>/dev/null
wait "$containerd" 2>/dev/null
# An engine leaves its bridges behind. Those of another one, which may have come meanwhile, are not in its records.
if [ -n "$own" ]; then busybox ip link delete "$own"
elif [ -z "$bridge" ]; then busybox ip link delete docker0; fi
for link in /sys/class/net/br-*; do
  id=${link##*/br-}
  if grep -qF "$id" "$folder/data/network/files/local-kv.db" 2>/dev/null; then busybox ip link delete "br-$id"; fi
done
