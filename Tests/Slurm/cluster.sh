#!/bin/sh
# A Slurm cluster of one machine, for tests: its own configuration, keys, ports and folder, nothing under /etc,
# no systemd, no control groups, no accounting. Works as root in a container, and as any other user.
#
#   cluster.sh start [KEY=VALUE ..]  installs what is missing, starts it, waits until it takes jobs; the values
#                                    replace or extend those of slurm.conf (MaxArraySize=11); does nothing where
#                                    it runs already
#   cluster.sh stop                  ends all jobs and daemons; the folder with the logs stays
#   cluster.sh status                prints running or stopped, and the node's state
#   cluster.sh kill-daemon           kill -9 of slurmd alone: its tasks go on
#   cluster.sh kill-node             kill -9 of slurmd and of all tasks, as if the node lost its power
#   cluster.sh start-node            starts slurmd again and brings the node back
#   cluster.sh configuration         prints the path for SLURM_CONF
#
# The folder is $CLUSTER, or one under /tmp that belongs to this checkout and user.
# Exit status: 0 done, 1 failed (the message says why), 64 wrong usage, 77 Slurm cannot be installed here.
set -u

PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "$(dirname "$0")" && pwd)
folder=${CLUSTER:-/tmp/inflow-slurm-$(id -u)-$(printf %s "$here" | cksum | cut -d' ' -f1)}
SLURM_CONF=$folder/slurm.conf
export SLURM_CONF
unset SQUEUE_USERS SQUEUE_STATES SQUEUE_PARTITION SQUEUE_FORMAT SINFO_FORMAT 2>/dev/null
user=$(id -un)
node=$(uname -n | cut -d. -f1)

fail() {
  echo "cluster.sh: $1 (logs: $folder/log)" >&2
  exit 1
}

# The process of a daemon, if it runs: a stale file may hold the number of another process by now.
process() {
  pid=$(cat "$folder/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ] && echo "$pid"
}

running() { process munged >/dev/null && process slurmctld >/dev/null && process slurmd >/dev/null; }

node_state() { sinfo --noheader --nodes="$node" --format=%T 2>/dev/null; }

# Calls a command every 0.1 s until it succeeds, for at most $1 seconds.
await() {
  tries=$(($1 * 10))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}

is_idle() { [ "$(node_state)" = idle ]; }
takes_jobs() { case $(node_state) in idle | mixed | allocated | completing) ;; *) false ;; esac; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }

# All processes that the given ones started, and themselves. Each process has left its session, so the tree of
# parents is the only thing that holds them together.
family() {
  parents=" $* "
  grown=
  while [ "$parents" != "$grown" ]; do
    grown=$parents
    for stat in /proc/[0-9]*/stat; do
      # Field 4, counted from the end of the name in brackets, which may hold anything.
      line=$(cat "$stat" 2>/dev/null) || continue
      child=${line%% *}
      line=${line##*) }
      line=${line#* }
      case $parents in *" ${line%% *} "*) ;; *) continue ;; esac
      case $parents in *" $child "*) ;; *) parents="$parents$child " ;; esac
    done
  done
  echo "$parents"
}

# The processes that watch a task each; they outlive slurmd. Other clusters on this machine have their own.
watchers() {
  for comm in /proc/[0-9]*/comm; do
    [ "$(cat "$comm" 2>/dev/null)" = slurmstepd ] || continue
    { tr '\0' '\n' <"${comm%comm}environ"; } 2>/dev/null | grep -qxF "SLURM_CONF=$SLURM_CONF" || continue
    comm=${comm%/comm}
    echo "${comm##*/}"
  done
}

kill_tasks() {
  # shellcheck disable=SC2046,SC2086 # lists of processes
  for round in 1 2 3; do
    tasks=$(watchers)
    [ -n "$tasks" ] || return 0
    kill -9 $(family $tasks) 2>/dev/null
    sleep 0.1
  done
}

# Two ports that nobody listens at, the first from the folder's name, below those that systems give away.
free_port() {
  port=$((10000 + $(printf %s "$folder" | cksum | cut -d' ' -f1) % 20000))
  while hex=$(printf ':%04X$|:%04X$' "$port" $((port + 1))) &&
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '{ print $2 }' | grep -qE "$hex"; do
    port=$((10000 + (port - 10000 + 2) % 20000))
  done
  echo "$port"
}

# Short times, so that a test need not wait for what takes minutes on a cluster: a node that is silent for 3 s is
# down, a task that was lost with its node starts again after cred_expire, a signal is followed by the kill in 2 s.
configure() {
  port=$(free_port)
  memory=$(awk '/^MemTotal:/ { print int($2 / 1024) - 64 }' /proc/meminfo)
  cat >"$folder/defaults" <<CONFIGURATION
ClusterName=inflow
SlurmctldHost=$node(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
SlurmctldPort=$port
SlurmdPort=$((port + 1))
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=10
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld
SlurmdLogFile=$folder/log/slurmd
DebugFlags=NO_CONF_HASH
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
MaxArraySize=1001
JobRequeue=1
KillWait=2
MinJobAge=300
SlurmctldTimeout=10
SlurmdTimeout=3
MessageTimeout=2
TCPTimeout=1
BatchStartTimeout=3
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 RealMemory=$memory State=UNKNOWN
PartitionName=test Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONFIGURATION
  for setting in "$@"; do
    sed -i "/^${setting%%=*}=/d" "$folder/defaults"
    echo "$setting" >>"$folder/defaults"
  done
  # Left to itself slurmd looks for version 2 of control groups and then for systemd to grant them. Version 1 asks
  # for nothing before a task uses it, and none does here; since 24.05 there is a word for that.
  case $(slurmd -V) in
    *" "1[0-9].* | *" "2[0-3].*) groups=cgroup/v1 ;;
    *) groups=disabled ;;
  esac
  echo "CgroupPlugin=$groups" >"$folder/cgroup.conf"
  mv "$folder/defaults" "$SLURM_CONF"
}

start() {
  for setting in "$@"; do
    case $setting in [A-Z]*=*) ;; *) usage ;; esac
  done
  sh "$here/install.sh" || exit
  if running; then
    await 30 takes_jobs || fail "the cluster runs, but its node is $(node_state)"
    return
  fi
  halt
  rm -rf "$folder/state" "$folder/spool" "$folder/log"
  mkdir -p "$folder/state" "$folder/spool" "$folder/log" || exit 1
  chmod 755 "$folder"
  configure "$@"
  # Whatever goes wrong from here on, nothing stays behind.
  trap 'halt' EXIT
  trap 'exit 1' INT TERM HUP
  [ -s "$folder/munge.key" ] || (umask 077 && head -c 128 /dev/urandom >"$folder/munge.key") || exit 1
  # --force: it would refuse a folder whose parents others may write.
  detached munged --force --origin=127.0.0.1 --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/log/munged" --seed-file="$folder/munge.seed" \
    >"$folder/log/start" 2>&1 || fail "munged does not start"
  detached slurmctld >>"$folder/log/start" 2>&1 || fail "slurmctld does not start"
  start_daemon
  await 30 is_idle || fail "the node is $(node_state) after 30 s, not idle"
  trap - EXIT INT TERM HUP
}

# Starts a daemon without what this script was handed down. Open files beside the first three: who waits until they are
# closed, as Foundation does for the end of a process, would wait for the end of the cluster. Blocked signals: threads of
# Swift block most, and so would the daemons and all tasks.
detached() {
  unblocking=--default-signal
  env $unblocking true 2>/dev/null || unblocking=
  bash -c 'for file in /proc/self/fd/*; do
      file=${file##*/}
      [ "$file" -le 2 ] || eval "exec $file>&-"
    done
    exec env "$@"' - $unblocking "$@" </dev/null
}

start_daemon() {
  process slurmd >/dev/null && return
  detached slurmd >>"$folder/log/start" 2>&1 || fail "slurmd does not start"
}

# All at once: each takes its time.
halt() {
  daemons=$(process slurmctld; process slurmd; process munged)
  # shellcheck disable=SC2086 # a list of processes
  [ -z "$daemons" ] || kill $daemons
  kill_tasks
  for daemon in $daemons; do
    await 10 is_gone "$daemon" || kill -9 "$daemon"
  done
}

kill_daemon() {
  pid=$(process slurmd) || fail "slurmd does not run"
  kill -9 "$pid"
}

start_node() {
  process slurmctld >/dev/null || fail "the cluster does not run"
  start_daemon
  await 30 takes_jobs || fail "the node is $(node_state) after 30 s"
}

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 64
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  start) start "$@" ;;
  stop) halt ;;
  status) if process slurmctld >/dev/null; then echo "running, node $(node_state)"; else echo "stopped"; fi ;;
  kill-daemon) kill_daemon ;;
  kill-node) kill_daemon && kill_tasks ;;
  start-node) start_node ;;
  configuration) echo "$SLURM_CONF" ;;
  *) usage ;;
esac
