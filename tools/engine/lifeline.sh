#!/bin/sh
# lifeline.sh FOLDER PROGRAM [ARGUMENT…]
#
# Runs a program until it ends, or until this script's own standard input closes: then it is stopped. Prints its last words and removes
# the folder. The pipe closes however the process at its other end comes to its end, `kill -9` included, so no daemon and no data
# outlives it.
set -u
folder=$1
shift
exec 3<&0
trap '' HUP INT TERM
# The program gets back the signals that this script ignores.
(trap - HUP INT TERM && exec "$@") </dev/null >"$folder/output.log" 2>&1 3<&- &
program=$!
# A shell gives what runs in the background no standard input of its own.
(cat <&3 >/dev/null && kill "$program") >/dev/null 2>&1 &
wait "$program"
tail -n 5 "$folder/output.log"
grep -F " $folder/" /proc/mounts 2>/dev/null | cut -d' ' -f2 | sort -r | while read -r mount; do umount -l "$mount"; done
rm -rf --one-file-system "$folder"
