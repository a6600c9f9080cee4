#!/bin/sh
# A program under another name, by a link: runs the script NAME.sh that lies beside the link. A test that wrote a program
# and ran it at once would now and then be told that its file is busy, by a process that another test is just starting.
exec /bin/sh "$0.sh" "$@"
