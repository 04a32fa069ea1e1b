#!/usr/bin/env bats
# cleat init while everything beside the program breaks.

load ../e2e/init_lib

setup() { init_setup; }
teardown() { init_teardown; }

@test "init stays, reaps and ends right while helpers and companions are killed, stopped and continued" {
	timeout 300 "$BATS_TEST_DIRNAME/storm.py" "$CLEAT" 10 3>&-
}
