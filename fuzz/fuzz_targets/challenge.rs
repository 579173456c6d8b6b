//! libFuzzer's program for the target `challenge`: see `src/challenge.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(challenge);
