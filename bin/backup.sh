#!/bin/sh
exec "$(dirname "$0")/messenger" backup run "$@"
