//! libFuzzer's program for the target `ts_request`: see `src/ts_request.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(ts_request);
