//! libFuzzer's program for the target `authenticate`: see `src/authenticate.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(authenticate);
